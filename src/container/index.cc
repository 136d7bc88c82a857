#include "container/index.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "container/header_reader.h"
#include "container/layout.h"

namespace lmz {

namespace {

constexpr uint64_t kMinIndexEntrySize = 2;

// No item is shorter.
using Tail = std::array<uint8_t, 11>;
static_assert(kFooterSize <= sizeof(Tail) && kNoteFooterSize <= sizeof(Tail));

Status NoIndex(const char* why) {
  return Status(Code::kDamaged, why).At("index");
}

// The header of a full frame whose blocks hold `raw_size` bytes, which must be `size` bytes long.
Status CheckFrameHeader(const RandomAccess& input, uint64_t offset, uint64_t size,
                        uint64_t raw_size) {
  WindowSource source(input, offset, offset + size);
  BufferedInput buffered(source);
  HeaderReader archive(buffered);
  FrameStart start;
  FrameHeader header;
  Visit(archive, start);
  if (archive.status().ok() && start.version_and_kind == kFormatVersion) Visit(archive, header);
  const bool is_known =
      start.version_and_kind == kFormatVersion && (header.flags & ~kFlagContentSize) == 0;
  if (!archive.status().ok() || !is_known || buffered.offset() != size) {
    return NoIndex("no frame begins where it should");
  }
  if ((header.flags & kFlagContentSize) != 0 && header.content_size != raw_size) {
    return NoIndex("the frame header gives another size");
  }
  return OkStatus();
}

// Where the zeros begin that stand in front of `end`; those that padding may have, no more.
Result<uint64_t> EndBeforePadding(const RandomAccess& input, uint64_t end) {
  std::array<uint8_t, 4096> buffer;
  const uint64_t lowest = end - std::min(end, kMaxPadding);
  while (end > lowest) {
    const auto piece = MutableByteSpan(buffer).first(
        static_cast<size_t>(std::min<uint64_t>(end - lowest, buffer.size())));
    LMZ_TRY(input.ReadAt(end - piece.size(), piece));
    const auto zeros = std::find_if(piece.rbegin(), piece.rend(), [](uint8_t b) { return b != 0; });
    end -= static_cast<uint64_t>(zeros - piece.rbegin());
    if (zeros != piece.rend()) break;
  }
  return end;
}

Result<Tail> ReadTail(const RandomAccess& input, uint64_t end) {
  Tail tail;
  if (end < tail.size()) return NoIndex("the input is too short for one");
  LMZ_TRY(input.ReadAt(end - tail.size(), tail));
  return tail;
}

bool EndsIn(ByteSpan tail, const std::array<uint8_t, 3>& magic) {
  return std::ranges::equal(tail.last(magic.size()), magic);
}

// Where the note begins that ends at `end`, with `tail`.
Result<uint64_t> BeginOfNote(const RandomAccess& input, uint64_t end, const Tail& tail) {
  const uint64_t length = LoadLe64(tail.data() + tail.size() - kNoteFooterSize);
  if (length > end - kNoteFooterSize) return NoIndex("a note behind it has an impossible length");
  const uint64_t begin = end - kNoteFooterSize - length;
  WindowSource source(input, begin, end);
  BufferedInput buffered(source);
  HeaderReader archive(buffered);
  FrameStart start;
  NoteHeader header;
  Visit(archive, start);
  Visit(archive, header);
  // Who reads from the beginning says what is wrong with it.
  if (!archive.status().ok() || start.version_and_kind != (kFormatVersion | kNoteKind) ||
      !IsOptional(header) || header.size > length ||
      buffered.offset() + header.size + kNoteCheckSize != length) {
    return NoIndex("there is no note that may be passed over where one ends");
  }
  return begin;
}

// Where a frame ends, and what with. `end` is 0 where there is none.
struct FrameEnd {
  uint64_t end = 0;
  Tail tail = {};
};

// Of the last frame before `end`, behind which are notes and padding.
Result<FrameEnd> FindFrameEnd(const RandomAccess& input, uint64_t end) {
  while (end != 0) {
    LMZ_ASSIGN(Tail tail, ReadTail(input, end));
    if (tail.back() == 0) {
      LMZ_ASSIGN(end, EndBeforePadding(input, end));
      LMZ_ASSIGN(tail, ReadTail(input, end));
    }
    if (EndsIn(tail, kEndMagic)) return FrameEnd{.end = end, .tail = tail};
    if (!EndsIn(tail, kNoteEndMagic)) return NoIndex("the frame does not end with one");
    LMZ_ASSIGN(end, BeginOfNote(input, end, tail));
  }
  return FrameEnd{};
}

}  // namespace

Result<size_t> WindowSource::Read(MutableByteSpan buffer) {
  const auto size = static_cast<size_t>(std::min<uint64_t>(buffer.size(), end_ - position_));
  LMZ_TRY(input_.ReadAt(position_, buffer.first(size)));
  position_ += size;
  return size;
}

uint64_t WindowSource::PassOver(uint64_t size) {
  const uint64_t passed = std::min(size, end_ - position_);
  position_ += passed;
  return passed;
}

Result<std::optional<FrameIndex>> ReadIndexBefore(const RandomAccess& input, uint64_t end,
                                                  uint64_t memory_limit) {
  LMZ_ASSIGN(const FrameEnd frame, FindFrameEnd(input, end));
  if (frame.end == 0) return std::optional<FrameIndex>();
  const uint64_t index_size =
      LoadLe32(frame.tail.data() + frame.tail.size() - kEndMagic.size() - sizeof(uint32_t));
  if (index_size > frame.end - kFooterSize || frame.end - kFooterSize - index_size == 0) {
    return NoIndex("its size is impossible");
  }
  const uint64_t mark = frame.end - kFooterSize - index_size - 1;
  WindowSource source(input, mark, frame.end);
  BufferedInput buffered(source);
  LMZ_ASSIGN(const ByteSpan front, buffered.Peek(1));
  if (front.empty() || front[0] != kEndMark) return NoIndex("no mark stands in front of it");
  LMZ_TRY(buffered.Skip(1));
  HeaderReader archive(buffered);
  IndexHead head;
  Visit(archive, head);
  LMZ_TRY(archive.status().At("index"));
  if (head.block_count > index_size / kMinIndexEntrySize) {
    return NoIndex("its number of blocks is impossible");
  }
  if (head.block_count > memory_limit / sizeof(FrameIndex::Sizes)) {
    return Status(Code::kLimit, "an index needs more memory than the limit of " +
                                    std::to_string(memory_limit) + " bytes");
  }
  FrameIndex index;
  index.blocks.reserve(static_cast<size_t>(head.block_count));
  uint64_t offset = 0;  // from the frame's first block
  uint64_t raw_size = 0;
  for (uint64_t number = 0; number < head.block_count; ++number) {
    IndexEntry entry;
    Visit(archive, entry);
    LMZ_TRY(archive.status().At("index"));
    if (entry.coded_size < kMinCodedBlockSize || entry.coded_size > kMaxCodedBlockSize ||
        entry.coded_size > mark - offset || entry.raw_size == 0 ||
        entry.raw_size > kMaxBlockRawSize) {
      return NoIndex("the size of a block is impossible");
    }
    index.blocks.push_back({.coded = static_cast<uint32_t>(entry.coded_size),
                            .raw = static_cast<uint32_t>(entry.raw_size)});
    offset += entry.coded_size;
    raw_size += entry.raw_size;
  }
  const bool is_whole = buffered.offset() == 1 + index_size;
  Footer footer;
  Visit(archive, footer);
  LMZ_TRY(archive.status().At("index"));
  index.first_block = mark - offset;
  if (!is_whole || head.frame_header_size > index.first_block) {
    return NoIndex("it does not fit the frame");
  }
  index.frame_offset = index.first_block - head.frame_header_size;
  LMZ_TRY(CheckFrameHeader(input, index.frame_offset, head.frame_header_size, raw_size));
  return std::optional(std::move(index));
}

Status ReadBlockHeader(const RandomAccess& input, const BlockPlace& place, BlockRecord& block,
                       uint64_t& payload_offset) {
  WindowSource source(input, place.offset, place.offset + place.coded_size);
  if (place.is_compact) {
    Reader reader(source);
    for (Reader::Item item = Reader::Item::kFrame; item != Reader::Item::kBlock;) {
      LMZ_ASSIGN(item, reader.Next());
      if (item == Reader::Item::kEnd) return NoIndex("it does not agree with the blocks");
    }
    block = reader.block();
    payload_offset = place.offset + reader.offset();
  } else {
    block = {.offset = place.offset, .number = place.number};
    BufferedInput buffered(source);
    HeaderReader archive(buffered);
    NumberedBlock fields = {.number = place.number};
    Visit(archive, fields);
    LMZ_TRY(archive.status().At("header").At(BlockName(block)));
    block.header = fields.header;
    LMZ_TRY(ValidateBlockHeader(block.header).At(BlockName(block)));
    payload_offset = place.offset + buffered.offset();
  }
  block.offset = place.offset;
  const uint64_t end = place.offset + place.coded_size;
  if (block.header.raw_size != place.raw_size ||
      block.header.payload_size != end - payload_offset) {
    return Status(Code::kDamaged, "it does not agree with the index").At(BlockName(block));
  }
  return OkStatus();
}

}  // namespace lmz
