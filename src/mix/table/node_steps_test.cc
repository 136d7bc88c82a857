// Runs stand for slots.
#include "mix/table/node_steps.h"

#include <gtest/gtest.h>

namespace lmz {
namespace {

void Teach(Slot& slot, uint32_t half) {
  uint32_t node = 1;
  for (int shift = 3; shift >= 0; --shift) {
    const uint32_t bit = half >> shift & 1;
    uint16_t& state = slot.nodes[node - 1];
    const uint32_t step = AllNodeSteps().history[bit][state & 0xFF];
    const uint32_t quick = AllNodeSteps().quick[(step >> 8) + (state >> 8)];
    state = static_cast<uint16_t>((step & 0xFF) | quick << 8);
    node = 2 * node + bit;
  }
}

TEST(RunSlots, AreWhatTheirCountTeaches) {
  for (uint32_t half = 0; half < 16; ++half) {
    Slot slot{};
    for (int count = 0; count <= RunBucket::kMaxCount; ++count) {
      ASSERT_EQ(AllRunSlots().Of(static_cast<int>(half), static_cast<uint8_t>(count)), slot);
      Teach(slot, half);
    }
    // No count beyond the largest would differ.
    EXPECT_EQ(AllRunSlots().Of(static_cast<int>(half), RunBucket::kMaxCount), slot);
  }
}

}  // namespace
}  // namespace lmz
