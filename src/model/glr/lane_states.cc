#include "model/glr/lane_states.h"

#include <algorithm>

namespace lmz {

LaneStates::LaneStates(const GlrShape& shape, int lanes)
    : lanes_(lanes), residual_(lanes, shape.width) {
  layers_.reserve(shape.layers);
  for (int i = 0; i < shape.layers; ++i) {
    layers_.push_back({LaneRows<int32_t>(lanes, shape.state), LaneRows<int16_t>(lanes, shape.width),
                       LaneRows<int16_t>(lanes, shape.width)});
  }
}

void LaneStates::Reset(int lane) {
  for (LayerState& layer : layers_) {
    std::ranges::fill(layer.state[lane], 0);
    std::ranges::fill(layer.previous_input[lane], int16_t{0});
    std::ranges::fill(layer.previous_hidden[lane], int16_t{0});
  }
}

StepScratch::StepScratch(const GlrShape& shape, int lanes)
    : normal(lanes, std::max(shape.width, shape.state)), gate(lanes, shape.state) {
  const int widest = std::max<int>({shape.width, shape.state, shape.hidden, kByteValues});
  for (Slot& slot : slots) {
    slot = {LaneRows<uint8_t>(lanes, widest),
            std::vector<QuantizedScale>(static_cast<size_t>(lanes)),
            LaneRows<int32_t>(lanes, widest)};
  }
  half.resize(kMaxMixes * static_cast<size_t>(widest));
  gates.resize(static_cast<size_t>(widest));
  full.resize(static_cast<size_t>(widest));
}

}  // namespace lmz
