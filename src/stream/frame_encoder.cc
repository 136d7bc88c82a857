#include "stream/frame_encoder.h"

#include <utility>

#include "base/checksum.h"
#include "plan/contest.h"

namespace lmz {

Status ValidateCompressOptions(const CompressOptions& options) {
  LMZ_TRY(ValidateThreads(options.threads));
  if (options.block_size < kMinBlockSize || options.block_size > kMaxBlockRawSize) {
    return Status(Code::kInvalidArgument, "the block size is 64 KiB to 256 MiB, not " +
                                              std::to_string(options.block_size) + " bytes");
  }
  return OkStatus();
}

FrameEncoder::FrameEncoder(Sink& sink, CompressOptions options, PlanFunction plan)
    : sink_(sink),
      options_(std::move(options)),
      plan_(std::move(plan)),
      writer_(sink),
      meter_(options_.progress),
      pool_(options_.threads) {}

Status FrameEncoder::CountInput(size_t size, bool is_last) {
  read_size_ += size;
  if (options_.content_size.has_value() &&
      (read_size_ > *options_.content_size || (is_last && read_size_ < *options_.content_size))) {
    return Status(Code::kInvalidArgument,
                  "the input should hold " + std::to_string(*options_.content_size) +
                      " bytes but holds another number; did it change meanwhile?");
  }
  return OkStatus();
}

Status FrameEncoder::StartChunk(Bytes raw) {
  Chunk& chunk = in_flight_.emplace_back();
  chunk.raw = std::move(raw);
  const ByteSpan input = chunk.raw;
  uint64_t planned = 0;
  for (const BlockPlan& plan : plan_(input, {.max_block_size = options_.block_size})) {
    LMZ_CHECK(plan.offset == planned && plan.size > 0 && plan.size <= input.size() - planned);
    chunk.blocks.push_back({.plan = plan, .raw = input.subspan(planned, plan.size)});
    planned += plan.size;
  }
  LMZ_CHECK(planned == input.size());
  for (BlockWork& block : chunk.blocks) {
    block.done = pool_.Submit([this, &block] { return CodeBlock(block); });
  }
  return OkStatus();
}

Status FrameEncoder::CodeBlock(BlockWork& block) {
  BlockProgress progress(meter_, block.raw.size(), block.raw.size(), 0);
  BlockResources resources = {.threads = options_.threads, .crew_mutex = &crew_mutex_};
  resources.report = [&progress](uint64_t done, uint64_t code_size) {
    return progress.Report(done, code_size);
  };
  LMZ_ASSIGN(block.header,
             EncodePlanned(block.raw, block.plan, options_.model.get(), block.payload, resources));
  if (!progress.Finish(block.raw.size(), block.payload.size())) return CancelledStatus();
  return OkStatus();
}

Status FrameEncoder::WriteBlock(const BlockHeader& header, ByteSpan payload) {
  LMZ_TRY(writer_.WriteBlock(header, payload));
  progress_.raw_bytes += header.raw_size;
  return OkStatus();
}

// Waits for the oldest chunk and writes it. However the planner cut it, it never costs more than it
// would as one stored block: that makes the worst growth a promise.
Status FrameEncoder::FinishChunk() {
  Chunk& chunk = in_flight_.front();
  uint64_t cost = 0;
  for (BlockWork& block : chunk.blocks) {
    LMZ_TRY(block.done.get());
    cost += FullFrameCost(block.header);
  }
  const BlockHeader stored = {.raw_size = chunk.raw.size(), .payload_size = chunk.raw.size()};
  if (FullFrameCost(stored) < cost) {
    BlockHeader header = stored;
    header.checksum = Checksum64(chunk.raw);
    LMZ_TRY(WriteBlock(header, chunk.raw));
  } else {
    for (const BlockWork& block : chunk.blocks) LMZ_TRY(WriteBlock(block.header, block.payload));
  }
  in_flight_.pop_front();
  return OkStatus();
}

Status FrameEncoder::WriteCompact(const Chunk& chunk) {
  Bytes frame;
  if (chunk.raw.empty()) {
    AppendCompactFrame({}, {}, {}, frame);
  } else {
    const BlockWork& block = chunk.blocks.front();
    AppendCompactFrame(block.header, block.payload, chunk.raw, frame);
  }
  LMZ_TRY(sink_.Write(frame));
  progress_ = {.raw_bytes = chunk.raw.size(), .coded_bytes = frame.size()};
  return OkStatus();
}

Status FrameEncoder::Begin(std::optional<uint64_t> content_size) {
  if (has_begun_) return OkStatus();
  has_begun_ = true;
  return writer_.Begin(content_size);
}

Status FrameEncoder::Write(Bytes raw) {
  LMZ_TRY(CountInput(raw.size(), false));
  LMZ_TRY(Begin(options_.content_size));
  LMZ_TRY(StartChunk(std::move(raw)));
  while (in_flight_.size() >= PiecesInFlight(options_.threads)) LMZ_TRY(FinishChunk());
  return OkStatus();
}

Status FrameEncoder::Flush() {
  while (!in_flight_.empty()) LMZ_TRY(FinishChunk());
  return OkStatus();
}

Result<Progress> FrameEncoder::Finish(Bytes raw) {
  LMZ_TRY(CountInput(raw.size(), true));
  const bool is_whole = !has_begun_;
  const bool is_short = is_whole && raw.size() < kCompactRawLimit;
  if (is_whole) options_.content_size = raw.size();
  if (is_whole || !raw.empty()) LMZ_TRY(StartChunk(std::move(raw)));
  if (is_short && in_flight_.front().blocks.size() <= 1) {
    for (BlockWork& block : in_flight_.front().blocks) LMZ_TRY(block.done.get());
    LMZ_TRY(WriteCompact(in_flight_.front()));
    return progress_;
  }
  LMZ_TRY(Begin(options_.content_size));
  LMZ_TRY(Flush());
  LMZ_TRY(writer_.End());
  progress_.coded_bytes = writer_.coded_size();
  return progress_;
}

}  // namespace lmz
