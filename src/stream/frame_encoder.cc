#include "stream/frame_encoder.h"

#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "codec/observer.h"
#include "codec/text/layout.h"
#include "codec/token/token.h"
#include "plan/contest/contest.h"

namespace lmz {

namespace {

// A device that is not worth it does not count.
CompressOptions WithUsefulDevice(CompressOptions options) {
  const Model* const model = options.model.get();
  const uint64_t block_size = ChosenBlockSize(options);
  const bool has_tokens = model != nullptr && model->as_token_predictor() != nullptr;
  const uint64_t least_size = std::min(options.content_size.value_or(block_size), block_size);
  const int lanes = has_tokens ? LanesOfTokens(least_size, options.is_wide)
                               : text::Layout::For(block_size, options.is_wide).lanes();
  const uint64_t blocks =
      options.content_size ? BlocksOf(*options.content_size, block_size) : UINT64_MAX;
  if (options.device != nullptr &&
      (model == nullptr || !options.device->IsWorthIt(model->parameters(), lanes, blocks))) {
    options.device = nullptr;
  }
  return options;
}

// What `raw_size` bytes cost in stored blocks.
uint64_t StoredCost(uint64_t raw_size, uint64_t block_size) {
  uint64_t cost = 0;
  for (uint64_t left = raw_size; left != 0;) {
    const uint64_t size = std::min(left, block_size);
    cost += FullFrameCost({.raw_size = size, .payload_size = size});
    left -= size;
  }
  return cost;
}

}  // namespace

Status ValidateCompressOptions(const CompressOptions& options) {
  LMZ_TRY(ValidateThreads(options.threads));
  const bool is_chosen = options.block_size == 0;
  if (!is_chosen && (options.block_size < kMinBlockSize || options.block_size > kMaxBlockRawSize)) {
    return Status(Code::kInvalidArgument, "the block size is 64 KiB to 256 MiB, not " +
                                              std::to_string(options.block_size) + " bytes");
  }
  if (options.frame_size < kMinBlockSize) {
    return Status(Code::kInvalidArgument, "the frame size is 64 KiB or more, not " +
                                              std::to_string(options.frame_size) + " bytes");
  }
  return OkStatus();
}

FrameEncoder::FrameEncoder(Sink& sink, CompressOptions options, PlanFunction plan)
    : sink_(sink),
      options_(WithUsefulDevice(std::move(options))),
      block_size_(ChosenBlockSize(options_)),
      plan_(std::move(plan)),
      writer_(sink),
      meter_(options_.progress),
      pool_(BlocksTogether(options_.device.get(), options_.threads, block_size_)) {
  if (options_.device != nullptr) cpu_share_.emplace(options_.threads);
}

// Starts to code the blocks that the planner makes of the window, and keeps what it leaves over.
Status FrameEncoder::PlanWindow(Edge edge) {
  if (edge != Edge::kEnd) LMZ_TRY(Begin(options_.content_size));  // the end may be a compact frame
  PlanOptions plan_options = {.max_block_size = block_size_};
  const bool may_be_long = options_.block_size == 0 && !options_.is_wide;
  if (may_be_long) plan_options.usual_block_size = kUsualBlockSize;
  const std::vector<BlockPlan> plan = plan_(window_, edge, plan_options);
  uint64_t planned = 0;
  for (const BlockPlan& block : plan) {
    LMZ_CHECK(block.offset == planned && block.size > 0 && block.size <= window_.size() - planned);
    planned += block.size;
  }
  const uint64_t rest = window_.size() - planned;
  LMZ_CHECK(edge == Edge::kOpen ? rest <= block_size_ : rest == 0);
  left_over_ = static_cast<size_t>(rest);
  if (plan.empty()) return OkStatus();
  Bytes next(window_.end() - static_cast<std::ptrdiff_t>(rest), window_.end());
  window_.resize(static_cast<size_t>(planned));
  window_.swap(next);
  Chunk& chunk = in_flight_.emplace_back();
  chunk.raw.swap(next);
  for (const BlockPlan& block : plan) {
    chunk.blocks.push_back({.plan = block,
                            .raw = ByteSpan(chunk.raw).subspan(static_cast<size_t>(block.offset),
                                                               static_cast<size_t>(block.size))});
  }
  for (BlockWork& block : chunk.blocks) {
    block.done = pool_.Submit([this, &block] { return CodeBlock(block); });
  }
  return OkStatus();
}

Status FrameEncoder::CodeBlock(BlockWork& block) {
  BlockProgress progress(meter_, block.raw.size(), block.raw.size(), 0);
  BlockResources resources =
      ResourcesOfBlock(options_.device.get(), cpu_share_.has_value() ? &*cpu_share_ : nullptr,
                       options_.threads, crew_mutex_);
  const CpuShare::Turn turn(resources.cpu_share);
  resources.observer = options_.observer;
  if (options_.observer != nullptr) options_.observer->BeginBlock();
  resources.report = [&progress](uint64_t done, uint64_t code_size) {
    return progress.Report(done, code_size);
  };
  LMZ_ASSIGN(block.header,
             EncodePlanned(block.raw, block.plan, ModelUse(options_.model.get(), options_.is_wide),
                           block.payload, resources));
  if (!progress.Finish(block.raw.size(), block.payload.size())) return CancelledStatus();
  return OkStatus();
}

Status FrameEncoder::WriteBlock(const BlockHeader& header, ByteSpan payload) {
  LMZ_TRY(writer_.WriteBlock(header, payload));
  progress_.raw_bytes += header.raw_size;
  return OkStatus();
}

Status FrameEncoder::WriteStored(ByteSpan raw) {
  while (!raw.empty()) {
    const ByteSpan block =
        raw.first(static_cast<size_t>(std::min<uint64_t>(raw.size(), block_size_)));
    const BlockHeader header = {
        .raw_size = block.size(), .payload_size = block.size(), .checksum = Checksum64(block)};
    LMZ_TRY(WriteBlock(header, block));
    raw = raw.subspan(block.size());
  }
  return OkStatus();
}

// Waits for the oldest chunk and writes it. However the planner cut it, it never costs more than it
// would in stored blocks as long as can be: that makes the worst growth a promise.
Status FrameEncoder::FinishChunk() {
  Chunk& chunk = in_flight_.front();
  uint64_t cost = 0;
  for (BlockWork& block : chunk.blocks) {
    if (block.done.valid()) LMZ_TRY(block.done.get());
    cost += FullFrameCost(block.header);
  }
  if (StoredCost(chunk.raw.size(), block_size_) < cost) {
    LMZ_TRY(WriteStored(chunk.raw));
  } else {
    for (const BlockWork& block : chunk.blocks) LMZ_TRY(WriteBlock(block.header, block.payload));
  }
  in_flight_.pop_front();
  return OkStatus();
}

// The whole content is at most one block. False where a compact frame cannot hold it.
Result<bool> FrameEncoder::WriteCompact() {
  Bytes frame;
  if (in_flight_.empty()) {
    AppendCompactFrame({}, {}, {}, frame);
  } else {
    BlockWork& block = in_flight_.front().blocks.front();
    LMZ_TRY(block.done.get());
    AppendCompactFrame(block.header, block.payload, block.raw, frame);
  }
  if (EndsInMagic(frame)) return false;
  LMZ_TRY(sink_.Write(frame));
  progress_ = {.raw_bytes = read_size_, .coded_bytes = frame.size()};
  return true;
}

Status FrameEncoder::Begin(std::optional<uint64_t> content_size) {
  if (has_begun_) return OkStatus();
  has_begun_ = true;
  return writer_.Begin(content_size);
}

Result<size_t> FrameEncoder::Write(ByteSpan bytes) {
  if (bytes.empty()) return size_t{0};
  const size_t full_size = left_over_ + static_cast<size_t>(block_size_);
  if (window_.size() == full_size) {
    LMZ_TRY(PlanWindow(Edge::kOpen));
    while (in_flight_.size() >= WindowsInFlight(options_)) LMZ_TRY(FinishChunk());
    return Write(bytes);
  }
  const size_t taken = std::min(bytes.size(), full_size - window_.size());
  read_size_ += taken;
  const size_t size = window_.size() + taken;
  // Grows with the bytes that have arrived, and not beyond a window.
  if (size > window_.capacity()) window_.reserve(std::min(2 * size, full_size));
  window_.insert(window_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  return taken;
}

Status FrameEncoder::Flush() {
  if (!window_.empty()) LMZ_TRY(PlanWindow(Edge::kFlush));
  while (!in_flight_.empty()) LMZ_TRY(FinishChunk());
  return OkStatus();
}

Result<Progress> FrameEncoder::Finish() {
  const bool is_whole = !has_begun_;
  if (is_whole) options_.content_size = window_.size();
  if (!window_.empty()) LMZ_TRY(PlanWindow(Edge::kEnd));
  const bool is_short = is_whole && read_size_ < kCompactRawLimit;
  if (is_short && (in_flight_.empty() || in_flight_.front().blocks.size() == 1)) {
    LMZ_ASSIGN(const bool is_written, WriteCompact());
    if (is_written) return progress_;
  }
  LMZ_TRY(Begin(options_.content_size));
  while (!in_flight_.empty()) LMZ_TRY(FinishChunk());
  LMZ_TRY(writer_.End());
  progress_.coded_bytes = writer_.coded_size();
  return progress_;
}

}  // namespace lmz
