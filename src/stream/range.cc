#include "stream/range.h"

#include <algorithm>
#include <utility>

#include "base/memory_errors.h"
#include "container/layout.h"
#include "stream/block_decoding.h"
#include "stream/pipeline.h"

namespace lmz {

namespace {
constexpr size_t kHeaderReadSize = 1024;  // of which a block header takes a few dozen bytes
static_assert(kMaxCodedBlockSize < (uint64_t{1} << 31), "what RangeReader::Entry holds");
}  // namespace

Result<RangeReader> RangeReader::Open(const RandomAccess& input, DecompressOptions options) {
  LMZ_TRY(ValidateThreads(options.threads));
  return WithMemoryErrors(
      [&]() -> Result<RangeReader> {
        RangeReader reader(input, std::move(options));
        LMZ_TRY(reader.FindBlocks());
        return reader;
      },
      "there is not enough memory for the index");
}

Status RangeReader::Append(const BlockPlace& place) {
  if (blocks_.size() >= options_.memory_limit / sizeof(Entry)) {
    return Status(Code::kLimit, "the list of blocks needs more memory than the limit of " +
                                    std::to_string(options_.memory_limit) + " bytes");
  }
  if (place.number > UINT32_MAX) return Status(Code::kLimit, "a frame has too many blocks");
  blocks_.push_back({.offset = place.offset,
                     .content_offset = content_size_,
                     .number = static_cast<uint32_t>(place.number),
                     .coded_size = static_cast<uint32_t>(place.coded_size) & 0x7FFFFFFF,
                     .is_compact = place.is_compact});
  content_size_ += place.raw_size;
  return OkStatus();
}

RangeReader::Block RangeReader::block(size_t index) const {
  const Entry& entry = blocks_[index];
  const bool is_last = index + 1 == blocks_.size();
  const uint64_t end = is_last ? content_size_ : blocks_[index + 1].content_offset;
  return {.place = {.offset = entry.offset,
                    .number = entry.number,
                    .coded_size = entry.coded_size,
                    .raw_size = end - entry.content_offset,
                    .is_compact = entry.is_compact != 0},
          .content_offset = entry.content_offset};
}

Status RangeReader::FindBlocks() {
  const Status from_end = FindBlocksFromEnd();
  if (from_end.ok() || from_end.code() == Code::kLimit || from_end.code() == Code::kIo) {
    return from_end;
  }
  blocks_.clear();
  content_size_ = 0;
  return FindBlocksFromStart();  // and its failures, which are told from the beginning on
}

Status RangeReader::FindBlocksFromEnd() {
  std::vector<FrameIndex> frames;  // the last one first
  for (uint64_t end = input_->size(); end != 0;) {
    LMZ_ASSIGN(std::optional<FrameIndex> frame,
               ReadIndexBefore(*input_, end, options_.memory_limit));
    if (!frame) break;
    end = frame->frame_offset;
    frames.push_back(std::move(*frame));
  }
  if (frames.empty()) return Status(Code::kTruncated, "there is no frame");
  for (; !frames.empty(); frames.pop_back()) LMZ_TRY(AppendFrame(frames.back()));
  return OkStatus();
}

Status RangeReader::AppendFrame(const FrameIndex& frame) {
  uint64_t offset = frame.first_block;
  uint64_t number = 0;
  for (const FrameIndex::Sizes& sizes : frame.blocks) {
    LMZ_TRY(Append(
        {.offset = offset, .number = number++, .coded_size = sizes.coded, .raw_size = sizes.raw}));
    offset += sizes.coded;
  }
  return OkStatus();
}

Status RangeReader::FindBlocksFromStart() {
  WindowSource source(*input_, 0, input_->size());
  Reader reader(source, kHeaderReadSize);
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader.Next());
    if (item == Reader::Item::kEnd) return OkStatus();
    if (item != Reader::Item::kBlock) continue;
    const BlockRecord& block = reader.block();
    LMZ_TRY(Append({.offset = block.offset,
                    .number = block.number,
                    .coded_size = reader.offset() - block.offset + block.header.payload_size,
                    .raw_size = block.header.raw_size,
                    .is_compact = block.is_compact}));
  }
}

Status RangeReader::Decode(const Block& block) {
  BlockRecord record;
  uint64_t payload_offset = 0;
  LMZ_TRY(ReadBlockHeader(*input_, block.place, record, payload_offset));
  decoded_offset_.reset();
  ProgressMeter meter(options_.progress);
  LMZ_TRY(DecodeBlockAt(*input_, record, payload_offset, options_, meter, decoded_));
  decoded_offset_ = block.content_offset;
  return OkStatus();
}

Result<size_t> RangeReader::Read(uint64_t offset, MutableByteSpan buffer) {
  return WithMemoryErrors(
      [&]() -> Result<size_t> {
        size_t done = 0;
        while (done < buffer.size() && offset < content_size_) {
          const auto after = std::upper_bound(
              blocks_.begin(), blocks_.end(), offset,
              [](uint64_t wanted, const Entry& entry) { return wanted < entry.content_offset; });
          const Block block = this->block(static_cast<size_t>(after - blocks_.begin()) - 1);
          if (decoded_offset_ != block.content_offset) LMZ_TRY(Decode(block));
          const auto begin = static_cast<size_t>(offset - block.content_offset);
          const size_t size = std::min(buffer.size() - done, decoded_.size() - begin);
          std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(begin), size,
                      buffer.begin() + static_cast<std::ptrdiff_t>(done));
          done += size;
          offset += size;
        }
        return done;
      },
      "there is not enough memory for a block");
}

}  // namespace lmz
