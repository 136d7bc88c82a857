#include <deque>
#include <future>
#include <memory>

#include "api/pipeline.h"
#include "api/progress_meter.h"
#include "base/checksum.h"
#include "base/worker_pool.h"
#include "container/writer.h"
#include "plan/contest.h"

namespace lmz {

namespace {

constexpr uint64_t kMinBlockSize = uint64_t{1} << 16;

struct BlockWork {
  BlockPlan plan;
  ByteSpan raw;
  BlockHeader header = {};
  Bytes payload = {};
  std::future<Status> done = {};
};

// What one read gave; the planner cuts it into blocks.
struct Chunk {
  Bytes raw;
  std::deque<BlockWork> blocks;  // a deque: workers hold references
};

class CompressPipeline {
 public:
  CompressPipeline(Source& source, Sink& sink, const CompressOptions& options,
                   const PlanFunction& plan)
      : source_(source),
        sink_(sink),
        options_(options),
        plan_(plan),
        writer_(sink),
        meter_(options.progress),
        pool_(options.threads) {}

  Result<Progress> Run();

 private:
  Status ReadChunk(Bytes& raw);
  Status StartChunk(Bytes raw);
  Status FinishChunk();
  Status CodeBlock(BlockWork& block);
  Status WriteBlock(const BlockHeader& header, ByteSpan payload);
  Status WriteCompact(const Chunk& chunk);

  Source& source_;
  Sink& sink_;
  const CompressOptions& options_;
  const PlanFunction& plan_;
  FrameWriter writer_;
  uint64_t read_size_ = 0;
  bool is_at_end_ = false;
  Progress progress_;
  ProgressMeter meter_;
  std::mutex crew_mutex_;
  std::deque<Chunk> in_flight_;
  WorkerPool pool_;  // after what its work refers to
};

Status CompressPipeline::ReadChunk(Bytes& raw) {
  LMZ_TRY(ReadGrowing(source_, options_.block_size, raw));
  is_at_end_ = raw.size() < options_.block_size;
  read_size_ += raw.size();
  if (options_.content_size.has_value() && (read_size_ > *options_.content_size ||
                                            (is_at_end_ && read_size_ < *options_.content_size))) {
    return Status(Code::kInvalidArgument,
                  "the input should hold " + std::to_string(*options_.content_size) +
                      " bytes but holds another number; did it change meanwhile?");
  }
  return OkStatus();
}

Status CompressPipeline::StartChunk(Bytes raw) {
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

Status CompressPipeline::CodeBlock(BlockWork& block) {
  BlockProgress progress(meter_, block.raw.size(), block.raw.size(), 0);
  BlockResources resources = {.threads = options_.threads, .crew_mutex = &crew_mutex_};
  resources.report = [&progress](uint64_t done) { return progress.Report(done); };
  LMZ_ASSIGN(block.header,
             EncodePlanned(block.raw, block.plan, options_.model.get(), block.payload, resources));
  if (!progress.Finish(block.raw.size(), block.payload.size())) return CancelledStatus();
  return OkStatus();
}

Status CompressPipeline::WriteBlock(const BlockHeader& header, ByteSpan payload) {
  LMZ_TRY(writer_.WriteBlock(header, payload));
  progress_.raw_bytes += header.raw_size;
  return OkStatus();
}

// Waits for the oldest chunk and writes it. However the planner cut it, it never costs more than it
// would as one stored block: that makes the worst growth a promise.
Status CompressPipeline::FinishChunk() {
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

Status CompressPipeline::WriteCompact(const Chunk& chunk) {
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

Result<Progress> CompressPipeline::Run() {
  LMZ_TRY(ValidateThreads(options_.threads));
  if (options_.block_size < kMinBlockSize || options_.block_size > kMaxBlockRawSize) {
    return Status(Code::kInvalidArgument, "the block size is 64 KiB to 256 MiB, not " +
                                              std::to_string(options_.block_size) + " bytes");
  }
  Bytes first;
  LMZ_TRY(ReadChunk(first));
  const bool is_short = is_at_end_ && first.size() < kCompactRawLimit;
  std::optional<uint64_t> content_size = options_.content_size;
  if (is_at_end_) content_size = first.size();
  LMZ_TRY(StartChunk(std::move(first)));
  if (is_short && in_flight_.front().blocks.size() <= 1) {
    for (BlockWork& block : in_flight_.front().blocks) LMZ_TRY(block.done.get());
    LMZ_TRY(WriteCompact(in_flight_.front()));
    return progress_;
  }

  LMZ_TRY(writer_.Begin(content_size));
  while (!is_at_end_) {
    while (in_flight_.size() >= PiecesInFlight(options_.threads)) LMZ_TRY(FinishChunk());
    Bytes raw;
    LMZ_TRY(ReadChunk(raw));
    if (!raw.empty()) LMZ_TRY(StartChunk(std::move(raw)));
  }
  while (!in_flight_.empty()) LMZ_TRY(FinishChunk());
  LMZ_TRY(writer_.End());
  progress_.coded_bytes = writer_.coded_size();
  return progress_;
}

}  // namespace

Result<Progress> CompressPlanned(Source& source, Sink& sink, const CompressOptions& options,
                                 const PlanFunction& plan) {
  return CompressPipeline(source, sink, options, plan).Run();
}

}  // namespace lmz
