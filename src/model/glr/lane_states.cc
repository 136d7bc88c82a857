#include "model/glr/lane_states.h"

#include <algorithm>

namespace lmz {

namespace {

// What aligning a vector may add.
constexpr uint64_t kAlignment = kCacheLine;

// Of the vectors that a step writes, the longest.
int WidestOf(const GlrShape& shape) {
  return std::max<int>({shape.width, shape.state, shape.hidden, kByteValues});
}

size_t WholeUnits(int lanes) {
  return static_cast<size_t>((lanes + kLaneUnit - 1) / kLaneUnit * kLaneUnit);
}

// A lane's part of StepScratch::half and ::full.
size_t HalfSize(const GlrShape& shape) {
  return std::max<size_t>(kMaxMixes * size_t{shape.width}, shape.hidden);
}
size_t FullSize(const GlrShape& shape) {
  return std::max<size_t>(shape.state, kByteValues);
}

}  // namespace

LaneStates::LaneStates(const GlrShape& shape, int lanes) : residual_(lanes, shape.width) {
  layers_.reserve(shape.layers);
  for (int i = 0; i < shape.layers; ++i) {
    layers_.push_back({LaneRows<int32_t>(lanes, shape.state), LaneRows<int16_t>(lanes, shape.width),
                       LaneRows<int16_t>(lanes, shape.width)});
  }
}

uint64_t LaneStates::MemoryFor(const GlrShape& shape, int lanes) {
  const uint64_t lane = shape.state * sizeof(int32_t) + 2 * shape.width * sizeof(int16_t);
  const uint64_t residual = static_cast<uint64_t>(lanes) * shape.width * sizeof(int32_t);
  return residual + kAlignment +
         shape.layers * (static_cast<uint64_t>(lanes) * lane + sizeof(LayerState) + 3 * kAlignment);
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
  const int widest = WidestOf(shape);
  const size_t units = WholeUnits(lanes);
  for (Slot& slot : slots) {
    slot = {LaneRows<uint8_t>(lanes, widest), AlignedVector<int32_t>(units),
            AlignedVector<int32_t>(units), LaneRows<int32_t>(lanes, widest)};
  }
  half.resize(units * HalfSize(shape));
  gates.resize(units * shape.state);
  full.resize(units * FullSize(shape));
}

uint64_t StepScratch::MemoryFor(const GlrShape& shape, int lanes) {
  const auto widest = static_cast<uint64_t>(WidestOf(shape));
  const uint64_t slot = widest * (sizeof(uint8_t) + sizeof(int32_t));
  const uint64_t lane =
      3 * slot + (std::max(shape.width, shape.state) + shape.state) * sizeof(int16_t);
  const uint64_t in_units = 3 * 2 * sizeof(int32_t) + HalfSize(shape) * sizeof(int16_t) +
                            shape.state * sizeof(uint16_t) + FullSize(shape) * sizeof(int32_t);
  return static_cast<uint64_t>(lanes) * lane + WholeUnits(lanes) * in_units + sizeof(StepScratch) +
         17 * kAlignment;
}

}  // namespace lmz
