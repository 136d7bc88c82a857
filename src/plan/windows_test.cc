// Streams that reach the planner window by window: what lies over an edge is planned as if there
// were none.
#include <gtest/gtest.h>

#include <string>

#include "plan/plan.h"
#include "tests/archive_builder.h"
#include "tests/jpeg_builder.h"
#include "tests/recipes.h"
#include "tests/tar_builder.h"

namespace lmz {
namespace {

constexpr uint64_t kBlockSize = uint64_t{1} << 18;

// Plans as FrameEncoder does; blocks have their places in the stream.
std::vector<BlockPlan> PlanStream(ByteSpan bytes, uint64_t block_size) {
  Planner planner;
  std::vector<BlockPlan> plan;
  uint64_t begin = 0, seen = 0;
  do {
    seen = std::min<uint64_t>(seen + block_size, bytes.size());
    const Edge edge = seen == bytes.size() ? Edge::kEnd : Edge::kOpen;
    const ByteSpan window = bytes.subspan(begin, seen - begin);
    uint64_t offset = 0;
    for (BlockPlan block : planner.Plan(window, edge, {.max_block_size = block_size})) {
      EXPECT_EQ(block.offset, offset);
      EXPECT_GT(block.size, 0u);
      EXPECT_LE(block.size, block_size);
      offset += block.size;
      block.offset += begin;
      plan.push_back(block);
    }
    EXPECT_LE(window.size() - offset, edge == Edge::kEnd ? 0 : block_size);
    begin += offset;
  } while (seen != bytes.size());
  EXPECT_EQ(begin, bytes.size());
  return plan;
}

bool HasBlock(const std::vector<BlockPlan>& plan, CodecId codec, uint64_t begin, uint64_t size) {
  for (const BlockPlan& block : plan) {
    if (block.choice.codec() == codec && block.offset == begin && block.size == size) return true;
  }
  return false;
}

struct Sample {
  const char* name;
  CodecId codec;
  Bytes file;
};

std::vector<Sample> Samples() {
  TestRandom random(31);
  return {{"png", kPngCodec.id, testing::MakePng(random, 300, 300)},
          {"jpeg", kJpegCodec.id, testing::MakeJpegFile(random, {.width = 400, .height = 300})},
          {"bmp", kImageCodec.id, testing::MakeBmp(random, 240, 200)},
          {"wav", kAudioCodec.id, testing::MakeWav(random, 40'000)}};
}

// Where the blocks of the codec `inside` are.
std::vector<std::pair<uint64_t, uint64_t>> InsideBlocks(const std::vector<BlockPlan>& plan) {
  std::vector<std::pair<uint64_t, uint64_t>> blocks;
  for (const BlockPlan& block : plan) {
    if (block.choice.codec() == kInsideCodec.id) blocks.emplace_back(block.offset, block.size);
  }
  return blocks;
}

// A stream that is longer than a window, and one that begins in one and ends in the next.
TEST(Windows, StreamsOverEdgesAreParted) {
  TestRandom random(33);
  Bytes data = random.Text(400'000);
  AppendTo(data, random.From(ToBytes("abcdefgh"), 1'200'000));
  const Bytes gzip = testing::GzipFile(data);
  ASSERT_GT(gzip.size(), 2 * kBlockSize);
  for (const size_t before : std::vector<size_t>{0, 1000, kBlockSize - 5, kBlockSize + 9000}) {
    Bytes bytes = random.Text(before);
    AppendTo(bytes, gzip);
    AppendTo(bytes, random.Text(70'000));
    const auto blocks = InsideBlocks(PlanStream(bytes, kBlockSize));
    ASSERT_GE(blocks.size(), 3u) << before;
    uint64_t at = before;
    for (const auto& [begin, size] : blocks) {
      EXPECT_EQ(begin, at);
      at += size;
    }
    EXPECT_EQ(at, before + gzip.size()) << before;
  }
  const Bytes small = testing::GzipFile(random.Text(300'000));
  ASSERT_LT(small.size(), kBlockSize / 2);
  Bytes bytes = random.Text(kBlockSize - small.size() / 2);
  const size_t begin = bytes.size();
  AppendTo(bytes, small);
  AppendTo(bytes, random.Text(90'000));
  const auto blocks = InsideBlocks(PlanStream(bytes, kBlockSize));
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0], std::pair(uint64_t{begin}, uint64_t{small.size()}));
}

// What a flush parts, and what is cut off: whole blocks of the stream are taken, the rest is bytes.
TEST(Windows, StreamsThatStopAreTakenAsFarAsTheyGo) {
  TestRandom random(34);
  const Bytes gzip = testing::GzipFile(random.From(ToBytes("abcdefgh"), 300'000));
  const ByteSpan cut = ByteSpan(gzip).first(gzip.size() / 2);
  Planner planner;
  const std::vector<BlockPlan> front = planner.Plan(cut, Edge::kFlush, {});
  ASSERT_EQ(front.size(), 2u);
  EXPECT_EQ(front[0].choice.codec(), kInsideCodec.id);
  EXPECT_GT(front[0].size, cut.size() / 2);
  EXPECT_NE(front[1].choice.codec(), kInsideCodec.id);
  EXPECT_EQ(InsideBlocks(planner.Plan(ByteSpan(gzip).subspan(cut.size()), Edge::kEnd, {})).size(),
            0u);
}

// Runs of Base64 with their text, in one block for all that are near each other.
TEST(Windows, MailIsABlock) {
  TestRandom random(35);
  const Bytes mail = testing::MailFile({random.Text(30'000), random.Text(20'000)});
  EXPECT_EQ(InsideBlocks(PlanStream(mail, kBlockSize)).at(0),
            std::pair(uint64_t{0}, uint64_t{mail.size()}));
  Bytes box;
  while (box.size() < 3 * kBlockSize) AppendTo(box, testing::MailFile({random.Text(30'000)}));
  uint64_t covered = 0;
  for (const auto& [begin, size] : InsideBlocks(PlanStream(box, kBlockSize))) covered += size;
  EXPECT_GT(covered, box.size() - 5000);
}

TEST(Windows, ObjectsOverAnEdgeAreFoundWhole) {
  TestRandom random(32);
  const Bytes text = random.Text(3 * kBlockSize);
  for (const Sample& sample : Samples()) {
    ASSERT_LE(sample.file.size(), kBlockSize);
    const size_t size = sample.file.size();
    // How much of the object is before the edge: parts of its header, all but some of its end.
    for (const size_t before : std::vector<size_t>{1, 2, 50, size / 2, size - 1}) {
      for (const uint64_t edge : {kBlockSize, 2 * kBlockSize}) {
        Bytes bytes(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(edge - before));
        AppendTo(bytes, sample.file);
        AppendTo(bytes, ByteSpan(text).first(kBlockSize / 2));
        EXPECT_TRUE(HasBlock(PlanStream(bytes, kBlockSize), sample.codec, edge - before, size))
            << sample.name << " " << before << " bytes before " << edge;
      }
    }
  }
}

// As large as a block may be: the planner keeps all of it back but its first byte's predecessors.
TEST(Windows, AnObjectOfABlocksSizeIsFoundWhole) {
  for (const Sample& sample : Samples()) {
    const uint64_t block_size = sample.file.size();
    Bytes bytes = TestRandom(33).Text(block_size / 3);
    AppendTo(bytes, sample.file);
    AppendTo(bytes, ToBytes("and more"));
    EXPECT_TRUE(HasBlock(PlanStream(bytes, block_size), sample.codec, block_size / 3, block_size));
  }
}

TEST(Windows, LargerObjectsAreCutBetweenTheirParts) {
  TestRandom random(34);
  const Bytes text = random.Text(100'000);
  for (const bool is_audio : {false, true}) {
    const Bytes file =
        is_audio ? testing::MakeWav(random, 250'000) : testing::MakeBmp(random, 400, 800);
    Bytes bytes = text;
    AppendTo(bytes, file);
    AppendTo(bytes, text);
    uint64_t rows = 0, frames = 0, blocks = 0;
    for (const BlockPlan& block : PlanStream(bytes, kBlockSize)) {
      if (const auto* image = std::get_if<ImageOptions>(&block.choice.options)) {
        rows += image->layout.height;
        ++blocks;
      }
      if (const auto* audio = std::get_if<AudioOptions>(&block.choice.options)) {
        frames += audio->samples.frames;
        ++blocks;
      }
    }
    EXPECT_EQ(blocks, 4u);
    EXPECT_EQ(rows, is_audio ? 0u : 800u);
    EXPECT_EQ(frames, is_audio ? 250'000u : 0u);
  }
}

TEST(Windows, AFlushPlansEverythingAndObjectsGoOn) {
  TestRandom random(35);
  const Bytes file = testing::MakeBmp(random, 240, 200);
  const ByteSpan bytes = file;
  Planner planner;
  const PlanOptions options = {.max_block_size = kBlockSize};
  uint64_t rows = 0;
  for (const auto& [begin, size] : {std::pair{0u, 50'000u}, {50'000u, 1u}, {50'001u, 94'053u}}) {
    uint64_t planned = 0;
    for (const BlockPlan& block : planner.Plan(bytes.subspan(begin, size), Edge::kFlush, options)) {
      planned += block.size;
      const auto* image = std::get_if<ImageOptions>(&block.choice.options);
      if (image != nullptr) rows += image->layout.height;
    }
    EXPECT_EQ(planned, size);
  }
  EXPECT_EQ(rows, 199u) << "all but the one that two flushes part";
}

// Text, noise and tables in windows: no block is shorter than it must be because a window ended.
TEST(Windows, EdgesCutNoBlocks) {
  TestRandom random(36);
  Bytes bytes = testing::MakeWav(random, 50'000);
  AppendTo(bytes, random.Text(7 * kBlockSize));
  const std::vector<BlockPlan> plan = PlanStream(bytes, kBlockSize);
  ASSERT_EQ(plan.size(), 8u);
  for (size_t i = 1; i < plan.size(); ++i) EXPECT_EQ(plan[i].size, kBlockSize);
}

// Headers that lead nowhere, wherever an edge falls, cost no more than themselves.
TEST(Windows, FalseHeadersAtEveryEdge) {
  const Bytes wave = testing::MakeWave(44);
  for (const std::string& header :
       {std::string("BM"), std::string("P6\n90 90\n255\n"), std::string("\x89PNG\r\n\x1a\n"),
        std::string(wave.begin(), wave.end()), std::string("FORM")}) {
    Bytes bytes;
    while (bytes.size() < 400'000) AppendTo(bytes, ToBytes(header));
    const std::vector<BlockPlan> plan = PlanStream(bytes, uint64_t{1} << 16);
    EXPECT_LE(plan.size(), 14u) << header;
  }
}

// The sound of a stream that does not know its length is audio to the end, amid other bytes it is
// not.
TEST(Windows, SoundWithoutAnEnd) {
  const Bytes wave = testing::MakeWave(300'000);
  const std::vector<BlockPlan> alone = PlanStream(wave, kBlockSize);
  EXPECT_EQ(alone.back().choice.codec(), kAudioCodec.id);
  Bytes bytes = TestRandom(37).Text(1000);
  AppendTo(bytes, wave);
  for (const BlockPlan& block : PlanStream(bytes, kBlockSize)) {
    EXPECT_EQ(block.choice.codec(), kBytesCodec.id);
  }
}

}  // namespace
}  // namespace lmz
