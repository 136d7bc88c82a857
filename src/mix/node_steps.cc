#include "mix/node_steps.h"

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

}  // namespace lmz
