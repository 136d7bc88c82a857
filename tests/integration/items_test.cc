// Files of any items, made to be read in two ways: who reads from the beginning, who is fed and who
// seeks from the end find the same content, or an error.
#include <gtest/gtest.h>

#include <optional>

#include "container/index.h"
#include "container/writer.h"
#include "stream/push_decoder.h"
#include "stream/range.h"
#include "tests/choices.h"
#include "tests/damage.h"
#include "tests/frame_builder.h"

namespace lmz {
namespace {

using testing::FrameBuilder;

using Content = std::optional<Bytes>;  // nothing: an error

Content Sequential(ByteSpan file) {
  Bytes raw;
  if (!testing::DecompressTo(file, {.memory_limit = uint64_t{1} << 26}, raw).ok()) {
    return std::nullopt;
  }
  return raw;
}

Content Fed(ByteSpan file, TestRandom& random) {
  PushDecoder decoder({.memory_limit = uint64_t{1} << 26});
  Bytes raw, room(10'000);
  while (true) {
    const ByteSpan piece = file.first(std::min<size_t>(file.size(), 1 + random.Below(300)));
    CallBuffers buffers = {piece, room};
    const Directive directive = piece.size() == file.size() ? Directive::kEnd : Directive::kRun;
    const Result<bool> done = decoder.Step(buffers, directive);
    if (!done.ok()) return std::nullopt;
    AppendTo(raw, ByteSpan(room).first(room.size() - buffers.out.size()));
    file = file.subspan(piece.size() - buffers.in.size());
    if (done.value() && directive == Directive::kEnd) return raw;
  }
}

Content Seeking(ByteSpan file) {
  const MemoryAccess input(file);
  Result<RangeReader> reader = RangeReader::Open(input, {.memory_limit = uint64_t{1} << 26});
  if (!reader.ok()) return std::nullopt;
  if (reader.value().content_size() > (1u << 24)) return std::nullopt;
  Bytes raw(static_cast<size_t>(reader.value().content_size()));
  const Result<size_t> size = reader.value().Read(0, raw);
  if (!size.ok() || size.value() != raw.size()) return std::nullopt;
  return raw;
}

Bytes Compressed(ByteSpan raw) {
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  const PlanFunction plan = testing::FixedPlan({.options = StoredOptions{}}, raw.size());
  EXPECT_TRUE(CompressPlanned(source, sink, {}, plan).status().ok());
  return coded;
}

// Random files of frames, notes, padding, and of what pretends to be such.
class FileMaker {
 public:
  explicit FileMaker(uint64_t seed) : random_(seed) {}

  Bytes Make() {
    file_.clear();
    starts_ = {0};
    const uint64_t items = 1 + random_.Below(4);
    for (uint64_t i = 0; i < items; ++i) {
      AddItem();
      starts_.push_back(file_.size());
      if (random_.Below(4) == 0) file_.resize(file_.size() + random_.Below(20));
    }
    return file_;
  }

 private:
  void AddItem() {
    switch (random_.Below(7)) {
      case 0:
        return Append(FrameBuilder().Note(random_.Below(9) == 0 ? "Xyz " : "xyz ", Data()).bytes);
      case 1:
        return AddCompact(Data());
      case 2:
        return AddCompact(HostileTail());
      case 3:
        return Append(FrameBuilder().Note("xyz ", HostileTail()).bytes);
      case 4:
        return Append(HostileTail());
      default:
        return Append(Frame(true).bytes);
    }
  }

  void Append(ByteSpan bytes) { AppendTo(file_, bytes); }

  void AddCompact(ByteSpan raw) {
    if (raw.empty()) return AppendCompactFrame({}, {}, {}, file_);
    AppendCompactFrame(FrameBuilder::StoredHeader(raw), raw, raw, file_);
  }

  Bytes Data() {
    Bytes data = random_.Random(random_.Below(40));
    if (random_.Below(3) == 0) data.resize(data.size() + random_.Below(5));
    return data;
  }

  FrameBuilder Frame(bool is_valid) {
    FrameBuilder builder;
    std::vector<Bytes> blocks(random_.Below(3));
    uint64_t size = 0;
    for (Bytes& block : blocks) {
      block = random_.Random(1 + random_.Below(50));
      size += block.size();
    }
    if (!is_valid && random_.Below(2) == 0) ++size;
    builder.Start(0, random_.Below(2) == 0 ? kFlagContentSize : 0, size);
    for (const Bytes& block : blocks) builder.Stored(block);
    if (is_valid) builder.End();
    return builder;
  }

  // The end of a frame, or of a note, that may reach back into what stands in front of it.
  Bytes HostileTail() {
    FrameBuilder tail = random_.Below(2) == 0 ? Frame(false) : FrameBuilder();
    if (random_.Below(3) == 0) AppendTo(tail.bytes, Data());
    if (random_.Below(4) == 0) {
      HeaderWriter archive(tail.bytes);
      NoteFooter footer = {.length = Reach(tail.bytes.size())};
      Visit(archive, footer);
    } else {
      if (random_.Below(2) == 0) tail.head.frame_header_size = Reach(tail.bytes.size());
      if (random_.Below(2) == 0) {
        tail.entries.push_back(
            {.coded_size = Reach(tail.bytes.size()), .raw_size = random_.Below(50)});
        ++tail.head.block_count;
      }
      tail.End();
      if (random_.Below(8) == 0) tail.bytes[tail.bytes.size() - 1] ^= 1;
    }
    if (random_.Below(3) == 0) tail.bytes.resize(tail.bytes.size() + random_.Below(4));
    return tail.bytes;
  }

  // From where the tail will end about, back to some item.
  uint64_t Reach(size_t tail_size) {
    const uint64_t start = starts_[random_.Below(starts_.size())];
    return file_.size() - start + tail_size + random_.Below(20);
  }

  TestRandom random_;
  Bytes file_;
  std::vector<uint64_t> starts_;
};

TEST(Items, AllReadersFindTheSameContent) {
  int valid = 0, sought = 0;
  for (uint64_t seed = 0; seed < 8000; ++seed) {
    FileMaker maker(seed);
    TestRandom random(seed);
    const Bytes file = maker.Make();
    const Content sequential = Sequential(file);
    const Content fed = Fed(file, random);
    const Content seeking = Seeking(file);
    ASSERT_EQ(sequential, fed) << seed;
    if (seeking) {
      // What seeks does not read all checks, but never gives other bytes.
      ASSERT_TRUE(!sequential || *sequential == *seeking) << seed;
      ++sought;
    }
    ASSERT_TRUE(!sequential || seeking) << seed;
    valid += sequential.has_value();
  }
  EXPECT_GT(valid, 800);
  EXPECT_GT(sought, 800);
}

// An index that stands in the payload of a compact frame and reaches back over the frame before.
TEST(Items, ACompactFrameMustNotEndAsOthersDo) {
  const Bytes first = FrameBuilder().Start().Stored(ToBytes("first")).End().bytes;
  for (const bool ends_as_note : {false, true}) {
    for (const size_t zeros : {size_t{0}, size_t{3}}) {
      Bytes raw = ends_as_note ? FrameBuilder().Note("xyz ", {}).bytes
                               : FrameBuilder().Start().Stored(ToBytes("other")).End().bytes;
      raw.resize(raw.size() + zeros);
      Bytes file = first;
      AppendCompactFrame(FrameBuilder::StoredHeader(raw), raw, raw, file);
      TestRandom random(1);
      EXPECT_FALSE(Sequential(file));
      EXPECT_FALSE(Fed(file, random));
      EXPECT_FALSE(Seeking(file));
      // What the encoder makes of such a content is a full frame.
      const Bytes coded = Compressed(raw);
      EXPECT_EQ(Sequential(coded), raw);
      EXPECT_EQ(Seeking(coded), raw);
      EXPECT_LE(coded.size(), raw.size() + 72);
    }
  }
}

// Blocks that have been exchanged for those of another file with the same number and sizes.
TEST(Items, BlocksOfAnotherFileAreSeen) {
  const auto frame = [](const char* a, const char* b) {
    return FrameBuilder().Start().Stored(ToBytes(a)).Stored(ToBytes(b)).End().bytes;
  };
  const Bytes one = frame("one a", "one b"), two = frame("two a", "two b");
  const size_t begin = 9, size = (one.size() - begin) / 2;
  Bytes mixed = one;
  for (size_t i = begin; i < begin + 25; ++i) mixed[i] = two[i];
  ASSERT_LT(size_t{25}, size);
  EXPECT_TRUE(Sequential(one));
  EXPECT_FALSE(Sequential(mixed));
}

TEST(Items, NotesDoNotEndSeeking) {
  Bytes file = FrameBuilder().Note("xyz ", ToBytes("in front")).bytes;
  AppendTo(file, FrameBuilder().Start().Stored(ToBytes("content")).End().bytes);
  AppendTo(file, FrameBuilder().Note("sign", ToBytes("a signature")).bytes);
  file.resize(file.size() + 100);
  const MemoryAccess input(file);
  const Result<std::optional<FrameIndex>> index = ReadIndexBefore(input, file.size(), UINT64_MAX);
  ASSERT_TRUE(index.ok()) << index.status().message();
  ASSERT_TRUE(index.value().has_value());
  const Result<std::optional<FrameIndex>> none =
      ReadIndexBefore(input, index.value()->frame_offset, UINT64_MAX);
  ASSERT_TRUE(none.ok()) << none.status().message();
  EXPECT_FALSE(none.value().has_value());
  EXPECT_EQ(Seeking(file), ToBytes("content"));
}

}  // namespace
}  // namespace lmz
