#include "stream/range.h"

#include <algorithm>
#include <utility>

#include "base/memory_errors.h"
#include "stream/block_decoding.h"
#include "stream/pipeline.h"

namespace lmz {

namespace {
constexpr size_t kHeaderReadSize = 1024;  // of which a block header takes a few dozen bytes
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

void RangeReader::Append(const BlockPlace& place) {
  blocks_.push_back({.place = place, .content_offset = content_size_});
  content_size_ += place.raw_size;
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
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    for (const BlockPlace& place : frame->blocks) Append(place);
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
    Append({.offset = block.offset,
            .number = block.number,
            .coded_size = reader.offset() - block.offset + block.header.payload_size,
            .raw_size = block.header.raw_size,
            .is_compact = block.is_compact});
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
              [](uint64_t wanted, const Block& block) { return wanted < block.content_offset; });
          const Block& block = *std::prev(after);
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
