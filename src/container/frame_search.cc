#include "container/frame_search.h"

#include <algorithm>
#include <array>
#include <utility>

#include "container/header_reader.h"
#include "container/writer.h"

namespace lmz {

namespace {

// No header of a frame or a block is longer.
constexpr size_t kMaxHeaderSize = 64;

}  // namespace

uint64_t FrameSearch::FoundIndex::frame_offset() const {
  uint64_t size = frame_header_size;
  for (const IndexEntry& entry : entries) size += entry.coded_size;
  return size > offset ? UINT64_MAX : offset - size;
}

Result<ByteSpan> FrameSearch::Look(uint64_t offset, size_t size) {
  const uint64_t end = std::min(offset + size, input_.size());
  if (offset >= end) return ByteSpan();
  if (offset < page_offset_ || end > page_offset_ + page_.size()) {
    page_offset_ = offset;
    page_.resize(static_cast<size_t>(std::min<uint64_t>(kPageSize, input_.size() - offset)));
    LMZ_TRY(input_.ReadAt(offset, page_));
  }
  return ByteSpan(page_).subspan(static_cast<size_t>(offset - page_offset_),
                                 static_cast<size_t>(end - offset));
}

Result<std::optional<FrameSearch::FoundFrame>> FrameSearch::FrameAt(uint64_t offset) {
  const std::optional<FoundFrame> nothing;
  LMZ_ASSIGN(const ByteSpan bytes, Look(offset, kMaxHeaderSize));
  if (bytes.size() <= kMagic.size() || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) {
    return nothing;
  }
  const bool is_note = (bytes[kMagic.size()] & ~kVersionMask) == kNoteKind;
  MemorySource source(bytes);
  if (is_note) {
    BufferedInput buffered(source, kMaxHeaderSize);
    HeaderReader archive(buffered);
    FrameStart start;
    NoteHeader note;
    Visit(archive, start);
    Visit(archive, note);
    if (!archive.status().ok() || note.size > input_.size() - offset) return nothing;
    const uint64_t end = offset + buffered.offset() + note.size + kNoteCheckSize + kNoteFooterSize;
    if (end > input_.size()) return nothing;
    return std::optional(FoundFrame{.is_note = true, .end = end});
  }
  Reader reader(source, kMaxHeaderSize);
  const Result<Reader::Item> item = reader.Next();
  if (!item.ok() || item.value() != Reader::Item::kFrame) return nothing;
  std::optional<FoundFrame> found(
      {.is_compact = reader.frame().is_compact, .end = offset + reader.offset()});
  if (found->is_compact && reader.frame().content_size != 0) {
    found->block = reader.block();
    found->block.offset = offset;
  }
  return found;
}

Result<std::optional<FrameSearch::FoundBlock>> FrameSearch::BlockAt(uint64_t offset, uint64_t first,
                                                                    uint64_t count) {
  const std::optional<FoundBlock> nothing;
  LMZ_ASSIGN(const ByteSpan bytes, Look(offset, kMaxHeaderSize));
  // Most places are ruled out by this.
  if (bytes.size() < 2 || FindCodec(CodecId{bytes[0]}) == nullptr) return nothing;
  for (uint64_t number = first; number < first + count; ++number) {
    MemorySource source(bytes);
    BufferedInput buffered(source, kMaxHeaderSize);
    HeaderReader archive(buffered);
    NumberedBlock fields = {.number = number};
    Visit(archive, fields);
    if (archive.status().ok()) {
      if (!ValidateBlockHeader(fields.header).ok()) return nothing;
      return std::optional(FoundBlock{{.offset = offset, .number = number, .header = fields.header},
                                      offset + buffered.offset()});
    }
    // The same bytes with any number: sizes that cannot be stay so.
    if (number == first && !ValidateBlockHeader(fields.header).ok()) return nothing;
  }
  return nothing;
}

Result<std::optional<FrameSearch::FoundIndex>> FrameSearch::IndexAt(uint64_t offset,
                                                                    uint64_t limit) {
  const std::optional<FoundIndex> nothing;
  LMZ_ASSIGN(const ByteSpan mark, Look(offset, 1));
  if (mark.empty() || mark[0] != kEndMark) return nothing;
  WindowSource source(input_, offset + 1, input_.size());
  BufferedInput buffered(source);
  HeaderReader archive(buffered);
  IndexHead head;
  Visit(archive, head);
  if (!archive.status().ok() || head.block_count > (input_.size() - offset) / 2) return nothing;
  if (head.block_count > limit) return nothing;
  std::optional<FoundIndex> found(std::in_place);
  found->offset = offset;
  found->frame_header_size = head.frame_header_size;
  for (uint64_t i = 0; i < head.block_count; ++i) {
    IndexEntry entry;
    Visit(archive, entry);
    if (!archive.status().ok() || entry.raw_size > kMaxBlockRawSize ||
        entry.coded_size > input_.size()) {
      return nothing;
    }
    found->entries.push_back(entry);
  }
  const uint64_t index_size = buffered.offset();
  Footer footer;
  Visit(archive, footer);
  if (!archive.status().ok() || footer.index_size != index_size) return nothing;
  found->end = offset + 1 + buffered.offset();
  return found;
}

Result<std::optional<FrameSearch::FoundIndex>> FrameSearch::NextIndex(uint64_t offset,
                                                                      uint64_t limit) {
  while (offset < input_.size()) {
    LMZ_ASSIGN(const ByteSpan page, Look(offset, kPageSize));
    const auto magic = std::search(page.begin(), page.end(), kEndMagic.begin(), kEndMagic.end());
    const auto at = static_cast<uint64_t>(magic - page.begin());
    if (magic == page.end()) {
      if (page.size() < kPageSize) break;
      offset += page.size() - (kEndMagic.size() - 1);
      continue;
    }
    const uint64_t end = offset + at + kEndMagic.size();
    if (end > kFooterSize) {
      std::array<uint8_t, 4> size;
      LMZ_TRY(input_.ReadAt(end - kEndMagic.size() - 4, size));
      const uint64_t index_size = LoadLe32(size.data());
      if (index_size + kFooterSize + 1 <= end) {
        LMZ_ASSIGN(auto found, IndexAt(end - kFooterSize - index_size - 1, limit));
        if (found && found->end == end) return found;
      }
    }
    offset += at + 1;
  }
  return std::optional<FoundIndex>();
}

}  // namespace lmz
