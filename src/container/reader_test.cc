#include "container/reader.h"

#include <gtest/gtest.h>

#include <functional>

#include "container/writer.h"
#include "tests/frame_builder.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using testing::FrameBuilder;

// Reads all structure; the payloads are skipped.
Status ReadStructure(ByteSpan bytes) {
  MemorySource source(bytes);
  Reader reader(source);
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader.Next());
    if (item == Reader::Item::kEnd) return OkStatus();
  }
}

Bytes ValidFrame() {
  return FrameBuilder()
      .Start(0, kFlagContentSize, 11)
      .Stored(ToBytes("hello "))
      .Stored(ToBytes("world"))
      .End()
      .bytes;
}

TEST(Reader, WriterAndBuilderWriteTheSameFrame) {
  Bytes out;
  MemorySink sink(out);
  FrameWriter writer(sink);
  ASSERT_TRUE(writer.Begin(11).ok());
  for (const Bytes& raw : {ToBytes("hello "), ToBytes("world")}) {
    ASSERT_TRUE(writer.WriteBlock(FrameBuilder::StoredHeader(raw), raw).ok());
  }
  ASSERT_TRUE(writer.End().ok());
  EXPECT_EQ(out, ValidFrame());
  EXPECT_EQ(writer.coded_size(), out.size());
}

TEST(Reader, WalksTheItems) {
  const Bytes frame = ValidFrame();
  MemorySource source(frame);
  Reader reader(source);
  EXPECT_EQ(reader.Next().value(), Reader::Item::kFrame);
  EXPECT_EQ(reader.frame().content_size, 11u);
  EXPECT_FALSE(reader.frame().is_compact);
  EXPECT_EQ(reader.Next().value(), Reader::Item::kBlock);
  EXPECT_EQ(reader.block().number, 0u);
  for (const auto& [size, beginning] : {std::pair(3, "hel"), std::pair(70, "hello ")}) {
    const Result<ByteSpan> peeked = reader.PeekPayload(static_cast<size_t>(size));
    ASSERT_TRUE(peeked.ok());
    EXPECT_EQ(Bytes(peeked.value().begin(), peeked.value().end()), ToBytes(beginning));
  }
  EXPECT_EQ(reader.Next().value(), Reader::Item::kBlock);
  EXPECT_EQ(reader.block().number, 1u);
  Bytes payload;
  ASSERT_TRUE(reader.ReadPayload(payload).ok());
  Bytes raw(reader.block().header.raw_size);
  ASSERT_TRUE(DecodeRecord(reader.block(), payload, raw).ok());
  EXPECT_EQ(raw, ToBytes("world"));
  EXPECT_EQ(reader.Next().value(), Reader::Item::kFrameEnd);
  EXPECT_EQ(reader.offset(), frame.size());
  EXPECT_EQ(reader.Next().value(), Reader::Item::kEnd);
}

TEST(Reader, AFullFrameMayBeEmpty) {
  EXPECT_TRUE(ReadStructure(FrameBuilder().Start().End().bytes).ok());
  EXPECT_TRUE(ReadStructure(FrameBuilder().Start(0, kFlagContentSize, 0).End().bytes).ok());
}

TEST(Reader, InputsThatAreNotFramesAreNamed) {
  EXPECT_EQ(ReadStructure({}).code(), Code::kTruncated);
  EXPECT_EQ(ReadStructure(ToBytes("x")).code(), Code::kNotLmz);
  EXPECT_EQ(ReadStructure(ToBytes("plain text")).code(), Code::kNotLmz);
  EXPECT_EQ(ReadStructure(ToBytes("\xF7lx")).code(), Code::kNotLmz);
  EXPECT_EQ(ReadStructure(ToBytes("\xF7")).code(), Code::kTruncated);
  EXPECT_EQ(ReadStructure(ToBytes("\xF7lz")).code(), Code::kTruncated);
}

Bytes Joined(std::initializer_list<Bytes> parts) {
  Bytes joined;
  for (const Bytes& part : parts) joined.insert(joined.end(), part.begin(), part.end());
  return joined;
}

// As `lmz -c | dd conv=sync` pads, and `cat` of such files.
TEST(Reader, ZerosMayPadAFrameOrANote) {
  const Bytes frame = ValidFrame();
  const Bytes note = FrameBuilder().Note("xabc", ToBytes("seen")).bytes;
  for (const size_t zeros :
       {size_t{1}, size_t{2}, size_t{3}, size_t{4}, size_t{70000}, size_t{kMaxPadding}}) {
    const Bytes padding(zeros);
    EXPECT_TRUE(ReadStructure(Joined({frame, padding})).ok()) << zeros;
    EXPECT_TRUE(ReadStructure(Joined({frame, padding, frame, padding})).ok()) << zeros;
    EXPECT_TRUE(ReadStructure(Joined({note, padding, frame, note, padding})).ok()) << zeros;
    EXPECT_EQ(ReadStructure(Joined({note, padding})).code(), Code::kTruncated);
    EXPECT_EQ(ReadStructure(Joined({padding, frame})).code(), Code::kNotLmz);
    EXPECT_EQ(ReadStructure(Joined({frame, padding, ToBytes("\xF7l")})).code(), Code::kTruncated);
  }
}

TEST(Reader, WhatIsNoPaddingSaysHowToCutItOff) {
  const Bytes frame = ValidFrame();
  const std::string end = std::to_string(frame.size());
  for (const Bytes& rest : {ToBytes("rubbish"), Joined({Bytes(5), ToBytes("x")}),
                            Bytes(kMaxPadding + 1), Joined({Bytes(kMaxPadding + 1), frame})}) {
    const Status status = ReadStructure(Joined({frame, rest}));
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_TRUE(status.message().starts_with("data at offset " + end)) << status.message();
    EXPECT_TRUE(status.message().ends_with("head -c " + end)) << status.message();
  }
}

// At the block that is too much, not only behind the last one.
TEST(Reader, BlocksBeyondTheContentSizeAreRefusedAtOnce) {
  const Bytes frame = FrameBuilder()
                          .Start(0, kFlagContentSize, 7)
                          .Stored(ToBytes("hello "))
                          .Stored(ToBytes("world"))
                          .End()
                          .bytes;
  MemorySource source(frame);
  Reader reader(source);
  for (const Reader::Item item : {Reader::Item::kFrame, Reader::Item::kBlock}) {
    EXPECT_EQ(reader.Next().value(), item);
  }
  EXPECT_EQ(reader.Next().status().code(), Code::kDamaged);
}

TEST(Reader, WhatANewerVersionWroteIsNamed) {
  for (const int bits : {0x01, 0x0F, 0x21, 0x30, 0x40, 0x80, 0x90}) {
    const auto version_and_kind = static_cast<uint8_t>(bits);
    const Status status = ReadStructure(FrameBuilder().Start(version_and_kind).End().bytes);
    EXPECT_EQ(status.code(), Code::kNewerVersion);
    const std::string named = (bits & 15) != 0 ? "version " + std::to_string(bits & 15) + " "
                                               : "of kind " + std::to_string(bits >> 4) + " ";
    EXPECT_NE(status.message().find(named), std::string::npos) << status.message();
  }
  for (const int bit : {0x02, 0x10, 0x80}) {
    const auto flags = static_cast<uint8_t>(bit);
    const Status status = ReadStructure(FrameBuilder().Start(0, flags).End().bytes);
    EXPECT_EQ(status.code(), Code::kNewerVersion);
    const std::string named = "flags " + std::to_string(bit) + " ";
    EXPECT_NE(status.message().find(named), std::string::npos) << status.message();
  }
  const Bytes raw = ToBytes("some bytes");
  BlockHeader header = FrameBuilder::StoredHeader(raw);
  header.codec = static_cast<CodecId>(200);
  EXPECT_EQ(ReadStructure(FrameBuilder().Start().Block(header, raw).End().bytes).code(),
            Code::kNewerVersion);
  header = FrameBuilder::StoredHeader(raw);
  header.filters = 0x80;
  EXPECT_EQ(ReadStructure(FrameBuilder().Start().Block(header, raw).End().bytes).code(),
            Code::kNewerVersion);
}

TEST(Reader, BlocksThatChangedPlacesAreSeen) {
  const Bytes one = ToBytes("one block");
  const Bytes two = ToBytes("two block");
  const BlockHeader first = FrameBuilder::StoredHeader(one);
  const BlockHeader second = FrameBuilder::StoredHeader(two);
  EXPECT_TRUE(
      ReadStructure(FrameBuilder().Start().Block(first, one, 0).Block(second, two, 1).End().bytes)
          .ok());
  const Status status =
      ReadStructure(FrameBuilder().Start().Block(second, two, 1).Block(first, one, 0).End().bytes);
  EXPECT_EQ(status.code(), Code::kDamaged);
  EXPECT_EQ(status.message(), "block 0 at offset 9: header: its check differs");
}

TEST(Reader, AnIndexThatDisagreesIsSeen) {
  const std::vector<std::function<void(FrameBuilder&)>> changes = {
      [](FrameBuilder& frame) { ++frame.head.frame_header_size; },
      [](FrameBuilder& frame) { --frame.head.block_count; },
      [](FrameBuilder& frame) { frame.head.block_count = UINT64_MAX; },
      [](FrameBuilder& frame) { ++frame.entries[0].coded_size; },
      [](FrameBuilder& frame) { frame.entries[1].raw_size = UINT64_MAX; },
      [](FrameBuilder& frame) { std::swap(frame.entries[0], frame.entries[1]); },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    FrameBuilder frame;
    frame.Start().Stored(ToBytes("hello ")).Stored(ToBytes("world"));
    changes[i](frame);
    const Status status = ReadStructure(frame.End().bytes);
    EXPECT_EQ(status.code(), Code::kDamaged) << i;
    EXPECT_NE(status.message().find("index at offset 52"), std::string::npos) << status.message();
  }
  FrameBuilder longer;
  longer.Start().Stored(ToBytes("hello ")).Stored(ToBytes("world"));
  longer.entries.push_back(longer.entries[0]);
  EXPECT_EQ(ReadStructure(longer.End().bytes).code(), Code::kDamaged);
}

TEST(Reader, IndexSizeIsChecked) {
  Bytes frame = ValidFrame();
  frame[frame.size() - 7] ^= 1;
  const Status status = ReadStructure(frame);
  EXPECT_EQ(status.code(), Code::kDamaged);
  EXPECT_NE(status.message().find("does not agree"), std::string::npos);
}

TEST(Reader, ContentSizeIsChecked) {
  for (const uint64_t claim : {uint64_t{0}, uint64_t{4}, uint64_t{6}, UINT64_MAX}) {
    EXPECT_EQ(
        ReadStructure(
            FrameBuilder().Start(0, kFlagContentSize, claim).Stored(ToBytes("hello")).End().bytes)
            .code(),
        Code::kDamaged)
        << claim;
  }
}

TEST(Reader, CompactFramesHaveTheirLimits) {
  const auto compact = [](uint8_t codec_and_filters, uint64_t raw_size, uint64_t payload_size) {
    Bytes out;
    HeaderWriter archive(out);
    FrameStart start = {.version_and_kind = kCompactKind};
    Visit(archive, start);
    CompactHeader header = {codec_and_filters, raw_size, payload_size};
    Visit(archive, header);
    archive.Check();
    out.resize(out.size() + payload_size % 100);
    return out;
  };
  EXPECT_EQ(ReadStructure(compact(0, 0, 0)).code(), Code::kOk);
  EXPECT_EQ(ReadStructure(compact(0, 5, 5)).code(), Code::kOk);
  EXPECT_EQ(ReadStructure(compact(1, 0, 0)).code(), Code::kDamaged);
  EXPECT_EQ(ReadStructure(compact(0, 0, 1)).code(), Code::kDamaged);
  EXPECT_EQ(ReadStructure(compact(0, 5, 4)).code(), Code::kDamaged);
  EXPECT_EQ(ReadStructure(compact(0, 65536, 65536)).code(), Code::kDamaged);
  EXPECT_EQ(ReadStructure(compact(0, UINT64_MAX, UINT64_MAX)).code(), Code::kDamaged);
  EXPECT_EQ(ReadStructure(compact(15, 5, 4)).code(), Code::kNewerVersion);
  EXPECT_EQ(ReadStructure(compact(0x80, 5, 4)).code(), Code::kNewerVersion);
  Bytes empty = compact(0, 0, 0);
  empty.back() ^= 1;
  EXPECT_EQ(ReadStructure(empty).code(), Code::kDamaged);
}

TEST(Reader, NotesTellTheirLengthAtTheirEnd) {
  for (const uint8_t longer : {uint8_t{0}, uint8_t{1}}) {
    Bytes file = FrameBuilder().Note("xabc", ToBytes("data")).bytes;
    file[file.size() - 11] = static_cast<uint8_t>(file[file.size() - 11] + longer);
    AppendTo(file, FrameBuilder().Start().End().bytes);
    MemorySource source(file);
    Reader reader(source);
    const Result<Reader::Item> item = reader.Next();
    EXPECT_EQ(item.status().code(), longer == 0 ? Code::kOk : Code::kDamaged);
  }
}

}  // namespace
}  // namespace lmz
