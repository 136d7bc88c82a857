#include "model/transformer/transformer_predictor.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "model/transformer/lane_cache.h"
#include "model/transformer/step.h"
#include "model/transformer/step_memory.h"
#include "model/transformer/thread_team.h"

namespace lmz {

namespace {

class TransformerSession final : public TokenSession {
 public:
  TransformerSession(const BoundTransformer& network, const TokenSessionSize& size)
      : network_(network),
        context_(network.shape),
        caches_(network.shape, size.lanes, network.attention_planes()),
        memory_(network, size.lanes * size.positions, size.threads),
        places_(static_cast<size_t>(size.lanes)),
        step_places_(static_cast<size_t>(size.lanes)),
        team_(size.threads) {}

  Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
              uint32_t* weights) override {
    int begin = 0;
    while (begin < positions) {
      const int end = EndOfRun(lanes, begin, positions);
      for (size_t i = 0; i < lanes.size(); ++i) step_places_[i] = PlaceOf(lanes[i]) + Place(begin);
      StepTransformer(network_,
                      {.lanes = lanes,
                       .places = std::span(step_places_).first(lanes.size()),
                       .positions = end - begin,
                       .stride = positions,
                       .tokens = tokens + begin,
                       .weights = weights + ptrdiff_t{begin} * network_.token_count},
                      caches_, memory_, team_);
      begin = end;
    }
    for (const int lane : lanes) PlaceOf(lane) += Place(positions);
    return OkStatus();
  }

 private:
  static uint64_t Place(int position) { return static_cast<uint64_t>(position); }
  uint64_t& PlaceOf(int lane) { return places_[static_cast<size_t>(lane)]; }

  // Up to the next position before which some lane forgets tokens.
  int EndOfRun(std::span<const int> lanes, int begin, int positions) {
    for (int end = begin + 1; end < positions; ++end) {
      if (std::ranges::any_of(
              lanes, [&](int lane) { return context_.Drops(PlaceOf(lane) + Place(end)); })) {
        return end;
      }
    }
    return positions;
  }

  const BoundTransformer& network_;
  const Context context_;
  LaneCaches caches_;
  StepMemory memory_;
  std::vector<uint64_t> places_;       // [lane]: of the next token
  std::vector<uint64_t> step_places_;  // [lane of the step]
  ThreadTeam team_;
};

}  // namespace

TransformerPredictor::TransformerPredictor(const ModelFile& model,
                                           const MatrixKernels& matrix_kernels,
                                           const TransformerKernels& kernels)
    : TokenPredictor(model.id, model.card, CountParameters(model.transformer()->weights.shape),
                     model.mixer_start, model.transformer()->vocabulary),
      weights_(model.transformer()->weights, vocabulary(), matrix_kernels, kernels) {}

uint64_t TransformerPredictor::SessionMemory(const TokenSessionSize& size) const {
  // What the system takes for a thread's stack, of which little is used.
  constexpr uint64_t kThread = 64 << 10;
  const auto lanes = static_cast<uint64_t>(size.lanes),
             threads = static_cast<uint64_t>(size.threads);
  return sizeof(TransformerSession) + lanes * 2 * sizeof(uint64_t) + (threads - 1) * kThread +
         LaneCaches::MemoryFor(shape(), size.lanes, weights_.attention_planes()) +
         StepMemory::MemoryFor(weights_, size.lanes * size.positions, size.threads);
}

std::unique_ptr<TokenSession> TransformerPredictor::Begin(const TokenSessionSize& size) const {
  return std::make_unique<TransformerSession>(weights_, size);
}

}  // namespace lmz
