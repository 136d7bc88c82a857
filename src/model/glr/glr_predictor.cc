#include "model/glr/glr_predictor.h"

#include <algorithm>
#include <vector>

#include "cpu/cache.h"
#include "model/glr/step.h"

namespace lmz {

namespace {

class GlrSession final : public Session {
 public:
  GlrSession(const PackedGlr& weights, const SessionSize& size)
      : weights_(weights), states_(weights.shape, size.lanes) {
    for (int i = 0; i < size.workers; ++i) {
      scratches_.emplace_back(weights.shape, size.lanes_per_step, size.steps_ahead);
    }
  }

  using Session::Step;
  Status Step(int worker, int first, int count, StepPart part, const uint8_t* last_bytes,
              uint32_t* opinions) override {
    StepGlr(weights_, states_, {.first = first, .count = count}, part, last_bytes, opinions,
            scratches_[static_cast<size_t>(worker)]);
    return OkStatus();
  }

  Status StepAhead(int worker, int first, int count, int times, const uint8_t* last_bytes,
                   uint32_t* opinions) override {
    StepGlr(weights_, states_, {.first = first, .count = count, .times = times}, StepPart{},
            last_bytes, opinions, scratches_[static_cast<size_t>(worker)]);
    return OkStatus();
  }

  void Reset(int lane) override { states_.Reset(lane); }

  void CopyFrom(const Session& other) override {
    states_ = static_cast<const GlrSession&>(other).states_;
  }

 private:
  const PackedGlr& weights_;
  LaneStates states_;
  std::vector<StepScratch> scratches_;  // [worker]
};

}  // namespace

GlrPredictor::GlrPredictor(const ModelFile& model, const NetworkKernels& kernels)
    : Predictor(model.id, model.card, CountParameters(model.glr().shape), model.mixer_start),
      weights_(model.glr(), kernels) {}

uint64_t GlrPredictor::SessionMemory(const SessionSize& size) const {
  return sizeof(GlrSession) + LaneStates::MemoryFor(shape(), size.lanes) +
         static_cast<uint64_t>(size.workers) *
             StepScratch::MemoryFor(shape(), size.lanes_per_step, size.steps_ahead);
}

int GlrPredictor::PartsFor(int threads) const {
  // What remains of the cache is for states and, where the thread does both, for mixing.
  const uint64_t room = OwnCacheSize() / 8 * 7;
  const uint64_t parts = (parameters() + room - 1) / room;
  const bool fits = parts <= static_cast<uint64_t>(std::min<int>(threads, shape().layers));
  return fits ? static_cast<int>(parts) : 1;
}

std::unique_ptr<Session> GlrPredictor::Begin(const SessionSize& size) const {
  return std::make_unique<GlrSession>(weights_, size);
}

}  // namespace lmz
