// A byte model beside the model of tokens: its opinion on each lane's next byte.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "cpu/aligned.h"
#include "model/predictor.h"
#include "model/token/token_trie.h"

namespace lmz::token {

// Not thread-safe.
class SecondOpinion {
 public:
  // Who knows all bytes beforehand has them stepped many at once, which changes nothing but the
  // time.
  enum class Lanes { kKnown, kUnknown };

  // `model` outlives the opinion; null: there is none. May throw std::bad_alloc.
  SecondOpinion(const Predictor* model, int lanes, Lanes bytes);

  // The bytes that one takes whose lanes are not known, from above.
  static uint64_t MemoryFor(const Predictor* model, int lanes);

  bool exists() const { return session_ != nullptr; }

  // Known: all of the lane's bytes, before its first step; they outlive the opinion.
  void SetLane(int lane, ByteSpan bytes) { lanes_[static_cast<size_t>(lane)].bytes = bytes; }
  // Unknown: the lane's last byte; before it has one, that is 0.
  void SetLast(int lane, uint8_t byte) { last_bytes_[static_cast<size_t>(lane)] = byte; }

  // A step of `lanes`, in ascending order, each of which reads its last byte. Errors: those of the
  // session.
  Status Step(std::span<const int> lanes);

  // The relative weights of the lane's next byte after its last step.
  const uint32_t* weights(int lane) const {
    const auto at = static_cast<size_t>(lane);
    return &weights_[(at * ahead_ + lanes_[at].row) * kByteValues];
  }

  // The logit, in 1/256 nats and within +-kMaxLogitQ8, that the lane's next byte is none of those
  // by which tokens go on at `node`; 0 where there is no model.
  int EndLogitQ8(int lane, const TokenTrie& trie, const TokenTrie::Node& node) const;

 private:
  struct Lane {
    ByteSpan bytes;    // known
    size_t steps = 0;  // taken, where they are known
    size_t row = 0;    // of weights_: of the last step
  };

  Status StepUnknown(std::span<const int> lanes);
  Status StepAhead(int number);

  const bool is_known_;
  const size_t ahead_;  // how many steps at once
  std::unique_ptr<Session> session_;
  std::vector<Lane> lanes_;
  std::vector<uint8_t> last_bytes_;  // [lane], or [step of one]
  AlignedVector<uint32_t> weights_;  // [lane][step][byte]
};

}  // namespace lmz::token
