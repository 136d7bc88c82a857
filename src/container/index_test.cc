#include "container/index.h"

#include <gtest/gtest.h>

#include "container/layout.h"
#include "tests/frame_builder.h"

namespace lmz {
namespace {

class MemoryInput final : public RandomAccess {
 public:
  explicit MemoryInput(ByteSpan bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    EXPECT_LE(offset + buffer.size(), bytes_.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), buffer.size(),
                buffer.begin());
    read_size += buffer.size();
    return OkStatus();
  }

  mutable uint64_t read_size = 0;

 private:
  ByteSpan bytes_;
};

Bytes SmallFrame() {
  return testing::FrameBuilder()
      .Start()
      .Stored(ToBytes("hello "))
      .Stored(ToBytes("world"))
      .End()
      .bytes;
}

TEST(Index, IsFoundInFrontOfPadding) {
  const Bytes frame = SmallFrame();
  for (const size_t zeros :
       {size_t{0}, size_t{1}, size_t{6}, size_t{7}, size_t{4096}, size_t{kMaxPadding}}) {
    Bytes file(10, 'x');
    file.insert(file.end(), frame.begin(), frame.end());
    file.resize(file.size() + zeros);
    MemoryInput input(file);
    const Result<FrameIndex> index = ReadIndexBefore(input, file.size(), UINT64_MAX);
    ASSERT_TRUE(index.ok()) << zeros << " " << index.status().message();
    EXPECT_EQ(index.value().frame_offset, 10u);
    ASSERT_EQ(index.value().blocks.size(), 2u);
    EXPECT_EQ(index.value().blocks[1].raw_size, 5u);
  }
}

TEST(Index, IsNotLookedForFarInFrontOfZeros) {
  Bytes file = SmallFrame();
  file.resize(file.size() + 3 * kMaxPadding);
  MemoryInput input(file);
  EXPECT_EQ(ReadIndexBefore(input, file.size(), UINT64_MAX).status().code(), Code::kDamaged);
  EXPECT_LT(input.read_size, 2 * kMaxPadding);
  file.assign(kMaxPadding / 2, 0);
  MemoryInput zeros(file);
  EXPECT_EQ(ReadIndexBefore(zeros, file.size(), UINT64_MAX).status().code(), Code::kDamaged);
}

}  // namespace
}  // namespace lmz
