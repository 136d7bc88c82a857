#include "stream/range.h"

#include <gtest/gtest.h>

#include "tests/frame_builder.h"

namespace lmz {
namespace {

using testing::FrameBuilder;

// What reading all of the content that the index promises comes to.
Status StatusOfReading(const Bytes& file, const DecompressOptions& options = {}) {
  const MemoryAccess input(file);
  Result<RangeReader> reader = RangeReader::Open(input, options);
  LMZ_TRY(reader.status());
  Bytes content(static_cast<size_t>(reader.value().content_size()));
  return reader.value().Read(0, content).status();
}

FrameBuilder TwoBlocks() {
  return FrameBuilder().Start().Stored(ToBytes("hello ")).Stored(ToBytes("world"));
}

TEST(Range, BlocksAgreeWithTheIndex) {
  EXPECT_TRUE(StatusOfReading(TwoBlocks().End().bytes).ok());
  // Another raw size than the header has, in either direction; the first one is noticed with it.
  for (const uint64_t raw_size : {4u, 6u}) {
    FrameBuilder frame = TwoBlocks();
    frame.entries[1].raw_size = raw_size;
    const Status status = StatusOfReading(frame.End().bytes);
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_NE(status.message().find("block 1 "), std::string::npos) << status.message();
    EXPECT_NE(status.message().find("does not agree with the index"), std::string::npos);
  }
  // Other places.
  FrameBuilder frame = TwoBlocks();
  ++frame.entries[0].coded_size;
  --frame.entries[1].coded_size;
  const Status status = StatusOfReading(frame.End().bytes);
  EXPECT_EQ(status.code(), Code::kDamaged);
  EXPECT_NE(status.message().find("block 0 "), std::string::npos) << status.message();
}

TEST(Range, BlocksAreThoseOfTheFile) {
  Bytes file = TwoBlocks().End().bytes;
  const size_t first_size = file.size();
  const Bytes second = FrameBuilder().Start().Stored(ToBytes("again")).End().bytes;
  AppendTo(file, FrameBuilder().Start().End().bytes);  // without blocks
  const size_t second_offset = file.size();
  AppendTo(file, second);
  const MemoryAccess input(file);
  Result<RangeReader> reader = RangeReader::Open(input, {});
  ASSERT_TRUE(reader.ok()) << reader.status().message();
  ASSERT_EQ(reader.value().block_count(), 3u);
  const RangeReader::Block middle = reader.value().block(1);
  EXPECT_EQ(middle.content_offset, 6u);
  EXPECT_EQ(middle.place.raw_size, 5u);
  EXPECT_EQ(middle.place.number, 1u);
  EXPECT_LT(middle.place.offset + middle.place.coded_size, first_size);
  const RangeReader::Block last = reader.value().block(2);
  EXPECT_EQ(last.content_offset, 11u);
  EXPECT_EQ(last.place.raw_size, 5u);
  EXPECT_EQ(last.place.number, 0u);
  EXPECT_GT(last.place.offset, second_offset);
  Bytes content(20);
  EXPECT_EQ(reader.value().Read(4, content).value(), 12u);
  content.resize(12);
  EXPECT_EQ(content, ToBytes("o worldagain"));
}

TEST(Range, TheMemoryLimitHoldsForBlocksAndForTheirList) {
  const Bytes file = FrameBuilder().Start().Stored(Bytes(1000, 'x')).End().bytes;
  EXPECT_TRUE(StatusOfReading(file, {.memory_limit = 2000}).ok());
  const Status block = StatusOfReading(file, {.memory_limit = 1999});
  EXPECT_EQ(block.code(), Code::kLimit);
  EXPECT_NE(block.message().find("block 0 "), std::string::npos) << block.message();
  const Status list = StatusOfReading(file, {.memory_limit = 23});
  EXPECT_EQ(list.code(), Code::kLimit);
  EXPECT_NE(list.message().find("list of blocks"), std::string::npos) << list.message();
  EXPECT_EQ(StatusOfReading(file, {.memory_limit = 7}).code(), Code::kLimit);
}

}  // namespace
}  // namespace lmz
