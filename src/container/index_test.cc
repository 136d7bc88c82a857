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
    const Result<std::optional<FrameIndex>> index = ReadIndexBefore(input, file.size(), UINT64_MAX);
    ASSERT_TRUE(index.ok()) << zeros << " " << index.status().message();
    ASSERT_TRUE(index.value().has_value());
    EXPECT_EQ(index.value()->frame_offset, 10u);
    ASSERT_EQ(index.value()->blocks.size(), 2u);
    EXPECT_EQ(index.value()->blocks[1].raw, 5u);
  }
}

Code CodeOfIndexOf(const Bytes& file) {
  MemoryInput input(file);
  return ReadIndexBefore(input, file.size(), UINT64_MAX).status().code();
}

// What no writer writes, with checks that agree.
TEST(Index, IsRefusedUnlessItIsThatOfAFrame) {
  using testing::FrameBuilder;
  const auto frame = [] {
    return FrameBuilder().Start(0, kFlagContentSize, 5).Stored(ToBytes("hello"));
  };
  EXPECT_EQ(CodeOfIndexOf(frame().End().bytes), Code::kOk);

  FrameBuilder other_mark = frame();
  const size_t mark = other_mark.bytes.size();
  other_mark.End().bytes[mark] = 0x77;
  EXPECT_EQ(CodeOfIndexOf(other_mark.bytes), Code::kDamaged);

  FrameBuilder other_size = FrameBuilder().Start(0, kFlagContentSize, 7).Stored(ToBytes("hello"));
  EXPECT_EQ(CodeOfIndexOf(other_size.End().bytes), Code::kDamaged);

  FrameBuilder empty_block = FrameBuilder().Start().Stored(ToBytes("hello"));
  empty_block.entries[0].raw_size = 0;
  EXPECT_EQ(CodeOfIndexOf(empty_block.End().bytes), Code::kDamaged);

  FrameBuilder small_block = FrameBuilder().Start();
  AppendTo(small_block.bytes, Bytes(16));
  small_block.entries = {{.coded_size = 16, .raw_size = 5}};
  small_block.head.block_count = 1;
  EXPECT_EQ(CodeOfIndexOf(small_block.End().bytes), Code::kDamaged);

  FrameBuilder longer_header = FrameBuilder().Start();
  longer_header.bytes.push_back(0);
  ++longer_header.head.frame_header_size;
  EXPECT_EQ(CodeOfIndexOf(longer_header.End().bytes), Code::kDamaged);

  FrameBuilder note_in_header = FrameBuilder().Note("xabc", {}).Start();
  note_in_header.head.frame_header_size = note_in_header.bytes.size();
  EXPECT_EQ(CodeOfIndexOf(note_in_header.End().bytes), Code::kDamaged);
}

TEST(Index, EntriesHaveBounds) {
  const auto code_of = [](uint64_t coded_size, uint64_t raw_size) {
    testing::FrameBuilder frame = testing::FrameBuilder().Start();
    const size_t begin = frame.bytes.size();
    frame.Stored(ToBytes("hello"));
    frame.bytes.resize(begin + std::min<uint64_t>(coded_size, 100));
    frame.entries[0] = {.coded_size = coded_size, .raw_size = raw_size};
    return CodeOfIndexOf(frame.End().bytes);
  };
  EXPECT_EQ(code_of(22, 5), Code::kOk);
  EXPECT_EQ(code_of(kMinCodedBlockSize, 1), Code::kOk);
  EXPECT_EQ(code_of(kMinCodedBlockSize - 1, 1), Code::kDamaged);
  EXPECT_EQ(code_of(22, kMaxBlockRawSize), Code::kOk);
  EXPECT_EQ(code_of(22, kMaxBlockRawSize + 1), Code::kDamaged);
  EXPECT_EQ(code_of(22, 0), Code::kDamaged);
  // Longer than what stands in front of it, by a little and by so much that sums would wrap.
  for (const uint64_t size : {uint64_t{110}, uint64_t{1000}, kMaxCodedBlockSize + 1,
                              uint64_t{1} << 32, UINT64_MAX - 8, UINT64_MAX}) {
    EXPECT_EQ(code_of(size, 5), Code::kDamaged) << size;
  }
}

// The beginning of a file and its end; zeros between them.
class HollowInput final : public RandomAccess {
 public:
  HollowInput(ByteSpan front, uint64_t hole, ByteSpan back)
      : front_(front), back_(back), back_begin_(front.size() + hole) {}
  uint64_t size() const override { return back_begin_ + back_.size(); }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    for (uint8_t& byte : buffer) {
      byte = offset < front_.size() ? front_[offset]
             : offset < back_begin_ ? uint8_t{0}
                                    : back_[offset - back_begin_];
      ++offset;
    }
    return OkStatus();
  }

 private:
  ByteSpan front_;
  ByteSpan back_;
  uint64_t back_begin_;
};

// A second end, which counts the first one into the index: a reader from the beginning finds it
// behind the frame.
TEST(Index, IsAsLongAsItsEndSays) {
  Bytes file = SmallFrame();
  const uint32_t index_size = LoadLe32(file.data() + file.size() - kEndMagic.size() - 4);
  ByteWriter writer(file);
  writer.U32(0);
  writer.U32(index_size + static_cast<uint32_t>(kFooterSize));
  writer.Append(kEndMagic);
  EXPECT_EQ(CodeOfIndexOf(file), Code::kDamaged);
}

TEST(Index, BlocksAreNotLongerThanTheyCanBe) {
  const auto code_of = [](uint64_t coded_size) {
    testing::FrameBuilder frame = testing::FrameBuilder().Start();
    const size_t start_size = frame.bytes.size();
    frame.entries = {{.coded_size = coded_size, .raw_size = kMaxBlockRawSize}};
    frame.head.block_count = 1;
    frame.End();
    const ByteSpan bytes(frame.bytes);
    const HollowInput input(bytes.first(start_size), coded_size, bytes.subspan(start_size));
    return ReadIndexBefore(input, input.size(), UINT64_MAX).status().code();
  };
  EXPECT_EQ(code_of(kMaxCodedBlockSize), Code::kOk);
  EXPECT_EQ(code_of(kMaxCodedBlockSize + 1), Code::kDamaged);
  EXPECT_EQ(code_of((uint64_t{1} << 32) + 100), Code::kDamaged);
}

TEST(Index, TakesNoMoreMemoryThanItMay) {
  const Bytes frame = SmallFrame();
  const MemoryInput input(frame);
  const uint64_t needed = 2 * sizeof(FrameIndex::Sizes);
  EXPECT_TRUE(ReadIndexBefore(input, frame.size(), needed).ok());
  EXPECT_EQ(ReadIndexBefore(input, frame.size(), needed - 1).status().code(), Code::kLimit);
}

TEST(Index, IsFoundInFrontOfNotesThatAreSuch) {
  const auto with_note = [](uint64_t longer, uint8_t kind, const char* tag) {
    Bytes file = SmallFrame();
    const size_t begin = file.size();
    AppendTo(file, testing::FrameBuilder().Note(tag, ToBytes("abcdefgh")).bytes);
    HeaderWriter archive(file);
    file.resize(file.size() - 11);
    NoteFooter footer = {.length = file.size() - begin + longer};
    Visit(archive, footer);
    file[begin + 3] = kind;
    return file;
  };
  EXPECT_EQ(CodeOfIndexOf(with_note(0, kNoteKind, "xabc")), Code::kOk);
  EXPECT_EQ(CodeOfIndexOf(with_note(1, kNoteKind, "xabc")), Code::kDamaged);
  EXPECT_EQ(CodeOfIndexOf(with_note(uint64_t{1} << 60, kNoteKind, "xabc")), Code::kDamaged);
  EXPECT_EQ(CodeOfIndexOf(with_note(0, 0, "xabc")), Code::kDamaged);
  EXPECT_EQ(CodeOfIndexOf(with_note(0, kNoteKind, "Xabc")), Code::kDamaged);

  // One of another length, whose end is that of the file all the same.
  Bytes longer = SmallFrame();
  const size_t begin = longer.size();
  Bytes note = testing::FrameBuilder().Note("xabc", {}).bytes;
  note.resize(note.size() - 11);
  AppendTo(longer, note);
  AppendTo(longer, Bytes(5));
  HeaderWriter archive(longer);
  NoteFooter footer = {.length = longer.size() - begin};
  Visit(archive, footer);
  EXPECT_EQ(CodeOfIndexOf(longer), Code::kDamaged);
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
