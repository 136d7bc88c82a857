// Blocks whose code lies behind the first 4 GiB of a file.
#include <gtest/gtest.h>

#include <algorithm>

#include "stream/pipeline.h"
#include "stream/range.h"
#include "tests/frame_builder.h"

namespace lmz {
namespace {

using testing::FrameBuilder;

// A frame of `count` stored blocks of zeros, as large as blocks can be, and a last one with words.
// The zeros are nowhere: they are made when somebody reads them.
class HollowFile final : public RandomAccess {
 public:
  explicit HollowFile(uint64_t count) {
    FrameBuilder frame;
    frame.Start();
    BlockHeader zeros;
    zeros.raw_size = zeros.payload_size = kMaxBlockRawSize;
    for (uint64_t i = 0; i < count; ++i) {
      frame.Block(zeros, {});
      frame.entries.back().coded_size += kMaxBlockRawSize;
      hole_ends_.push_back((i + 1) * kMaxBlockRawSize + frame.bytes.size());
    }
    frame.Stored(ToBytes("behind 4 GiB"));
    bytes_ = std::move(frame.End().bytes);
  }

  uint64_t size() const override { return hole_ends_.size() * kMaxBlockRawSize + bytes_.size(); }

  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    while (!buffer.empty()) {
      const auto hole = std::upper_bound(hole_ends_.begin(), hole_ends_.end(), offset);
      const auto passed = static_cast<uint64_t>(hole - hole_ends_.begin()) * kMaxBlockRawSize;
      const uint64_t end = hole == hole_ends_.end() ? size() : *hole - kMaxBlockRawSize;
      const bool is_hole = offset >= end;
      const uint64_t left = (is_hole ? *hole : end) - offset;
      const auto part = static_cast<size_t>(std::min<uint64_t>(left, buffer.size()));
      if (is_hole) {
        std::fill_n(buffer.begin(), part, uint8_t{0});
      } else {
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset - passed), part,
                    buffer.begin());
      }
      buffer = buffer.subspan(part);
      offset += part;
    }
    return OkStatus();
  }

  Bytes& bytes() { return bytes_; }

 private:
  Bytes bytes_;  // less the zeros
  std::vector<uint64_t> hole_ends_;
};

constexpr uint64_t kCount = 17;  // of 256 MiB: 4.25 GiB

TEST(LargeOffsets, ARangeBehind4GiBIsFoundAndDecoded) {
  HollowFile file(kCount);
  Result<RangeReader> reader = RangeReader::Open(file, {});
  ASSERT_TRUE(reader.ok()) << reader.status().message();
  EXPECT_EQ(reader.value().content_size(), kCount * kMaxBlockRawSize + 12);
  Bytes part(5);
  const Result<size_t> size = reader.value().Read(kCount * kMaxBlockRawSize + 7, part);
  ASSERT_TRUE(size.ok()) << size.status().message();
  EXPECT_EQ(size.value(), 5u);
  EXPECT_EQ(part, ToBytes("4 GiB"));
}

TEST(LargeOffsets, EveryBlockIsListedWhereItIs) {
  HollowFile file(kCount);
  WindowSource source(file, 0, file.size());
  const Result<std::vector<FrameEntry>> frames = List(source);
  ASSERT_TRUE(frames.ok()) << frames.status().message();
  const FrameEntry& frame = frames.value().at(0);
  EXPECT_EQ(frame.raw_size, kCount * kMaxBlockRawSize + 12);
  EXPECT_EQ(frame.coded_size, file.size());
  ASSERT_EQ(frame.blocks.size(), kCount + 1);
  EXPECT_GT(frame.blocks.back().offset, uint64_t{1} << 32);
  EXPECT_EQ(frame.blocks.back().header.payload_size, 12u);
}

// The message of damage names the place in 64 bits.
TEST(LargeOffsets, DamageBehind4GiBIsNamed) {
  HollowFile file(kCount);
  const Bytes words = ToBytes("behind 4 GiB");
  std::search(file.bytes().begin(), file.bytes().end(), words.begin(), words.end())[3] ^= 1;
  Result<RangeReader> reader = RangeReader::Open(file, {});
  Bytes part(1);
  const Status status =
      reader.ok() ? reader.value().Read(kCount * kMaxBlockRawSize, part).status() : reader.status();
  EXPECT_EQ(status.code(), Code::kDamaged);
  EXPECT_NE(status.message().find("block 17 at offset 456"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace lmz
