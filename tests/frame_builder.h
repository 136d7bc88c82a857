// Makes frames field by field, valid ones and others.
#pragma once

#include <optional>
#include <vector>

#include "base/checksum.h"
#include "container/header_writer.h"
#include "container/layout.h"
#include "tests/random.h"

namespace lmz::testing {

class FrameBuilder {
 public:
  FrameBuilder& Start(uint8_t version_and_kind = 0, uint8_t flags = 0, uint64_t content_size = 0) {
    const size_t begin = bytes.size();
    HeaderWriter archive(bytes);
    FrameStart start = {.version_and_kind = version_and_kind};
    Visit(archive, start);
    FrameHeader header = {.flags = flags, .content_size = content_size};
    Visit(archive, header);
    head.frame_header_size = bytes.size() - begin;
    return *this;
  }

  // A note in front of the frame, before Start, or behind it, after End.
  FrameBuilder& Note(std::string_view tag, ByteSpan data) {
    const size_t begin = bytes.size();
    HeaderWriter archive(bytes);
    FrameStart start = {.version_and_kind = kFormatVersion | kNoteKind};
    Visit(archive, start);
    NoteHeader header = {.tag = LoadLe32(ToBytes(tag).data()), .size = data.size()};
    Visit(archive, header);
    ByteWriter writer(bytes);
    writer.Append(data);
    writer.U32(Checksum32(data));
    HeaderWriter end(bytes);
    NoteFooter footer = {.length = bytes.size() - begin};
    Visit(end, footer);
    return *this;
  }

  // As it stands in `header`; `number` when it is not to be the right one.
  FrameBuilder& Block(const BlockHeader& header, ByteSpan payload,
                      std::optional<uint64_t> number = std::nullopt) {
    const size_t begin = bytes.size();
    HeaderWriter archive(bytes);
    NumberedBlock block = {.header = header, .number = number.value_or(head.block_count)};
    Visit(archive, block);
    ByteWriter(bytes).Append(payload);
    entries.push_back({.coded_size = bytes.size() - begin, .raw_size = header.raw_size});
    ++head.block_count;
    ByteWriter(checksums).U64(header.checksum);
    return *this;
  }

  FrameBuilder& Stored(ByteSpan raw) { return Block(StoredHeader(raw), raw); }

  // With what `head` and `entries` say by now.
  FrameBuilder& End() {
    bytes.push_back(kEndMark);
    const size_t begin = bytes.size();
    HeaderWriter archive(bytes);
    IndexHead written = head;
    written.content_check += Checksum64(checksums);
    Visit(archive, written);
    for (IndexEntry& entry : entries) Visit(archive, entry);
    Footer footer = {.index_size = static_cast<uint32_t>(bytes.size() - begin)};
    Visit(archive, footer);
    return *this;
  }

  static BlockHeader StoredHeader(ByteSpan raw) {
    BlockHeader header;
    header.raw_size = raw.size();
    header.payload_size = raw.size();
    header.checksum = Checksum64(raw);
    return header;
  }

  Bytes bytes;
  IndexHead head;  // content_check: what is added to the right one
  std::vector<IndexEntry> entries;
  Bytes checksums;
};

}  // namespace lmz::testing
