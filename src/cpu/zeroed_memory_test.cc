#include "cpu/zeroed_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <utility>

namespace lmz {
namespace {

TEST(ZeroedMemory, HandsOutZeroedPiecesOnCacheLinesSideBySide) {
  for (const size_t size : {size_t{100}, size_t{3} << 20}) {
    ZeroedMemory memory(2 * ZeroedMemory::RoundUp(size));
    auto* const first = static_cast<uint8_t*>(memory.Take(size));
    auto* const second = static_cast<uint8_t*>(memory.Take(size));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
    EXPECT_EQ(second - first, static_cast<ptrdiff_t>(ZeroedMemory::RoundUp(size)));
    EXPECT_EQ(std::count(first, second + size, 0), second + size - first);
    std::fill(first, second + size, uint8_t{1});
    const ZeroedMemory moved = std::move(memory);
    EXPECT_EQ(second[size - 1], 1);
  }
}

TEST(ZeroedMemory, BeginsAtAHugePageWhereItFillsOne) {
  constexpr size_t kHugePage = size_t{2} << 20;
  ZeroedMemory memory(kHugePage);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.Take(kHugePage)) % kHugePage, 0u);
}

TEST(ZeroedMemory, ThrowsForMoreThanHasAddresses) {
  if (sizeof(size_t) > 4) GTEST_SKIP() << "only where addresses have 32 bits";
  EXPECT_THROW(ZeroedMemory((uint64_t{1} << 32) + 64), std::bad_alloc);
  EXPECT_THROW(ZeroedMemory((uint64_t{1} << 32) - 64), std::bad_alloc);
}

}  // namespace
}  // namespace lmz
