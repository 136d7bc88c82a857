// Truncated, changed and lying files: an error or the right bytes, in bounded memory.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <new>

#include "model/library.h"
#include "stream/pipeline.h"
#include "stream/push_decoder.h"
#include "tests/choices.h"
#include "tests/damage.h"
#include "tests/frame_builder.h"
#include "tests/recipes.h"
#include "tests/sanitized.h"

namespace {
std::atomic<size_t> largest_allocation = 0;
std::atomic<size_t> allocation_limit = SIZE_MAX;
}  // namespace

// Notes the largest allocation of the program and refuses those above a limit; tests set both. Not
// inlined, so that compilers see new meet delete.
#define LMZ_NOINLINE __attribute__((noinline))

LMZ_NOINLINE void* operator new(size_t size) {
  size_t largest = largest_allocation.load();
  while (size > largest && !largest_allocation.compare_exchange_weak(largest, size)) {
  }
  void* memory = size <= allocation_limit ? std::malloc(size) : nullptr;
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// std::stable_sort asks for memory like this.
LMZ_NOINLINE void* operator new(size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
LMZ_NOINLINE void operator delete(void* memory) noexcept {
  std::free(memory);
}
LMZ_NOINLINE void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace lmz {
namespace {

using testing::AllChoices;
using testing::ChoiceName;
using testing::DecompressTo;
using testing::FixedPlan;
using testing::FrameBuilder;
using testing::Generator;
using testing::kGenerators;
using testing::Violation;
using testing::ViolationOfBitFlips;
using testing::ViolationOfTruncations;

// What a small file may cost to decode, whatever it says: less than an honest large block.
const DecompressOptions kLimits = {.models = testing::TinyModels(),
                                   .memory_limit = uint64_t{1} << 26};

struct SmallFile {
  std::string name;
  Bytes raw;
  Bytes coded;
};

Bytes CompactFile(ByteSpan raw, const BlockChoice& choice) {
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  EXPECT_TRUE(CompressPlanned(source, sink, {}, FixedPlan(choice, raw.size())).status().ok());
  return coded;
}

// A full frame of two blocks, which the pipeline would not make of so little.
Bytes FullFile(ByteSpan raw, const BlockChoice& choice) {
  FrameBuilder frame;
  frame.Start(0, kFlagContentSize, raw.size());
  const size_t half = raw.size() / 2;
  for (const ByteSpan part : {raw.first(half), raw.subspan(half)}) {
    Bytes payload;
    const Result<BlockHeader> header = EncodeBlock(part, choice, payload);
    EXPECT_TRUE(header.ok());
    frame.Block(header.value(), payload);
  }
  return frame.End().bytes;
}

// Filters do not care which codec follows, and what codecs leave to `bytes` does not care which
// profile it has there: not every combination is worth its time.
bool IsWorthwhile(const BlockChoice& choice) {
  const bool is_simple = choice.codec() == kStoredCodec.id || choice.codec() == kBytesCodec.id;
  return is_simple || (choice.filters == 0 && (testing::ProfileOf(choice) == Profile::kText ||
                                               choice.codec() == kTextCodec.id));
}

// The codec that makes the least of what a generator makes; the first of them.
CodecId BestCodecFor(const Generator& generator) {
  const Bytes raw = generator.make(3000);
  size_t least = SIZE_MAX;
  CodecId best = kStoredCodec.id;
  for (const BlockChoice& choice : AllChoices()) {
    if (choice.filters != 0 || testing::ProfileOf(choice) != Profile::kText) continue;
    Bytes payload;
    const Result<BlockHeader> header = EncodeBlock(raw, choice, payload);
    EXPECT_TRUE(header.ok());
    if (payload.size() >= least) continue;
    least = payload.size();
    best = header.value().codec;
  }
  return best;
}

// Of each generator's bytes and the codec that is best at them; words for every codec.
bool Suits(const BlockChoice& choice, const Generator& generator) {
  static const std::map<std::string, CodecId> best = [] {
    std::map<std::string, CodecId> codecs;
    for (const Generator& each : kGenerators) codecs[each.name] = BestCodecFor(each);
    return codecs;
  }();
  return generator.name == std::string("words") || best.at(generator.name) == choice.codec();
}

// Every codec with what suits it, and every set of filters with what they are made for.
std::vector<SmallFile> SmallFiles() {
  std::vector<SmallFile> files;
  for (const BlockChoice& choice : AllChoices()) {
    if (!IsWorthwhile(choice)) continue;
    std::vector<std::pair<std::string, Bytes>> inputs;
    if (choice.filters == 0) {
      for (const Generator& generator : kGenerators) {
        if (Suits(choice, generator)) inputs.push_back({generator.name, generator.make(90)});
      }
    } else {
      if ((choice.filters & kFilterRepeat) != 0) inputs.push_back({"long zeros", Bytes(3000)});
      if ((choice.filters & kFilterCharset) != 0) inputs.push_back({"wide", testing::MakeWide(90)});
      inputs.push_back({"calls", testing::MakeCalls(90)});
    }
    for (const auto& [name, raw] : inputs) {
      files.push_back({ChoiceName(choice) + " " + name, raw, CompactFile(raw, choice)});
      files.push_back({ChoiceName(choice) + " " + name, raw, FullFile(raw, choice)});
    }
  }
  return files;
}

TEST(Hostile, SmallFilesUseWhatTheyName) {
  uint8_t filters = 0;
  size_t blocks = 0;
  for (const SmallFile& file : SmallFiles()) {
    MemorySource source(file.coded);
    const Result<std::vector<FrameEntry>> frames = ListFrames(source);
    ASSERT_TRUE(frames.ok());
    for (const BlockEntry& block : frames.value()[0].blocks) {
      filters |= block.header.filters;
      ++blocks;
    }
  }
  EXPECT_EQ(filters & kFilterRepeat, kFilterRepeat);
  EXPECT_EQ(filters & kFilterCharset, kFilterCharset);
  EXPECT_EQ(blocks, SmallFiles().size() / 2 * 3);
}

TEST(Hostile, EveryTruncationIsAnError) {
  for (const SmallFile& file : SmallFiles()) {
    Bytes back;
    ASSERT_TRUE(DecompressTo(file.coded, kLimits, back).ok()) << file.name;
    ASSERT_EQ(back, file.raw) << file.name;
    ASSERT_EQ(ViolationOfTruncations(file.coded, file.raw, kLimits), "") << file.name;
  }
}

TEST(Hostile, EveryBitFlipIsAnErrorOrTheRightBytes) {
  for (const SmallFile& file : SmallFiles()) {
    ASSERT_EQ(ViolationOfBitFlips(file.coded, file.raw, kLimits), "") << file.name;
  }
}

// The built-in models, each in a compact frame.
TEST(Hostile, EveryLevelWithAModelBearsTruncationsAndBitFlips) {
  const Bytes raw = ToBytes("It is a truth universally acknowledged, that a single man in");
  for (const int level : {1, 2, 3}) {
    const auto model = ModelLibrary().OfLevel(level);
    ASSERT_TRUE(model.ok()) << model.status().message();
    const Bytes coded = CompactFile(
        raw, {.options = TextOptions{.model = model.value()->as_byte_predictor(), .lanes = 1}});
    ASSERT_EQ(coded.at(4), static_cast<uint8_t>(kTextCodec.id)) << level;
    ASSERT_EQ(ViolationOfTruncations(coded, raw, kLimits), "") << level;
    ASSERT_EQ(ViolationOfBitFlips(coded, raw, kLimits), "") << level;
  }
}

// Notes where they may stand: before, between and behind frames.
TEST(Hostile, NotesBearTruncationsAndBitFlips) {
  FrameBuilder frames;
  frames.Note("test", ToBytes("what is no content")).Start().Stored(ToBytes("hello")).End();
  const size_t begin = frames.bytes.size();
  Bytes file = frames.bytes;
  AppendTo(file, FrameBuilder().Note("none", {}).Start().Stored(ToBytes(" world")).End().bytes);
  const size_t end = file.size();
  AppendTo(file, FrameBuilder().Note("xend", Bytes(90)).bytes);
  const Bytes raw = ToBytes("hello world");
  Bytes back;
  ASSERT_TRUE(DecompressTo(file, kLimits, back).ok());
  ASSERT_EQ(back, raw);
  // Cut behind a frame or behind the note after it, a file is whole.
  const size_t note_end = begin + FrameBuilder().Note("none", {}).bytes.size();
  for (size_t size = 0; size < file.size(); ++size) {
    const ByteSpan cut = ByteSpan(file).first(size);
    if (size == begin || size == note_end || size == end) {
      EXPECT_TRUE(DecompressTo(cut, kLimits, back).ok()) << size;
    } else {
      EXPECT_EQ(Violation(cut, raw, kLimits, true), "") << size;
    }
  }
  EXPECT_EQ(ViolationOfBitFlips(file, raw, kLimits), "");
}

// Two bytes changed at once: reaches what one bit cannot.
TEST(Hostile, RandomChangesNeverGiveWrongBytes) {
  constexpr int kRounds = testing::kIsSanitized ? 50 : 200;
  TestRandom state(7);
  for (const SmallFile& file : SmallFiles()) {
    for (int round = 0; round < kRounds; ++round) {
      Bytes changed = file.coded;
      for (int i = 0; i < 2; ++i) {
        const uint64_t random = state.Next();
        changed[random % changed.size()] = static_cast<uint8_t>(random >> 56);
      }
      ASSERT_EQ(Violation(changed, file.raw, kLimits), "") << file.name;
    }
  }
}

// The largest allocation while `coded` is refused.
size_t LargestAllocation(ByteSpan coded, Code expected, const DecompressOptions& options = {}) {
  Bytes back;
  MemorySource source(coded);
  MemorySink sink(back);
  largest_allocation = 0;
  const Status status = DecompressFrames(source, sink, options).status();
  const size_t largest = largest_allocation;
  EXPECT_EQ(status.code(), expected) << status.message();
  return largest;
}

constexpr size_t kSmall = size_t{1} << 18;

TEST(Hostile, ImpossibleSizesAreRefusedBeforeAllocation) {
  const Bytes payload = ToBytes("few bytes");
  for (const AnyCodec& codec : AllCodecs()) {
    for (const uint64_t raw_size :
         {codec.max_raw_size(payload.size()) + 1, kMaxBlockRawSize + 1, UINT64_MAX}) {
      BlockHeader header = FrameBuilder::StoredHeader(payload);
      header.codec = codec.id;
      header.raw_size = raw_size;
      const Bytes frame = FrameBuilder().Start().Block(header, payload).End().bytes;
      EXPECT_LE(LargestAllocation(frame, Code::kDamaged), kSmall) << codec.name << " " << raw_size;
    }
  }
}

TEST(Hostile, APromisedPayloadCostsNoMemoryUntilItIsThere) {
  BlockHeader header;
  header.raw_size = kMaxBlockRawSize;
  header.payload_size = kMaxBlockRawSize;
  const Bytes little = testing::MakeRandom(100000);
  const Bytes frame = FrameBuilder().Start().Block(header, little).bytes;
  EXPECT_LE(LargestAllocation(frame, Code::kTruncated), kSmall + 2 * little.size());
}

TEST(Hostile, ANoteCostsNoMemory) {
  const Bytes note = FrameBuilder().Note("test", Bytes(size_t{1} << 20)).bytes;
  EXPECT_LE(LargestAllocation(note, Code::kTruncated), kSmall);
}

// A note that comes in pieces, between frames, is passed over as it comes.
TEST(Hostile, AFedNoteCostsNoMemory) {
  FrameBuilder frames;
  frames.Note("test", Bytes(size_t{1} << 20)).Start().Stored(ToBytes("hello")).End();
  const Bytes file = frames.Note("xend", testing::MakeRandom(70000)).bytes;
  for (const size_t piece : {size_t{1000}, size_t{65537}}) {
    PushDecoder decoder({});
    std::array<uint8_t, 10> room;
    CallBuffers buffers = {.in = {}, .out = room};
    largest_allocation = 0;
    for (size_t begin = 0; begin < file.size(); begin += piece) {
      buffers.in = ByteSpan(file).subspan(begin, std::min(piece, file.size() - begin));
      ASSERT_TRUE(decoder.Step(buffers, Directive::kRun).ok());
    }
    const Result<bool> is_done = decoder.Step(buffers, Directive::kEnd);
    EXPECT_LE(largest_allocation.load(), kSmall);
    EXPECT_TRUE(is_done.ok() && is_done.value()) << is_done.status().message();
    EXPECT_EQ(Bytes(room.begin(), room.begin() + 5), ToBytes("hello"));
  }
  // Cut anywhere it is reported as such, and a changed byte as damage.
  for (const size_t size : {size_t{3}, size_t{20}, size_t{500000}, (size_t{1} << 20) + 20}) {
    PushDecoder decoder({});
    std::array<uint8_t, 10> room;
    CallBuffers buffers = {.in = ByteSpan(file).first(size), .out = room};
    EXPECT_EQ(decoder.Step(buffers, Directive::kEnd).status().code(), Code::kTruncated) << size;
  }
  Bytes damaged = file;
  damaged[500000] ^= 1;
  PushDecoder decoder({});
  std::array<uint8_t, 10> room;
  CallBuffers buffers = {.in = damaged, .out = room};
  EXPECT_EQ(decoder.Step(buffers, Directive::kEnd).status().code(), Code::kDamaged);
}

TEST(Hostile, TheMemoryLimitComesBeforeAllocation) {
  const Bytes payload = ToBytes("few bytes");
  for (const FilterRow& filter : AllFilters()) {
    BlockHeader header = FrameBuilder::StoredHeader(payload);
    header.filters = filter.bit;
    header.raw_size = kMaxBlockRawSize;
    const Bytes frame = FrameBuilder().Start().Block(header, payload).End().bytes;
    EXPECT_LE(LargestAllocation(frame, Code::kLimit, {.memory_limit = uint64_t{1} << 24}), kSmall)
        << filter.name;
  }
  const Bytes large = testing::MakeRandom(size_t{1} << 20);
  const Bytes frame = FrameBuilder().Start().Stored(large).End().bytes;
  EXPECT_LE(LargestAllocation(frame, Code::kLimit, {.memory_limit = uint64_t{1} << 20}), kSmall);
}

TEST(Hostile, TheOutputLimitComesBeforeAnyBlock) {
  const Bytes large = testing::MakeRandom(size_t{1} << 20);
  const Bytes frame =
      FrameBuilder().Start(0, kFlagContentSize, large.size()).Stored(large).End().bytes;
  EXPECT_LE(LargestAllocation(frame, Code::kLimit, {.output_limit = large.size() - 1}), kSmall);
}

// Millions of block headers must not add up: the reader keeps a checksum of them, not a list.
TEST(Hostile, ManyBlocksNeedNoMoreMemoryThanOne) {
  FrameBuilder frame;
  frame.Start();
  const Bytes raw = {'x'};
  for (int i = 0; i < 20000; ++i) frame.Stored(raw);
  frame.End();
  Bytes back;
  back.reserve(20000);
  MemorySource source(frame.bytes);
  MemorySink sink(back);
  largest_allocation = 0;
  const Status status = DecompressFrames(source, sink, {}).status();
  EXPECT_LE(largest_allocation.load(), kSmall);
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(back.size(), 20000u);
}

TEST(Hostile, FailedAllocationsAreErrors) {
  const Bytes raw = testing::MakeRandom(size_t{1} << 20);
  const Bytes frame = FrameBuilder().Start().Stored(raw).Stored(raw).End().bytes;
  Bytes out;
  out.reserve(3 * raw.size());
  for (const int threads : {1, 3}) {
    MemorySource coded_source(frame);
    MemorySink raw_sink(out);
    DecompressOptions decompress_options;
    decompress_options.threads = threads;
    allocation_limit = raw.size() / 2;
    const Code decompressed =
        Decompress(coded_source, raw_sink, decompress_options).status().code();
    allocation_limit = SIZE_MAX;
    EXPECT_EQ(decompressed, Code::kOutOfMemory);

    MemorySource raw_source(raw);
    MemorySink coded_sink(out);
    CompressOptions compress_options;
    compress_options.threads = threads;
    allocation_limit = raw.size() / 2;
    const Code compressed = Compress(raw_source, coded_sink, compress_options).status().code();
    allocation_limit = SIZE_MAX;
    EXPECT_EQ(compressed, Code::kOutOfMemory);
  }
}

// Above what reading needs, so that the failure happens in a worker.
TEST(Hostile, FailedAllocationsOfWorkersAreErrors) {
  const Bytes raw(size_t{4} << 20);
  Bytes payload;
  const Result<BlockHeader> header =
      EncodeBlock(raw, {.options = StoredOptions{}, .filters = kFilterRepeat}, payload);
  ASSERT_TRUE(header.ok());
  ASSERT_LT(payload.size(), 1000u);
  const Bytes frame = FrameBuilder().Start().Block(header.value(), payload).End().bytes;
  for (const int threads : {1, 3}) {
    MemorySource source(frame);
    Bytes out;
    MemorySink sink(out);
    DecompressOptions options;
    options.threads = threads;
    allocation_limit = raw.size() / 2;
    const Code code = Decompress(source, sink, options).status().code();
    allocation_limit = SIZE_MAX;
    EXPECT_EQ(code, Code::kOutOfMemory);
  }
}

}  // namespace
}  // namespace lmz
