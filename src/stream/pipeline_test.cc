#include "stream/pipeline.h"

#include <gtest/gtest.h>

#include "tests/choices.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using testing::AllChoices;
using testing::ChoiceName;
using testing::FixedPlan;
using testing::Generator;
using testing::kGenerators;

const BlockChoice kStoredChoice = {.options = StoredOptions{}};
constexpr uint64_t kSmallestBlock = uint64_t{1} << 16;

// Never gives all that is asked for unless it must: what a pipe does to a buffered reader.
class CountingSource final : public Source {
 public:
  explicit CountingSource(ByteSpan bytes) : memory_(bytes) {}
  Result<size_t> Read(MutableByteSpan buffer) override {
    EXPECT_FALSE(was_at_end_) << "a source must not be asked again after its end";
    LMZ_ASSIGN(const size_t size, memory_.Read(buffer));
    was_at_end_ = size < buffer.size();
    return size;
  }

 private:
  MemorySource memory_;
  bool was_at_end_ = false;
};

class FailingSink final : public Sink {
 public:
  explicit FailingSink(uint64_t capacity) : left_(capacity) {}
  Status Write(ByteSpan bytes) override {
    if (bytes.size() > left_) return Status(Code::kIo, "the disk is full");
    left_ -= bytes.size();
    return OkStatus();
  }

 private:
  uint64_t left_;
};

Bytes CompressAs(ByteSpan raw, const PlanFunction& plan, const CompressOptions& options = {}) {
  CountingSource source(raw);
  Bytes out;
  MemorySink sink(out);
  const Result<Progress> done = CompressPlanned(source, sink, options, plan);
  EXPECT_TRUE(done.ok()) << done.status().message();
  EXPECT_EQ(done.value().raw_bytes, raw.size());
  EXPECT_EQ(done.value().coded_bytes, out.size());
  return out;
}

Status DecompressTo(ByteSpan coded, Bytes& raw, DecompressOptions options = {}) {
  options.models = testing::TinyModels();
  CountingSource source(coded);
  raw.clear();
  MemorySink sink(raw);
  const Result<Progress> done = DecompressFrames(source, sink, options);
  if (done.ok()) {
    EXPECT_EQ(done.value().raw_bytes, raw.size());
    EXPECT_EQ(done.value().coded_bytes, coded.size());
  }
  return done.status();
}

std::vector<FrameEntry> ListOf(ByteSpan coded) {
  MemorySource source(coded);
  Result<std::vector<FrameEntry>> frames = ListFrames(source);
  EXPECT_TRUE(frames.ok()) << frames.status().message();
  return std::move(frames).value();
}

TEST(Pipeline, EveryChoiceRoundTripsEveryKindOfInput) {
  for (const BlockChoice& choice : AllChoices()) {
    for (const Generator& generator : kGenerators) {
      for (const size_t size : {0u, 1u, 2u, 255u, 4096u, 70000u}) {
        const bool is_simple =
            choice.codec() == kStoredCodec.id || choice.codec() == kBytesCodec.id;
        if (size > 255 && choice.filters != 0 && !is_simple) continue;  // filters know no codecs
        if (size == 70000 &&
            (choice.filters != 0 || !is_simple || testing::ProfileOf(choice) != Profile::kText))
          continue;
        const Bytes raw = generator.make(size);
        const Bytes coded = CompressAs(raw, FixedPlan(choice, kSmallestBlock));
        Bytes back;
        const Status status = DecompressTo(coded, back);
        ASSERT_TRUE(status.ok()) << status.message();
        ASSERT_EQ(back, raw) << ChoiceName(choice) << " " << generator.name << " " << size;
      }
    }
  }
}

TEST(Pipeline, SizesAroundEveryBoundaryRoundTrip) {
  for (const size_t border : {size_t{1} << 16, size_t{1} << 17, size_t{3} << 16}) {
    for (const size_t size : {border - 1, border, border + 1}) {
      const Bytes raw = testing::MakeRamp(size);
      const Bytes coded =
          CompressAs(raw, FixedPlan(kStoredChoice, 50000), {.block_size = kSmallestBlock});
      Bytes back;
      const Status status = DecompressTo(coded, back);
      ASSERT_TRUE(status.ok()) << status.message();
      ASSERT_EQ(back, raw) << size;
    }
  }
}

TEST(Pipeline, BytesDoNotDependOnThreads) {
  for (const BlockChoice& choice : AllChoices()) {
    const bool is_simple = choice.codec() == kStoredCodec.id || choice.codec() == kBytesCodec.id;
    if (choice.filters != 0 && !is_simple) continue;  // filters know no codecs
    const Bytes raw = testing::MakeWords(3201);
    const auto plan = FixedPlan(choice, 400);
    CompressOptions options = {.block_size = kSmallestBlock};
    const Bytes one = CompressAs(raw, plan, options);
    EXPECT_EQ(CompressAs(raw, plan, options), one) << "twice the same";
    for (const int threads : {2, 7}) {
      options.threads = threads;
      ASSERT_EQ(CompressAs(raw, plan, options), one) << ChoiceName(choice) << " " << threads;
      Bytes back;
      const Status status = DecompressTo(one, back, {.threads = threads});
      ASSERT_TRUE(status.ok()) << status.message();
      ASSERT_EQ(back, raw);
    }
  }
}

TEST(Pipeline, SmallInputsGetACompactFrame) {
  EXPECT_EQ(CompressAs({}, FixedPlan(kStoredChoice, 1)).size(), 11u);
  for (const size_t size : {1u, 127u, 128u, 65535u}) {
    const Bytes coded = CompressAs(testing::MakeRandom(size), FixedPlan(kStoredChoice, size));
    EXPECT_LE(coded.size(), size + 15);
    const std::vector<FrameEntry> frames = ListOf(coded);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_TRUE(frames[0].is_compact);
    EXPECT_EQ(frames[0].raw_size, size);
    EXPECT_EQ(frames[0].coded_size, coded.size());
  }
  const Bytes larger = testing::MakeRandom(65536);
  EXPECT_FALSE(ListOf(CompressAs(larger, FixedPlan(kStoredChoice, 65536)))[0].is_compact);
}

// The promise in docs/spec/container.md, with a planner that cuts as badly as it can.
TEST(Pipeline, GrowthIsBounded) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100}, size_t{65535}, size_t{65536},
                            size_t{65537}, size_t{100000}, size_t{1} << 20, (size_t{16} << 20) - 1,
                            size_t{16} << 20, (size_t{16} << 20) + 1, (size_t{33} << 20) + 7}) {
    const Bytes raw = testing::MakeRandom(size);
    for (const size_t piece : {size_t{1} << 12, size_t{1} << 24}) {
      const Bytes coded = CompressAs(raw, FixedPlan(kStoredChoice, piece));
      EXPECT_LE(coded.size(), size + 72 + size / 10000) << size << " in pieces of " << piece;
      Bytes back;
      ASSERT_TRUE(DecompressTo(coded, back).ok());
      ASSERT_EQ(back, raw);
    }
  }
  const Bytes raw = testing::MakeRandom(size_t{2} << 20);
  const Bytes coded =
      CompressAs(raw, FixedPlan(kStoredChoice, 4096), {.block_size = uint64_t{1} << 19});
  EXPECT_LE(coded.size(), raw.size() + 72 + raw.size() / 10000);
}

// The same where the planner takes a little more than a block's size each time.
TEST(Pipeline, GrowthIsBoundedWhateverIsLeftOver) {
  const Bytes raw = testing::MakeRandom(size_t{12} << 20);
  for (const uint64_t first : {uint64_t{100}, uint64_t{400'000}}) {
    for (const uint64_t step : {uint64_t{1}, first / 20}) {
      const auto plan = [left = first, step](ByteSpan window, Edge edge,
                                             const PlanOptions& options) mutable {
        if (edge == Edge::kOpen) window = window.first(window.size() - left);
        left -= std::min(left, step);
        return testing::FixedPlan(kStoredChoice, 4096)(window, edge, options);
      };
      const Bytes coded = CompressAs(raw, plan, {.block_size = uint64_t{1} << 19});
      EXPECT_LE(coded.size(), raw.size() + 72 + raw.size() / 10000) << first << " " << step;
      Bytes back;
      ASSERT_TRUE(DecompressTo(coded, back).ok());
      ASSERT_EQ(back, raw);
    }
  }
}

TEST(Pipeline, FramesMayBeConcatenated) {
  const Bytes first = testing::MakeRamp(100);
  const Bytes second = testing::MakeRamp(200000);
  Bytes coded;
  Bytes expected;
  for (const Bytes& raw : {first, Bytes(), second, first, second}) {
    const Bytes frame =
        CompressAs(raw, FixedPlan(kStoredChoice, 50000), {.block_size = kSmallestBlock});
    coded.insert(coded.end(), frame.begin(), frame.end());
    expected.insert(expected.end(), raw.begin(), raw.end());
  }
  for (const int threads : {1, 3}) {
    Bytes back;
    ASSERT_TRUE(DecompressTo(coded, back, {.threads = threads}).ok());
    EXPECT_EQ(back, expected);
  }
  const std::vector<FrameEntry> frames = ListOf(coded);
  ASSERT_EQ(frames.size(), 5u);
  uint64_t offset = 0;
  for (const FrameEntry& frame : frames) {
    EXPECT_EQ(frame.offset, offset);
    offset += frame.coded_size;
  }
  EXPECT_EQ(offset, coded.size());

  for (const size_t garbage : {1u, 2u, 3u, 100u}) {
    Bytes longer = coded;
    AppendTo(longer, Bytes(garbage));  // padding
    Bytes back;
    EXPECT_TRUE(DecompressTo(longer, back).ok());
    EXPECT_EQ(back, expected);
    AppendTo(longer, Bytes(garbage, 'x'));
    EXPECT_EQ(DecompressTo(longer, back).code(), Code::kDamaged);
    EXPECT_EQ(back, expected) << "what comes before the garbage is written";
  }
}

TEST(Pipeline, ListNamesTheBlocks) {
  const Bytes raw = testing::MakeRandom(400000);
  const Bytes coded = CompressAs(raw, FixedPlan(kStoredChoice, raw.size()),
                                 {.block_size = 150000, .content_size = raw.size()});
  const std::vector<FrameEntry> frames = ListOf(coded);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].version, 0);
  EXPECT_EQ(frames[0].raw_size, raw.size());
  EXPECT_EQ(frames[0].coded_size, coded.size());
  ASSERT_EQ(frames[0].blocks.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const BlockEntry& block = frames[0].blocks[i];
    EXPECT_EQ(block.header.raw_size, i < 2 ? 150000u : 100000u);
    EXPECT_EQ(block.header.payload_size, block.header.raw_size);
    EXPECT_EQ(coded[block.offset], static_cast<uint8_t>(kStoredCodec.id));
  }
}

TEST(Pipeline, ContentSizeIsChecked) {
  const Bytes raw = testing::MakeRandom(200000);
  for (const uint64_t claim : {uint64_t{0}, uint64_t{199999}, uint64_t{200001}}) {
    MemorySource source(raw);
    Bytes out;
    MemorySink sink(out);
    const CompressOptions options = {.block_size = kSmallestBlock, .content_size = claim};
    EXPECT_EQ(
        CompressPlanned(source, sink, options, FixedPlan(kStoredChoice, 100000)).status().code(),
        Code::kInvalidArgument);
  }
}

TEST(Pipeline, OptionsOutOfRangeAreRefused) {
  for (const CompressOptions& options :
       {CompressOptions{.threads = 0}, CompressOptions{.threads = 257},
        CompressOptions{.block_size = kSmallestBlock - 1},
        CompressOptions{.block_size = kMaxBlockRawSize + 1}}) {
    MemorySource source({});
    Bytes out;
    MemorySink sink(out);
    EXPECT_EQ(CompressPlanned(source, sink, options, FixedPlan(kStoredChoice, 1)).status().code(),
              Code::kInvalidArgument);
    EXPECT_TRUE(out.empty());
  }
  Bytes raw;
  EXPECT_EQ(DecompressTo({}, raw, {.threads = 0}).code(), Code::kInvalidArgument);
}

TEST(Pipeline, ProgressCountsUpAndCancels) {
  const Bytes raw = testing::MakeRandom(500000);
  for (const int threads : {1, 3}) {
    uint64_t calls = 0;
    Progress last;
    const ProgressFunction count = [&](const Progress& now) {
      EXPECT_GT(now.raw_bytes, last.raw_bytes);
      EXPECT_GT(now.coded_bytes, last.coded_bytes);
      last = now;
      ++calls;
      return true;
    };
    const ProgressFunction stop = [&](const Progress&) { return ++calls < 3; };
    const auto plan = FixedPlan(kStoredChoice, 100000);
    CompressOptions options = {.threads = threads, .block_size = 100000, .progress = count};
    const Bytes coded = CompressAs(raw, plan, options);
    EXPECT_EQ(calls, 5u);

    calls = 0;
    last = {};
    Bytes back;
    ASSERT_TRUE(DecompressTo(coded, back, {.threads = threads, .progress = count}).ok());
    EXPECT_EQ(calls, 5u);

    calls = 0;
    options.progress = stop;
    MemorySource source(raw);
    Bytes out;
    MemorySink sink(out);
    EXPECT_EQ(CompressPlanned(source, sink, options, plan).status().code(), Code::kCancelled);
    EXPECT_EQ(calls, 3u);
    calls = 0;
    EXPECT_EQ(DecompressTo(coded, back, {.threads = threads, .progress = stop}).code(),
              Code::kCancelled);
    EXPECT_EQ(calls, 3u);
    EXPECT_LE(back.size(), 200000u);
  }
}

// One block: what is told within it is near what it comes to in the end.
TEST(Pipeline, ProgressWithinABlockTellsTheSizeOfItsCode) {
  const Bytes words = testing::MakeWords(30000);
  Bytes raw = words;
  raw.insert(raw.end(), words.begin(), words.end());
  const TextOptions text = {.model = testing::TinyModel().get(), .lanes = 7, .groups = 3};
  for (const CodecOptions& options : {CodecOptions(BytesOptions{}), CodecOptions(text)}) {
    for (const uint8_t filters : {uint8_t{0}, kFilterRepeat}) {
      for (const int threads : {1, 3}) {
        const BlockChoice choice = {.options = options, .filters = filters};
        SCOPED_TRACE(ChoiceName(choice) + " " + std::to_string(threads));
        std::vector<Progress> told;
        const ProgressFunction tell = [&](const Progress& now) {
          told.push_back(now);
          return true;
        };
        const Bytes coded =
            CompressAs(raw, FixedPlan(choice, raw.size()), {.threads = threads, .progress = tell});
        ASSERT_GT(told.size(), 4u);
        const Progress& half = told[told.size() / 2];
        EXPECT_GT(half.raw_bytes, raw.size() / 3);
        EXPECT_LT(half.raw_bytes, raw.size() * 2 / 3);
        // With several threads the one that reports may be ahead of the others.
        EXPECT_GT(half.coded_bytes, threads == 1 ? coded.size() / 4 : 0);
        EXPECT_LE(half.coded_bytes, coded.size());
        for (size_t i = 1; i < told.size(); ++i) {
          EXPECT_GE(told[i].raw_bytes, told[i - 1].raw_bytes);
          EXPECT_GE(told[i].coded_bytes, told[i - 1].coded_bytes);
        }
      }
    }
  }
}

TEST(Pipeline, LimitsAreKept) {
  const Bytes raw = testing::MakeRandom(300000);
  const Bytes coded = CompressAs(raw, FixedPlan(kStoredChoice, 100000), {.block_size = 100000});
  Bytes back;
  EXPECT_TRUE(DecompressTo(coded, back, {.memory_limit = 200000, .output_limit = 300000}).ok());
  EXPECT_EQ(DecompressTo(coded, back, {.memory_limit = 199999}).code(), Code::kLimit);
  EXPECT_TRUE(back.empty());
  EXPECT_EQ(DecompressTo(coded, back, {.output_limit = 299999}).code(), Code::kLimit);
  EXPECT_EQ(back.size(), 200000u);

  Bytes twice = coded;
  twice.insert(twice.end(), coded.begin(), coded.end());
  EXPECT_EQ(DecompressTo(twice, back, {.output_limit = 599999}).code(), Code::kLimit);
  EXPECT_TRUE(DecompressTo(twice, back, {.output_limit = 600000}).ok());
}

TEST(Pipeline, TheFirstErrorWinsAndNamesTheBlock) {
  const Bytes raw = testing::MakeRandom(500000);
  const Bytes coded = CompressAs(raw, FixedPlan(kStoredChoice, 100000), {.block_size = 100000});
  const std::vector<BlockEntry> blocks = ListOf(coded)[0].blocks;
  Bytes damaged = coded;
  damaged[blocks[2].offset + 1000] ^= 1;  // inside a payload
  damaged[blocks[4].offset + 2] ^= 1;     // inside a header
  for (const int threads : {1, 2, 7}) {
    Bytes back;
    const Status status = DecompressTo(damaged, back, {.threads = threads});
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_EQ(status.message(), "block 2 at offset " + std::to_string(blocks[2].offset) +
                                    ": checksum differs; the file is damaged here");
    EXPECT_EQ(back, Bytes(raw.begin(), raw.begin() + 200000));
  }
}

TEST(Pipeline, SinkErrorsComeBack) {
  const Bytes raw = testing::MakeRandom(500000);
  const auto plan = FixedPlan(kStoredChoice, 100000);
  const Bytes coded = CompressAs(raw, plan, {.block_size = 100000});
  for (const int threads : {1, 3}) {
    for (const uint64_t capacity : {0u, 10u, 250000u}) {
      MemorySource source(raw);
      FailingSink sink(capacity);
      EXPECT_EQ(CompressPlanned(source, sink, {.threads = threads, .block_size = 100000}, plan)
                    .status()
                    .code(),
                Code::kIo);
      MemorySource coded_source(coded);
      FailingSink raw_sink(capacity);
      EXPECT_EQ(DecompressFrames(coded_source, raw_sink, {.threads = threads}).status().code(),
                Code::kIo);
    }
  }
}

// An image that is longer than a block: every block goes on where the one before it ended.
// Keeps what it gets, up to a number of bytes; records the size of the first write.
class ShortSink final : public Sink {
 public:
  explicit ShortSink(size_t capacity) : capacity_(capacity) {}
  Status Write(ByteSpan bytes) override {
    if (first_size == 0) first_size = bytes.size();
    if (taken.size() + bytes.size() > capacity_) return Status(Code::kIo, "the reader has gone");
    taken.insert(taken.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }
  size_t first_size = 0;
  Bytes taken;

 private:
  size_t capacity_;
};

// One block under `choice`, written early and not.
void ExpectEarlyWrites(const BlockChoice& choice, int threads) {
  Bytes raw = testing::MakeWords(20000);
  AppendTo(raw, Bytes(raw));  // a long repeat, for the filter
  const Bytes coded = CompressAs(raw, FixedPlan(choice, raw.size()));
  DecompressOptions options = {.models = testing::TinyModels(), .threads = threads};
  uint64_t told = 0;
  options.progress = [&](const Progress& progress) {
    told = progress.raw_bytes;
    return true;
  };
  for (const bool writes_early : {false, true}) {
    options.writes_early = writes_early;
    MemorySource source(coded);
    ShortSink sink(raw.size());
    ASSERT_TRUE(DecompressFrames(source, sink, options).ok());
    EXPECT_EQ(sink.taken, raw);
    if (!writes_early) {
      EXPECT_EQ(sink.first_size, raw.size());
    } else if (threads == 1) {
      EXPECT_LT(sink.first_size, 5000u);
    }
  }
  // Whoever stops reading stops the decoder.
  MemorySource source(coded);
  ShortSink sink(10);
  EXPECT_EQ(DecompressFrames(source, sink, options).status().code(), Code::kIo);
  if (threads == 1) {
    EXPECT_LT(told, raw.size() / 4);
  }
}

TEST(Pipeline, BytesMayBeWrittenBeforeTheirBlockIsComplete) {
  for (const int threads : {1, 3}) {
    ExpectEarlyWrites({.options = BytesOptions{}}, threads);
    ExpectEarlyWrites({.options = BytesOptions{}, .filters = kFilterRepeat}, threads);
    ExpectEarlyWrites({.options = TextOptions{.model = testing::TinyModel().get(), .lanes = 4}},
                      threads);
  }
}

TEST(Pipeline, ImagesGoOnFromBlockToBlock) {
  const Bytes photo = testing::MakePhoto(200'000);
  MemorySource source(photo);
  Bytes coded;
  MemorySink sink(coded);
  CompressOptions options;
  options.threads = 2;
  options.block_size = uint64_t{1} << 16;
  ASSERT_TRUE(Compress(source, sink, options).ok());
  MemorySource coded_source(coded);
  const Result<std::vector<FrameEntry>> frames = List(coded_source);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames.value().size(), 1u);
  EXPECT_EQ(frames.value()[0].blocks.size(), 4u);
  for (const BlockEntry& block : frames.value()[0].blocks) {
    EXPECT_EQ(block.header.codec, kImageCodec.id);
  }
  MemorySource again(coded);
  Bytes back;
  MemorySink back_sink(back);
  ASSERT_TRUE(Decompress(again, back_sink, {}).ok());
  EXPECT_EQ(back, photo);
}

}  // namespace
}  // namespace lmz
