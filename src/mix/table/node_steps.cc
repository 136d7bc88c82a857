#include "mix/table/node_steps.h"

#include <algorithm>

#include "mix/bit_history.h"
#include "mix/quick_probability.h"

namespace lmz {

namespace {

NodeSteps MakeSteps() {
  NodeSteps steps{};
  static_assert(sizeof(steps.quick) == 2 * QuickTable::kRows * 256);
  const QuickTable& quick = Quick();
  for (uint32_t bit = 0; bit < 2; ++bit) {
    for (uint32_t history = 0; history < 256; ++history) {
      const uint32_t row = bit * QuickTable::kRows + quick.row[history];
      steps.history[bit][history] = kBitHistory.next[history][bit] | row * 256 << 8;
    }
    for (uint32_t row = 0; row < QuickTable::kRows; ++row) {
      std::copy(quick.next[row][bit].begin(), quick.next[row][bit].end(),
                steps.quick + (bit * QuickTable::kRows + row) * 256);
    }
  }
  return steps;
}

}  // namespace

const NodeSteps& AllNodeSteps() {
  static const NodeSteps steps = MakeSteps();
  return steps;
}

RunSlots::RunSlots(const NodeSteps& steps) : slots_(16 * kCounts) {
  for (uint32_t half = 0; half < 16; ++half) {
    Slot* slots = &slots_[half * kCounts];
    for (size_t count = 1; count < kCounts; ++count) {
      slots[count] = slots[count - 1];
      uint32_t node = 1;
      for (int shift = 3; shift >= 0; --shift) {
        const uint32_t bit = half >> shift & 1;
        uint16_t& state = slots[count].nodes[node - 1];
        const uint32_t step = steps.history[bit][state & 0xFF];
        const uint32_t quick = steps.quick[(step >> 8) + (state >> 8)];
        state = static_cast<uint16_t>((step & 0xFF) | quick << 8);
        node = 2 * node + bit;
      }
    }
  }
}

const RunSlots& AllRunSlots() {
  static const RunSlots slots(AllNodeSteps());
  return slots;
}

}  // namespace lmz
