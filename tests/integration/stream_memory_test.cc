// What streams take: blocks that threads work on together, input that is held back, lists of
// blocks. Measured at the allocator.
#include <gtest/gtest.h>

#include "stream/frame_encoder.h"
#include "stream/range.h"
#include "tests/counted_memory.h"
#include "tests/frame_builder.h"
#include "tests/recipes.h"
#include "tests/repeated_zero.h"

namespace lmz {
namespace {

using testing::FrameBuilder;
using testing::live;
using testing::peak;

// The limit holds for all blocks that several threads work on together.
TEST(StreamMemory, TheLimitHoldsForAllBlocksInFlight) {
  constexpr uint64_t kSlack = uint64_t{1}
                              << 19;  // the reader's buffer, threads, the output's growth
  const Bytes raw = testing::MakeWords(20000);
  Bytes payload;
  const Result<BlockHeader> header = EncodeBlock(raw, {.options = BytesOptions{}}, payload);
  ASSERT_TRUE(header.ok());
  FrameBuilder frame;
  frame.Start();
  for (int i = 0; i < 6; ++i) frame.Block(header.value(), payload);
  frame.End();
  const uint64_t one = raw.size() + payload.size() + DecodeMemory(header.value(), payload, {});
  for (const uint64_t blocks : {1u, 2u, 3u}) {
    MemorySource source(frame.bytes);
    Bytes back;
    back.reserve(6 * raw.size());
    MemorySink sink(back);
    const DecompressOptions options = {.threads = 4, .memory_limit = blocks * one};
    const size_t before = live;
    peak = before;
    const Status status = DecompressFrames(source, sink, options).status();
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(back.size(), 6 * raw.size());
    EXPECT_LE(peak - before, blocks * one + kSlack) << blocks;
    EXPECT_GT(peak - before, blocks * (one / 2)) << blocks;
  }
}

class Nowhere final : public Sink {
 public:
  Status Write(ByteSpan) override { return OkStatus(); }
};

// Without a limit, what threads work on together is bounded by their number, not by what a few
// bytes of input claim.
TEST(StreamMemory, LargeBlocksAreDecodedAlone) {
  constexpr uint64_t kSlack = uint64_t{1} << 19;  // as above
  Bytes payload;
  const BlockHeader header = testing::RepeatedZero(uint64_t{1} << 27, payload);
  FrameBuilder frame;
  frame.Start();
  for (int i = 0; i < 3; ++i) frame.Block(header, payload);
  frame.End();
  for (const int threads : {1, 2}) {
    MemorySource source(frame.bytes);
    Nowhere sink;
    const size_t before = live;
    peak = before;
    const Status status = DecompressFrames(source, sink, {.threads = threads}).status();
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_LE(peak - before, static_cast<uint64_t>(threads) * kUsualBlockMemory + kSlack)
        << threads;
  }
}

// Leaves over as much as may be, then takes all.
std::vector<BlockPlan> PlanInFits(ByteSpan window, Edge edge, const PlanOptions& options) {
  std::vector<BlockPlan> plan;
  const uint64_t size = options.max_block_size;
  if (edge == Edge::kOpen && window.size() <= size) return plan;
  for (uint64_t offset = 0; offset < window.size(); offset += size) {
    plan.push_back({.offset = offset,
                    .size = std::min<uint64_t>(size, window.size() - offset),
                    .choice = {.options = StoredOptions{}}});
  }
  return plan;
}

// What is kept back counts.
TEST(StreamMemory, AnEncoderHoldsNoMoreInputThanItSays) {
  constexpr uint64_t kSlack = uint64_t{1} << 19;  // the piece being read, threads
  const Bytes raw = testing::MakeRandom(size_t{10} << 20);
  for (const int threads : {1, 3}) {
    const CompressOptions options = {.threads = threads, .block_size = uint64_t{1} << 20};
    const uint64_t code = 2 * PiecesInFlight(threads) * options.block_size;
    MemorySource source(raw);
    Nowhere sink;
    const size_t before = live;
    peak = before;
    ASSERT_TRUE(CompressPlanned(source, sink, options, PlanInFits).ok());
    EXPECT_LE(peak - before, MaxInputHeld(options) + code + kSlack) << threads;
    EXPECT_GT(peak - before, 2 * options.block_size) << threads;
  }
}

// Files of as many blocks as fit, one after the other in a frame and each in a frame of its own.
std::vector<Bytes> FilesOfSmallestBlocks() {
  FrameBuilder frame = FrameBuilder().Start();
  for (int i = 0; i < 20000; ++i) frame.Stored(ToBytes("x"));
  const Bytes raw = ToBytes("x");
  MemorySource source(raw);
  Bytes compact;
  MemorySink sink(compact);
  EXPECT_TRUE(Compress(source, sink, {}).ok());
  const Bytes one = compact;
  for (int i = 1; i < 20000; ++i) AppendTo(compact, one);
  return {frame.End().bytes, compact};
}

class Counter final : public FrameVisitor {
 public:
  Status BeginFrame(const FrameEntry&) override { return OkStatus(); }
  Status AddBlock(const FrameEntry&, BlockEntry) override {
    ++count;
    return OkStatus();
  }
  Status EndFrame(const FrameEntry&) override { return OkStatus(); }
  int count = 0;
};

TEST(StreamMemory, ListingTakesLittleForAnyNumberOfBlocks) {
  for (const Bytes& file : FilesOfSmallestBlocks()) {
    Counter counter;
    MemorySource source(file);
    MemorySource again(file);
    const size_t before = live;
    peak = before;
    EXPECT_TRUE(List(source, counter).ok());
    EXPECT_EQ(ContentSize(again).value(), 20000u);
    EXPECT_LE(peak - before, size_t{1} << 17);
    EXPECT_EQ(counter.count, 20000);
  }
}

TEST(StreamMemory, ARangeReaderRefusesABlockBeforeItTakesMemoryForIt) {
  const Bytes file = FrameBuilder().Start().Stored(Bytes(4000000, 'x')).End().bytes;
  const MemoryAccess input(file);
  Result<RangeReader> reader = RangeReader::Open(input, {.memory_limit = 100000});
  ASSERT_TRUE(reader.ok()) << reader.status().message();
  Bytes part(1);
  const size_t before = live;
  peak = before;
  EXPECT_EQ(reader.value().Read(0, part).status().code(), Code::kLimit);
  EXPECT_LE(peak - before, 100000u);
}

TEST(StreamMemory, ARangeReaderTakesATripleOfItsFile) {
  for (const Bytes& file : FilesOfSmallestBlocks()) {
    const MemoryAccess input(file);
    const size_t before = live;
    peak = before;
    const Result<RangeReader> reader = RangeReader::Open(input, {});
    ASSERT_TRUE(reader.ok()) << reader.status().message();
    EXPECT_EQ(reader.value().block_count(), 20000u);
    EXPECT_LE(peak - before, 3 * file.size());
    // The list counts against the limit, however it was made.
    EXPECT_EQ(RangeReader::Open(input, {.memory_limit = 20000 * 24 - 1}).status().code(),
              Code::kLimit);
    EXPECT_TRUE(RangeReader::Open(input, {.memory_limit = 20000 * 24}).ok());
  }
}

}  // namespace
}  // namespace lmz
