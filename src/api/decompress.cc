#include <deque>
#include <future>

#include "api/pipeline.h"
#include "api/progress_meter.h"
#include "base/worker_pool.h"
#include "container/reader.h"

namespace lmz {

namespace {

struct BlockWork {
  BlockRecord record;
  Bytes payload;
  Bytes raw;
  uint64_t end_offset = 0;  // in the input, behind the payload
  uint64_t memory = 0;      // bytes that it may take until it is written
  std::future<Status> done;
};

class DecompressPipeline {
 public:
  DecompressPipeline(Source& source, Sink& sink, const DecompressOptions& options)
      : sink_(sink),
        options_(options),
        reader_(source),
        meter_(options.progress),
        pool_(options.threads) {}

  Result<Progress> Run();

 private:
  Status ReadAll();
  Status CheckOutput(uint64_t raw_size);
  Status CheckMemory(uint64_t memory);
  Status StartBlock();
  Status DecodeOne(BlockWork& block);
  Status FinishBlock();

  Sink& sink_;
  const DecompressOptions& options_;
  Reader reader_;
  uint64_t promised_size_ = 0;  // raw bytes of all blocks begun
  uint64_t memory_in_flight_ = 0;
  Progress progress_;
  Status failure_;  // of FinishBlock, which later blocks must not pass
  ProgressMeter meter_;
  std::mutex crew_mutex_;
  std::deque<BlockWork> in_flight_;
  WorkerPool pool_;  // after what its work refers to
};

Status DecompressPipeline::CheckOutput(uint64_t raw_size) {
  if (raw_size <= options_.output_limit - promised_size_) return OkStatus();
  return Status(Code::kLimit, "the output grows above the limit of " +
                                  std::to_string(options_.output_limit) + " bytes");
}

Status DecompressPipeline::CheckMemory(uint64_t memory) {
  if (memory <= options_.memory_limit) return OkStatus();
  return Status(Code::kLimit, "decoding needs " + std::to_string(memory) +
                                  " bytes of memory, more than the limit of " +
                                  std::to_string(options_.memory_limit));
}

Status DecompressPipeline::StartBlock() {
  const BlockRecord& record = reader_.block();
  const BlockHeader& header = record.header;
  const uint64_t memory = header.payload_size + header.raw_size + DecodeMemory(header);
  LMZ_TRY(CheckMemory(memory).At(BlockName(record)));
  LMZ_TRY(CheckOutput(header.raw_size).At(BlockName(record)));
  promised_size_ += header.raw_size;
  // The limit holds for all blocks in flight together: with little memory, fewer threads have work.
  while (in_flight_.size() >= PiecesInFlight(options_.threads) ||
         memory > options_.memory_limit - memory_in_flight_) {
    LMZ_TRY(FinishBlock());
  }
  Bytes payload;
  LMZ_TRY(reader_.ReadPayload(payload));
  BlockWork& block = in_flight_.emplace_back();
  block.record = record;
  block.memory = memory;
  memory_in_flight_ += memory;
  block.payload = std::move(payload);
  block.end_offset = reader_.offset();
  block.done = pool_.Submit([this, &block] { return DecodeOne(block); });
  return OkStatus();
}

Status DecompressPipeline::DecodeOne(BlockWork& block) {
  const BlockHeader& header = block.record.header;
  BlockProgress progress(meter_, header.raw_size, header.raw_size, header.payload_size);
  BlockResources resources = {
      .threads = options_.threads, .crew_mutex = &crew_mutex_, .models = options_.models};
  resources.report = [&progress](uint64_t done) { return progress.Report(done); };
  block.raw.resize(header.raw_size);
  LMZ_TRY(DecodeRecord(block.record, block.payload, block.raw, resources));
  if (!progress.Finish(header.raw_size, header.payload_size)) return CancelledStatus();
  return OkStatus();
}

Status DecompressPipeline::FinishBlock() {
  BlockWork& block = in_flight_.front();
  failure_ = block.done.get();
  if (failure_.ok()) failure_ = sink_.Write(block.raw);
  LMZ_TRY(failure_);
  progress_.raw_bytes += block.raw.size();
  progress_.coded_bytes = block.end_offset;
  memory_in_flight_ -= block.memory;
  in_flight_.pop_front();
  return OkStatus();
}

Status DecompressPipeline::ReadAll() {
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader_.Next());
    if (item == Reader::Item::kEnd) return OkStatus();
    if (item == Reader::Item::kFrame) {
      LMZ_TRY(CheckOutput(reader_.frame().content_size.value_or(0)));
    }
    if (item == Reader::Item::kBlock) LMZ_TRY(StartBlock());
  }
}

Result<Progress> DecompressPipeline::Run() {
  LMZ_TRY(ValidateThreads(options_.threads));
  const Status reading = ReadAll();
  // What is in flight comes before whatever ended the reading, and so do its failures.
  while (failure_.ok() && !in_flight_.empty()) LMZ_TRY(FinishBlock());
  LMZ_TRY(reading);
  progress_.coded_bytes = reader_.offset();
  return progress_;
}

}  // namespace

Result<Progress> DecompressFrames(Source& source, Sink& sink, const DecompressOptions& options) {
  return DecompressPipeline(source, sink, options).Run();
}

}  // namespace lmz
