#include "container/buffered_input.h"

#include <gtest/gtest.h>

#include "tests/recipes.h"

namespace lmz {
namespace {

// Any mix of peeks, reads and skips sees the same bytes as the source holds.
TEST(BufferedInput, SeesEveryByteOnce) {
  for (const size_t total : {0u, 1u, 65535u, 65536u, 65537u, 400000u}) {
    const Bytes bytes = testing::MakeRandom(total);
    TestRandom state(total);
    MemorySource source(bytes);
    BufferedInput input(source);
    size_t position = 0;
    while (position < total) {
      EXPECT_EQ(input.offset(), position);
      const uint64_t random = state.Next();
      const Result<ByteSpan> next = input.Peek(1 + random % 256);
      ASSERT_TRUE(next.ok());
      ASSERT_EQ(next.value().size(), std::min<size_t>(1 + random % 256, total - position));
      EXPECT_TRUE(std::equal(next.value().begin(), next.value().end(),
                             bytes.begin() + static_cast<std::ptrdiff_t>(position)));
      const size_t size = random / 16 % 4 == 0 ? random / 64 % 150000 : random / 64 % 100;
      if (random / 16 % 8 < 4) {
        Bytes part(size);
        const Result<size_t> got = input.Read(part);
        ASSERT_TRUE(got.ok());
        ASSERT_EQ(got.value(), std::min(size, total - position));
        part.resize(got.value());
        EXPECT_TRUE(std::equal(part.begin(), part.end(),
                               bytes.begin() + static_cast<std::ptrdiff_t>(position)));
      } else {
        EXPECT_EQ(input.Skip(size).code(), size <= total - position ? Code::kOk : Code::kTruncated);
      }
      position = std::min(position + size, total);
    }
    EXPECT_EQ(input.offset(), total);
    EXPECT_TRUE(input.Peek(1).value().empty());
    EXPECT_EQ(input.Skip(1).code(), Code::kTruncated);
  }
}

}  // namespace
}  // namespace lmz
