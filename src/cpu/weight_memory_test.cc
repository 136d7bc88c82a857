#include "cpu/weight_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace lmz {
namespace {

TEST(WeightMemory, HandsOutZeroedPiecesOnCacheLinesSideBySide) {
  for (const size_t size : {size_t{100}, size_t{3} << 20}) {
    WeightMemory memory(2 * WeightMemory::RoundUp(size));
    int8_t* const first = memory.Take(size);
    int8_t* const second = memory.Take(size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
    EXPECT_EQ(second - first, static_cast<ptrdiff_t>(WeightMemory::RoundUp(size)));
    EXPECT_EQ(std::count(first, second + size, 0), second + size - first);
    std::fill(first, second + size, int8_t{1});
    const WeightMemory moved = std::move(memory);
    EXPECT_EQ(second[size - 1], 1);
  }
}

}  // namespace
}  // namespace lmz
