// What the kernels need to advance the nodes of slots: the tables of bit_history.h and
// quick_probability.h, laid out for them.
#pragma once

#include <cstddef>
#include <vector>

#include "mix/kernels/mixer_kernels.h"

namespace lmz {

// Made on the first call; thread-safe.
const NodeSteps& AllNodeSteps();

// The slots that runs stand for.
class RunSlots {
 public:
  explicit RunSlots(const NodeSteps& steps);

  // Half a byte came `count` times in a row, 0 .. RunBucket::kMaxCount, and nothing else.
  const Slot& Of(int half, uint8_t count) const {
    return slots_[static_cast<size_t>(half) * kCounts + count];
  }

 private:
  static constexpr size_t kCounts = RunBucket::kMaxCount + 1;

  std::vector<Slot> slots_;  // [half][count]
};

// Made on the first call; thread-safe.
const RunSlots& AllRunSlots();

}  // namespace lmz
