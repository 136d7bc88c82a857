#include "container/writer.h"

#include <algorithm>

#include "base/checksum.h"
#include "container/header_writer.h"

namespace lmz {

namespace {

Bytes BlockHeaderBytes(const BlockHeader& header, uint64_t number) {
  Bytes out;
  HeaderWriter archive(out);
  NumberedBlock block = {.header = header, .number = number};
  Visit(archive, block);
  return out;
}

Bytes CompactHeaderBytes(const BlockHeader& header) {
  Bytes out;
  HeaderWriter archive(out);
  FrameStart start = {.version_and_kind = kFormatVersion | kCompactKind};
  Visit(archive, start);
  CompactHeader compact = {
      .codec_and_filters =
          static_cast<uint8_t>(static_cast<uint8_t>(header.codec) | header.filters << 4),
      .raw_size = header.raw_size,
      .payload_size = header.payload_size,
  };
  Visit(archive, compact);
  return out;
}

void AppendIndexEntry(uint64_t coded_size, uint64_t raw_size, Bytes& out) {
  HeaderWriter archive(out);
  IndexEntry entry = {.coded_size = coded_size, .raw_size = raw_size};
  Visit(archive, entry);
}

}  // namespace

Status FrameWriter::Write(ByteSpan bytes) {
  LMZ_TRY(sink_.Write(bytes));
  coded_size_ += bytes.size();
  return OkStatus();
}

Status FrameWriter::Begin(std::optional<uint64_t> content_size) {
  Bytes out;
  HeaderWriter archive(out);
  FrameStart start;
  Visit(archive, start);
  FrameHeader header;
  if (content_size.has_value()) {
    header = {.flags = kFlagContentSize, .content_size = *content_size};
  }
  Visit(archive, header);
  frame_header_size_ = out.size();
  return Write(out);
}

Status FrameWriter::WriteBlock(const BlockHeader& header, ByteSpan payload) {
  LMZ_CHECK(payload.size() == header.payload_size);
  const Bytes header_bytes = BlockHeaderBytes(header, block_count_);
  AppendIndexEntry(header_bytes.size() + payload.size(), header.raw_size, index_entries_);
  ++block_count_;
  content_check_.Add(header.checksum);
  LMZ_TRY(Write(header_bytes));
  return Write(payload);
}

Status FrameWriter::End() {
  Bytes out = {kEndMark};
  HeaderWriter archive(out);
  IndexHead head = {.frame_header_size = frame_header_size_,
                    .block_count = block_count_,
                    .content_check = content_check_.Digest()};
  Visit(archive, head);
  archive.Literal(index_entries_);
  const uint64_t index_size = out.size() - 1;
  if (index_size > UINT32_MAX) {
    return Status(Code::kInvalidArgument,
                  "too many blocks for one frame; compress with larger blocks");
  }
  Footer footer = {.index_size = static_cast<uint32_t>(index_size)};
  Visit(archive, footer);
  return Write(out);
}

uint64_t FullFrameCost(const BlockHeader& header) {
  const uint64_t coded_size = BlockHeaderBytes(header, 0).size() + header.payload_size;
  Bytes entry;
  AppendIndexEntry(coded_size, header.raw_size, entry);
  return coded_size + entry.size();
}

uint32_t CompactCheck(const BlockHeader& header, ByteSpan raw) {
  Checksum64Stream covered;
  covered.Update(CompactHeaderBytes(header));
  covered.Update(raw);
  return static_cast<uint32_t>(covered.Digest());
}

Bytes CompactFrameStart(const BlockHeader& header, uint32_t check) {
  Bytes out = CompactHeaderBytes(header);
  ByteWriter(out).U32(check);
  return out;
}

void AppendCompactFrame(const BlockHeader& header, ByteSpan payload, ByteSpan raw, Bytes& out) {
  ByteWriter writer(out);
  writer.Append(CompactFrameStart(header, CompactCheck(header, raw)));
  writer.Append(payload);
}

bool EndsInMagic(ByteSpan bytes) {
  while (!bytes.empty() && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
  if (bytes.size() < kEndMagic.size()) return false;
  const ByteSpan end = bytes.last(kEndMagic.size());
  return std::ranges::equal(end, kEndMagic) || std::ranges::equal(end, kNoteEndMagic);
}

}  // namespace lmz
