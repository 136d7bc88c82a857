// What predicts bytes. A Predictor is a model of bytes ready for use (model.h). A Session is what
// it remembers of the lanes of one block, wherever that lives (in memory, on a device). A step
// feeds a lane its last byte and gives an opinion on its next one. Opinions are exact integers:
// they depend on the bytes of their own lane alone, not on the machine, on the other lanes or on
// how lanes are divided among workers and steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "model/model.h"

namespace lmz {

inline constexpr int kByteValues = 256;

// How a session is used. All numbers are at least 1.
struct SessionSize {
  int lanes = 1;
  int workers = 1;         // threads that step at the same time
  int lanes_per_step = 1;  // at most, for one worker
  int steps_ahead = 1;     // at most, of one StepAhead
};

// One of `count` parts of a step, which a lane goes through in order, each on any worker.
struct StepPart {
  int index = 0;
  int count = 1;
};

class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  // One step for the lanes first .. first + count - 1. Lane first + i has last_bytes[i] behind it
  // (0 at the start of its data) and gets opinions[256 * i + byte], the relative weight of each
  // possible next byte: 1 .. 2^22, with a sum below 2^32. They are not normalised. Of a step in
  // parts, the first reads last_bytes, the last gives opinions. Workers count from 0; each works on
  // one step at a time, and distinct workers may step distinct lanes at the same time. Errors:
  // those of a device; memory was taken when the session began.
  virtual Status Step(int worker, int first, int count, StepPart part, const uint8_t* last_bytes,
                      uint32_t* opinions) = 0;
  Status Step(int worker, int first, int count, const uint8_t* last_bytes, uint32_t* opinions) {
    return Step(worker, first, count, StepPart{}, last_bytes, opinions);
  }

  // `times` whole steps for these lanes, whose bytes are known: lane first + i has last_bytes[count
  // * t + i] behind it at step t and gets opinions[256 * (count * t + i) + byte]. The opinions are
  // those of as many steps one by one.
  virtual Status StepAhead(int worker, int first, int count, int times, const uint8_t* last_bytes,
                           uint32_t* opinions) {
    for (int t = 0; t < times; ++t) {
      LMZ_TRY(Step(worker, first, count, last_bytes + ptrdiff_t{t} * count,
                   opinions + ptrdiff_t{t} * count * kByteValues));
    }
    return OkStatus();
  }

  // Makes `lane` forget everything, as if new.
  virtual void Reset(int lane) = 0;

  // Knows from now on what `other` knows, which the same predictor began with the same size.
  virtual void CopyFrom(const Session& other) = 0;
};

class Predictor : public Model {
 public:
  const Predictor* as_byte_predictor() const final { return this; }

  // The bytes that a session takes, from above; the predictor's own are not among them.
  virtual uint64_t SessionMemory(const SessionSize& size) const = 0;

  // In how many parts a step is best divided among `threads` (>= 1), each of which then does the
  // same part of many steps.
  virtual int PartsFor(int /*threads*/) const { return 1; }

  // A session whose lanes are all at the start of their data. The predictor outlives it. May throw
  // std::bad_alloc. Thread-safe.
  virtual std::unique_ptr<Session> Begin(const SessionSize& size) const = 0;

 protected:
  Predictor(const ModelId& id, ModelCard card, uint64_t parameters,
            std::optional<MixerStart> mixer_start)
      : Model(id, std::move(card), parameters, std::move(mixer_start)) {}
};

using SharedPredictor = std::shared_ptr<const Predictor>;

// `model` as what predicts bytes. Errors: kInvalidArgument when it predicts tokens.
inline Result<const Predictor*> AsBytePredictor(const Model& model) {
  const Predictor* predictor = model.as_byte_predictor();
  if (predictor != nullptr) return predictor;
  return Status(Code::kInvalidArgument, "model '" + model.card().name +
                                            "' predicts tokens; one that predicts bytes is needed");
}

// The same for a shared model, which is not null.
inline Result<SharedPredictor> AsBytePredictor(const SharedModel& model) {
  LMZ_ASSIGN(const Predictor* const predictor, AsBytePredictor(*model));
  return SharedPredictor(model, predictor);
}

}  // namespace lmz
