#include "container/reader.h"

#include <algorithm>
#include <array>
#include <string>

#include "container/header_reader.h"
#include "container/layout.h"
#include "container/writer.h"

namespace lmz {

namespace {

std::string At(const char* what, uint64_t offset) {
  return std::string(what) + " at offset " + std::to_string(offset);
}

// One index entry, as numbers of fixed size so that neither side needs the other's bytes.
void CoverEntry(const IndexEntry& entry, Checksum64Stream& entries) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.U64(entry.coded_size);
  writer.U64(entry.raw_size);
  entries.Update(bytes);
}

// `what` stands in front of the number.
Status Newer(std::string what, int number) {
  what += std::to_string(number);
  return Status(Code::kNewerVersion, what + " requires a newer version of lmz");
}

Status CheckStart(int version, int kind) {
  if (version != kFormatVersion) return Newer("format version ", version);
  if (kind != 0 && kind != kCompactKind && kind != kNoteKind) {
    return Newer("a frame of kind ", kind >> 4);
  }
  return OkStatus();
}

}  // namespace

std::string BlockName(const BlockRecord& block) {
  return At(("block " + std::to_string(block.number)).c_str(), block.offset);
}

Result<Reader::Item> Reader::Next() {
  if (is_payload_pending_) {
    LMZ_TRY(input_.Skip(block_.header.payload_size).At(BlockName(block_)));
    is_payload_pending_ = false;
  }
  switch (state_) {
    case State::kBetweenFrames:
      return BeginFrame();
    case State::kInFrame:
      return NextBlock();
    case State::kInCompactFrame:
      break;
  }
  if (block_count_ == 0 && block_.header.raw_size != 0) {
    block_count_ = 1;
    is_payload_pending_ = true;
    return Item::kBlock;
  }
  state_ = State::kBetweenFrames;
  return Item::kFrameEnd;
}

Result<Reader::Item> Reader::TryNext() {
  LMZ_CHECK(!is_payload_pending_);
  input_.Mark();
  Result<Item> item = Next();
  if (!item.ok() && item.status().code() == Code::kTruncated) {
    input_.Rewind();
  } else {
    input_.Unmark();
  }
  return item;
}

// `what` stands behind the last frame or note.
Status Reader::Trailing(const std::string& what) const {
  const uint64_t offset = input_.offset() - padding_size_;
  return Status(Code::kDamaged, what + "; if the file should end there, cut it off with: head -c " +
                                    std::to_string(offset))
      .At(At("data", offset));
}

// Zeros behind a frame or a note. A source that is fed goes on with the next one.
Status Reader::PassPadding() {
  if (!has_read_magic_) return OkStatus();
  for (;;) {
    LMZ_ASSIGN(const ByteSpan next, input_.Peek(1));
    if (next.empty() || next[0] != 0) return OkStatus();
    if (padding_size_ == kMaxPadding) {
      return Trailing("more than " + std::to_string(kMaxPadding) +
                      " zero bytes follow the last frame");
    }
    LMZ_TRY(input_.Skip(1));
    ++padding_size_;
    input_.MoveMark();
  }
}

// Whether a frame or a note begins here; if not, the input ends as it may.
Result<bool> Reader::IsAtMagic() {
  LMZ_ASSIGN(const ByteSpan start, input_.Peek(kMagic.size()));
  if (start.empty()) {
    if (has_read_frame_) return false;
    return Status(Code::kTruncated, "the input ends before a frame; even an empty file has one");
  }
  if (!std::equal(start.begin(), start.end(), kMagic.begin())) {
    if (!has_read_magic_) return Status(Code::kNotLmz, "this is not an lmz file");
    return Trailing("what follows the last frame is not lmz data");
  }
  return true;
}

Result<Reader::Item> Reader::BeginFrame() {
  for (;;) {
    if (note_) LMZ_TRY(PassNote().At(At("note", note_->offset)));
    note_.reset();
    LMZ_TRY(PassPadding());
    LMZ_ASSIGN(const bool is_at_magic, IsAtMagic());
    if (!is_at_magic) return Item::kEnd;
    frame_ = {.offset = input_.offset()};
    block_count_ = 0;
    raw_size_ = 0;

    HeaderReader archive(input_);
    FrameStart fields;
    Visit(archive, fields);
    LMZ_TRY(archive.status().At(At("frame header", frame_.offset)));
    has_read_magic_ = true;
    padding_size_ = 0;
    frame_.version = fields.version_and_kind & kVersionMask;
    const int kind = fields.version_and_kind & ~kVersionMask;
    frame_.is_compact = kind == kCompactKind;
    LMZ_TRY(CheckStart(frame_.version, kind).At(At("frame header", frame_.offset)));
    if (kind == kNoteKind) {
      LMZ_TRY(BeginNote(archive).At(At("note", frame_.offset)));
      continue;
    }
    has_read_frame_ = true;
    return frame_.is_compact ? BeginCompactFrame(archive) : BeginFullFrame(archive);
  }
}

// No note is known yet; those whose tag begins with a small letter say nothing of the content.
Status Reader::BeginNote(HeaderReader& archive) {
  NoteHeader header;
  Visit(archive, header);
  LMZ_TRY(archive.status());
  const auto first = static_cast<uint8_t>(header.tag);
  if (first >= 'A' && first <= 'Z') {
    return Status(Code::kNewerVersion,
                  "it changes what follows, which requires a newer version of lmz");
  }
  if (!IsOptional(header)) {
    return Status(Code::kDamaged, "its tag does not begin with a letter");
  }
  note_.emplace();
  note_->offset = frame_.offset;
  note_->header_size = input_.offset() - frame_.offset;
  note_->size = header.size;
  note_->left = header.size;
  input_.MoveMark();
  return OkStatus();
}

// A source that is fed goes on with the next piece, whatever it has given so far.
Status Reader::PassNote() {
  std::array<uint8_t, 4096> piece;
  while (note_->left != 0) {
    const auto step = static_cast<size_t>(std::min<uint64_t>(note_->left, piece.size()));
    LMZ_ASSIGN(const size_t size, input_.Read(MutableByteSpan(piece).first(step)));
    note_->covered.Update(ByteSpan(piece).first(size));
    note_->left -= size;
    input_.MoveMark();
    if (size < step) return Status(Code::kTruncated, "the file ends too early");
  }
  uint32_t check = 0;
  NoteFooter footer;
  HeaderReader end(input_);
  end.U32(check);
  Visit(end, footer);
  LMZ_TRY(end.status());
  if (check != static_cast<uint32_t>(note_->covered.Digest())) {
    return Status(Code::kDamaged, "its check differs");
  }
  if (footer.length != note_->header_size + note_->size + kNoteCheckSize) {
    return Status(Code::kDamaged, "its end gives another length");
  }
  input_.MoveMark();
  return OkStatus();
}

Result<Reader::Item> Reader::BeginFullFrame(HeaderReader& archive) {
  FrameHeader header;
  Visit(archive, header);
  // An unknown flag may add fields, so it comes before the check.
  if ((header.flags & ~kFlagContentSize) != 0) {
    return Newer("a frame with flags ", header.flags).At(At("frame header", frame_.offset));
  }
  LMZ_TRY(archive.status().At(At("frame header", frame_.offset)));
  if ((header.flags & kFlagContentSize) != 0) frame_.content_size = header.content_size;
  frame_header_size_ = input_.offset() - frame_.offset;
  entries_.emplace();
  content_check_.emplace();
  state_ = State::kInFrame;
  return Item::kFrame;
}

Result<Reader::Item> Reader::BeginCompactFrame(HeaderReader& archive) {
  CompactHeader fields;
  Visit(archive, fields);
  uint32_t check = 0;
  archive.U32(check);
  LMZ_TRY(archive.status().At(At("frame header", frame_.offset)));
  block_ = {.offset = frame_.offset, .is_compact = true, .compact_check = check};
  block_.header.codec = static_cast<CodecId>(fields.codec_and_filters & 0x0F);
  block_.header.filters = static_cast<uint8_t>(fields.codec_and_filters >> 4);
  block_.header.raw_size = fields.raw_size;
  block_.header.payload_size = fields.payload_size;
  if (fields.raw_size >= kCompactRawLimit) {
    return Status(Code::kDamaged, "a compact frame cannot hold that much")
        .At(At("frame header", frame_.offset));
  }
  if (fields.raw_size != 0) {
    LMZ_TRY(ValidateBlockHeader(block_.header).At(BlockName(block_)));
  } else if (fields.codec_and_filters != 0 || fields.payload_size != 0 ||
             check != CompactCheck(block_.header, {})) {
    return Status(Code::kDamaged, "an empty frame has its own fixed header, which differs")
        .At(At("frame header", frame_.offset));
  }
  frame_.content_size = fields.raw_size;
  state_ = State::kInCompactFrame;
  return Item::kFrame;
}

Result<Reader::Item> Reader::NextBlock() {
  LMZ_ASSIGN(const ByteSpan next, input_.Peek(1));
  if (!next.empty() && next[0] == kEndMark) return EndFrame();
  block_ = {.offset = input_.offset(), .number = block_count_};
  HeaderReader archive(input_);
  NumberedBlock fields = {.number = block_count_};
  Visit(archive, fields);
  block_.header = fields.header;
  LMZ_TRY(archive.status().At("header").At(BlockName(block_)));
  LMZ_TRY(ValidateBlockHeader(block_.header).At(BlockName(block_)));
  raw_size_ += block_.header.raw_size;
  if (frame_.content_size.has_value() && raw_size_ > *frame_.content_size) {
    return Status(Code::kDamaged, "the blocks hold more than the frame header says")
        .At(BlockName(block_));
  }
  const uint64_t header_size = input_.offset() - block_.offset;
  CoverEntry(
      {.coded_size = header_size + block_.header.payload_size, .raw_size = block_.header.raw_size},
      *entries_);
  content_check_->Add(block_.header.checksum);
  ++block_count_;
  is_payload_pending_ = true;
  return Item::kBlock;
}

Result<Reader::Item> Reader::EndFrame() {
  const uint64_t end_offset = input_.offset();
  LMZ_TRY(CheckIndex().At(At("index", end_offset)));
  if (frame_.content_size.has_value() && raw_size_ != *frame_.content_size) {
    return Status(Code::kDamaged, "the blocks hold less than the frame header says")
        .At(At("frame", frame_.offset));
  }
  state_ = State::kBetweenFrames;
  return Item::kFrameEnd;
}

Status Reader::CheckIndex() {
  LMZ_TRY(input_.Skip(1));  // End_Mark
  const Status disagrees(Code::kDamaged, "it does not agree with the blocks");
  const uint64_t begin = input_.offset();
  HeaderReader archive(input_);
  IndexHead head;
  Visit(archive, head);
  LMZ_TRY(archive.status());
  if (head.frame_header_size != frame_header_size_ || head.block_count != block_count_) {
    return disagrees;
  }
  Checksum64Stream entries;
  for (uint64_t i = 0; i < head.block_count; ++i) {
    IndexEntry entry;
    Visit(archive, entry);
    LMZ_TRY(archive.status());
    CoverEntry(entry, entries);
  }
  const uint64_t index_size = input_.offset() - begin;
  Footer footer;
  Visit(archive, footer);
  LMZ_TRY(archive.status());
  if (entries.Digest() != entries_->Digest() || footer.index_size != index_size) return disagrees;
  if (head.content_check != content_check_->Digest()) {
    return Status(Code::kDamaged, "the blocks are not those that were written together");
  }
  return OkStatus();
}

Status Reader::ReadPayload(Bytes& payload) {
  LMZ_CHECK(is_payload_pending_);
  is_payload_pending_ = false;
  payload.clear();
  LMZ_TRY(ReadGrowing(input_, block_.header.payload_size, payload));
  if (payload.size() < block_.header.payload_size) {
    return Status(Code::kTruncated, "the file ends too early").At(BlockName(block_));
  }
  return OkStatus();
}

Result<ByteSpan> Reader::PeekPayload(size_t size) {
  LMZ_CHECK(is_payload_pending_);
  return input_.Peek(static_cast<size_t>(std::min<uint64_t>(size, block_.header.payload_size)));
}

Result<bool> Reader::ResumePayload(Bytes& payload, size_t source_size) {
  LMZ_CHECK(is_payload_pending_);
  const size_t begin = payload.size();
  const uint64_t left = block_.header.payload_size - begin;
  const auto size = static_cast<size_t>(
      std::min<uint64_t>(left, uint64_t{input_.buffered().size()} + source_size));
  payload.resize(begin + size);
  input_.Unmark();  // the source may have more than when it was asked last
  LMZ_ASSIGN(const size_t read, input_.Read(MutableByteSpan(payload).subspan(begin)));
  LMZ_CHECK(read == size);
  is_payload_pending_ = size < left;
  return !is_payload_pending_;
}

Status DecodeRecord(const BlockRecord& block, ByteSpan payload, MutableByteSpan raw,
                    const BlockResources& resources) {
  if (!block.is_compact)
    return DecodeBlock(block.header, payload, raw, resources).At(BlockName(block));
  Bytes frame = CompactFrameStart(block.header, block.compact_check);
  frame.insert(frame.end(), payload.begin(), payload.end());
  if (EndsInMagic(frame)) {
    return Status(Code::kDamaged, "a compact frame must not end as others do").At(BlockName(block));
  }
  const Result<uint32_t> decoded = DecodePayload(block.header, payload, raw, resources);
  LMZ_TRY(decoded.status().At(BlockName(block)));
  if (CompactCheck(block.header, raw) != block.compact_check) {
    return Status(Code::kDamaged, "checksum differs; the file is damaged here")
        .At(BlockName(block));
  }
  return OkStatus();
}

}  // namespace lmz
