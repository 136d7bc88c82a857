#include "model/glr/lane_states.h"

#include <algorithm>

namespace lmz {

namespace {

// What aligning a vector may add.
constexpr uint64_t kAlignment = kCacheLine;

constexpr size_t kSumsOfALine = kCacheLine / sizeof(int32_t);

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

StepScratch::Slot::Slot(int positions, int widest)
    : quantized_(static_cast<size_t>(positions) * (static_cast<size_t>(widest) + kCacheLine)),
      mantissa_(WholeUnits(positions) + kLaneUnit),
      exponent_(WholeUnits(positions) + kLaneUnit),
      sums_(static_cast<size_t>(positions) * (static_cast<size_t>(widest) + kSumsOfALine)) {}

uint64_t StepScratch::Slot::MemoryFor(int positions, int widest) {
  const uint64_t row = (static_cast<uint64_t>(widest) + kCacheLine) * sizeof(uint8_t) +
                       (static_cast<uint64_t>(widest) + kSumsOfALine) * sizeof(int32_t);
  return static_cast<uint64_t>(positions) * row +
         (WholeUnits(positions) + kLaneUnit) * 2 * sizeof(int32_t) + sizeof(Slot) + 4 * kAlignment;
}

QuantizedRows StepScratch::Slot::Quantized(int size, int position) {
  const ptrdiff_t stride = size + static_cast<ptrdiff_t>(kCacheLine);
  return {{quantized_.data() + position * stride, stride}, scales(position)};
}

Rows<int32_t> StepScratch::Slot::Sums(int size, int position) {
  const ptrdiff_t stride = size + static_cast<ptrdiff_t>(kSumsOfALine);
  return {sums_.data() + position * stride, stride};
}

StepScratch::StepScratch(const GlrShape& shape, int lanes, int steps)
    : normal(lanes * steps, std::max(shape.width, shape.state)), gate(lanes * steps, shape.state) {
  const size_t units = WholeUnits(lanes * steps);
  for (int i = 0; i < kMaxMixes; ++i) slots.emplace_back(lanes * steps, WidestOf(shape));
  if (steps > 1) {
    residual = LaneRows<int32_t>(lanes * steps, shape.width);
    states = LaneRows<int32_t>(lanes * steps, shape.state);
  }
  half.resize(units * HalfSize(shape));
  gates.resize(units * shape.state);
  full.resize(units * FullSize(shape));
}

uint64_t StepScratch::MemoryFor(const GlrShape& shape, int lanes, int steps) {
  const int positions = lanes * steps;
  uint64_t position = (std::max(shape.width, shape.state) + shape.state) * sizeof(int16_t);
  if (steps > 1) position += (uint64_t{shape.width} + shape.state) * sizeof(int32_t);
  const uint64_t in_units = HalfSize(shape) * sizeof(int16_t) + shape.state * sizeof(uint16_t) +
                            FullSize(shape) * sizeof(int32_t);
  return static_cast<uint64_t>(positions) * position + WholeUnits(positions) * in_units +
         kMaxMixes * Slot::MemoryFor(positions, WidestOf(shape)) + sizeof(StepScratch) +
         7 * kAlignment;
}

}  // namespace lmz
