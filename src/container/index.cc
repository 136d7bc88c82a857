#include "container/index.h"

#include <string>

#include "container/header_reader.h"
#include "container/layout.h"

namespace lmz {

namespace {

constexpr uint64_t kFooterTailSize = 4 + kEndMagic.size();  // Index_Size and End_Magic
constexpr uint64_t kFooterSize = 4 + kFooterTailSize;

Status NoIndex(const char* why) {
  return Status(Code::kDamaged, why).At("index");
}

// The frame header at `offset`, which must be `size` bytes long.
Status CheckFrameHeader(const RandomAccess& input, uint64_t offset, uint64_t size) {
  WindowSource source(input, offset, offset + size);
  Reader reader(source);
  LMZ_ASSIGN(const Reader::Item item, reader.Next());
  if (item == Reader::Item::kFrame && !reader.frame().is_compact && reader.offset() == size) {
    return OkStatus();
  }
  return NoIndex("no frame begins where it should");
}

// Where the zeros begin that stand in front of `end`; those that padding may have, no more.
Result<uint64_t> EndBeforePadding(const RandomAccess& input, uint64_t end) {
  std::array<uint8_t, 4096> buffer;
  const uint64_t lowest = end - std::min(end, kMaxPadding);
  while (end > lowest) {
    const auto piece =
        MutableByteSpan(buffer).first(std::min<uint64_t>(end - lowest, buffer.size()));
    LMZ_TRY(input.ReadAt(end - piece.size(), piece));
    const auto zeros = std::find_if(piece.rbegin(), piece.rend(), [](uint8_t b) { return b != 0; });
    end -= static_cast<uint64_t>(zeros - piece.rbegin());
    if (zeros != piece.rend()) break;
  }
  return end;
}

Status ReadTail(const RandomAccess& input, uint64_t end, MutableByteSpan tail) {
  if (end < kFooterSize) return NoIndex("the input is too short for one");
  return input.ReadAt(end - tail.size(), tail);
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

Result<FrameIndex> ReadIndexBefore(const RandomAccess& input, uint64_t end, uint64_t memory_limit) {
  std::array<uint8_t, kFooterTailSize> tail;
  LMZ_TRY(ReadTail(input, end, tail));
  if (tail.back() == 0) {
    LMZ_ASSIGN(end, EndBeforePadding(input, end));
    LMZ_TRY(ReadTail(input, end, tail));
  }
  const uint64_t index_size = LoadLe32(tail.data());
  if (!std::equal(kEndMagic.begin(), kEndMagic.end(), tail.begin() + 4)) {
    return NoIndex("the frame does not end with one");
  }
  if (index_size > end - kFooterSize) return NoIndex("its size is impossible");
  const uint64_t begin = end - kFooterSize - index_size;
  WindowSource source(input, begin, end);
  BufferedInput buffered(source);
  HeaderReader archive(buffered);
  IndexHead head;
  Visit(archive, head);
  LMZ_TRY(archive.status().At("index"));
  if (head.block_count > index_size) return NoIndex("its number of blocks is impossible");
  if (head.block_count > memory_limit / sizeof(BlockPlace)) {
    return Status(Code::kLimit, "an index needs more memory than the limit of " +
                                    std::to_string(memory_limit) + " bytes");
  }
  FrameIndex index;
  uint64_t offset = 0;  // from the frame's first block
  for (uint64_t number = 0; number < head.block_count; ++number) {
    IndexEntry entry;
    Visit(archive, entry);
    LMZ_TRY(archive.status().At("index"));
    if (entry.coded_size > begin - offset || entry.raw_size > kMaxBlockRawSize) {
      return NoIndex("the size of a block is impossible");
    }
    index.blocks.push_back({.offset = offset,
                            .number = number,
                            .coded_size = entry.coded_size,
                            .raw_size = entry.raw_size});
    offset += entry.coded_size;
  }
  const bool is_whole = buffered.offset() == index_size;
  Footer footer;
  Visit(archive, footer);
  LMZ_TRY(archive.status().At("index"));
  const uint64_t before = begin - offset;  // End_Mark, and what is in front of the blocks
  if (!is_whole || before == 0 || head.frame_header_size > before - 1) {
    return NoIndex("it does not fit the frame");
  }
  const uint64_t first_block = before - 1;
  index.frame_offset = first_block - head.frame_header_size;
  LMZ_TRY(CheckFrameHeader(input, index.frame_offset, head.frame_header_size));
  for (BlockPlace& block : index.blocks) block.offset += first_block;
  return index;
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
