// How large blocks are that nobody has asked for.
#include <gtest/gtest.h>

#include "stream/frame_encoder.h"

namespace lmz {
namespace {

TEST(BlockSize, FollowsFromTheContentAlone) {
  constexpr uint64_t kMiB = uint64_t{1} << 20;
  EXPECT_EQ(ChosenBlockSize({}), 16 * kMiB);
  EXPECT_EQ(ChosenBlockSize({.content_size = 5}), 16 * kMiB);
  EXPECT_EQ(ChosenBlockSize({.content_size = 24'000'000}), 24'000'000u);
  EXPECT_EQ(ChosenBlockSize({.threads = 9, .content_size = 1000 * kMiB}), 64 * kMiB);
  EXPECT_EQ(ChosenBlockSize({.block_size = kMiB, .content_size = 1000 * kMiB}), kMiB);
  // More threads never hold more than so many blocks of the usual size and some of the largest.
  for (const int threads : {1, 2, 4, 16, 256}) {
    const CompressOptions options = {.threads = threads, .content_size = 1000 * kMiB};
    EXPECT_LE(MaxInputHeld(options),
              (2 * static_cast<uint64_t>(threads) + 4) * 16 * kMiB + 4 * 64 * kMiB);
  }
}

TEST(BlockSize, WideFramesHaveManyLanes) {
  EXPECT_GE(256'000'000 / ChosenBlockSize({.is_wide = true}) * 64, 4096u);
  EXPECT_EQ(ChosenBlockSize({.is_wide = true, .content_size = 1000}),
            ChosenBlockSize({.is_wide = true, .content_size = 1'000'000'000}));
  EXPECT_EQ(ChosenBlockSize({.is_wide = true, .block_size = uint64_t{1} << 16}), uint64_t{1} << 16);
}

// What the planner sees of 18 MiB: all at once where their size is known.
TEST(BlockSize, FilesAreSeenFurtherThanPipes) {
  const Bytes raw(size_t{18} << 20);
  for (const bool is_file : {true, false}) {
    std::vector<size_t> windows;
    const PlanFunction plan = [&](ByteSpan window, Edge, const PlanOptions& options) {
      windows.push_back(window.size());
      EXPECT_EQ(options.usual_block_size, kUsualBlockSize);
      EXPECT_EQ(options.max_block_size, is_file ? raw.size() : kUsualBlockSize);
      return std::vector<BlockPlan>{
          {.size = window.size(), .choice = {.options = StoredOptions{}}}};
    };
    CompressOptions options;
    if (is_file) options.content_size = raw.size();
    MemorySource source(raw);
    Bytes coded;
    MemorySink sink(coded);
    ASSERT_TRUE(CompressPlanned(source, sink, options, plan).ok());
    EXPECT_EQ(windows.front(), is_file ? raw.size() : kUsualBlockSize);
  }
}

}  // namespace
}  // namespace lmz
