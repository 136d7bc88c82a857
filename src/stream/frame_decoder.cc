#include "stream/frame_decoder.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lmz {

namespace {

// Whether a block is copied sooner than handed to another thread.
bool IsQuick(const BlockHeader& header) {
  constexpr uint64_t kMaxQuickSize = uint64_t{1} << 16;
  return header.codec == kStoredCodec.id && header.raw_size <= kMaxQuickSize;
}

}  // namespace

FrameDecoder::FrameDecoder(Source& source, Sink& sink, DecompressOptions options)
    : sink_(sink),
      options_(std::move(options)),
      workers_(BlocksTogether(options_.device.get(), options_.threads, kWideBlockSize)),
      reader_(source),
      meter_(options_.progress),
      pool_(workers_) {
  if (options_.device != nullptr) cpu_share_.emplace(options_.threads);
}

Status FrameDecoder::CheckOutput(uint64_t raw_size) {
  return CheckOutputSize(raw_size, promised_size_, options_.output_limit);
}

Status FrameDecoder::OpenBlock() {
  const BlockRecord& record = reader_.block();
  const Result<uint64_t> memory = CheckBlockSize(record.header, options_.memory_limit);
  LMZ_TRY(memory.status().At(BlockName(record)));
  block_memory_ = memory.value();
  LMZ_TRY(CheckOutput(record.header.raw_size).At(BlockName(record)));
  promised_size_ += record.header.raw_size;
  const uint64_t raw_size = record.header.raw_size;
  largest_block_ = std::max(largest_block_, raw_size);
  const auto most = [&] {
    const uint64_t mean = (raw_in_flight_ + raw_size) / (in_flight_.size() + 1);
    return PiecesInFlight(
        BlocksTogether(options_.device.get(), options_.threads, std::max(mean, kWideBlockSize)));
  };
  while (in_flight_.size() >= most()) LMZ_TRY(FinishBlock());
  return WaitForMemory();
}

// The limit holds for all blocks in flight together: with little memory, fewer threads have work.
// Without one, a small input of large blocks must not take what all of them claim.
Status FrameDecoder::WaitForMemory() {
  const uint64_t limit = options_.memory_limit != UINT64_MAX
                             ? options_.memory_limit
                             : static_cast<uint64_t>(workers_) * kUsualBlockMemory;
  while (!in_flight_.empty() && memory_in_flight_ + block_memory_ > limit) LMZ_TRY(FinishBlock());
  return OkStatus();
}

BlockResources FrameDecoder::Resources(bool on_device) {
  BlockResources resources = ResourcesOfBlock(
      options_.device.get(), on_device ? &*cpu_share_ : nullptr, options_.threads, crew_mutex_);
  resources.models = options_.models.get();
  return resources;
}

// How many blocks the frame has, by its largest one so far.
uint64_t FrameDecoder::BlocksExpected() const {
  const std::optional<uint64_t> content_size = reader_.frame().content_size;
  return content_size ? BlocksOf(*content_size, largest_block_) : UINT64_MAX;
}

bool FrameDecoder::IsForDevice(const BlockHeader& header, ByteSpan payload) const {
  const BlockResources resources = {.models = options_.models.get()};
  const ByteSpan code = CodeOf(header, payload);
  if (header.codec == kTextCodec.id) {
    return SuitsDevice(code, BlocksExpected(), *options_.device, resources);
  }
  return header.codec == kTokenCodec.id &&
         TokensSuitDevice(code, BlocksExpected(), *options_.device, resources);
}

Status FrameDecoder::StartBlock(Bytes payload) {
  const BlockHeader& header = reader_.block().header;
  const bool on_device = options_.device != nullptr && IsForDevice(header, payload);
  const Result<uint64_t> memory =
      CheckDecodeMemory(header, payload, Resources(on_device), options_.memory_limit);
  LMZ_TRY(memory.status().At(BlockName(reader_.block())));
  block_memory_ = memory.value();
  LMZ_TRY(WaitForMemory());
  BlockWork& block = in_flight_.emplace_back();
  block.record = reader_.block();
  block.memory = block_memory_;
  block.is_on_device = on_device;
  memory_in_flight_ += block_memory_;
  raw_in_flight_ += block.record.header.raw_size;
  block.payload = std::move(payload);
  block.end_offset = reader_.offset();
  const auto decode = [this, &block] {
    // However it ends, whoever waits for the block must wake up.
    struct Ending {
      ~Ending() {
        const std::lock_guard lock(decoder.early_mutex_);
        block.is_over = true;
        decoder.early_changed_.notify_one();
      }
      FrameDecoder& decoder;
      BlockWork& block;
    };
    const Ending ending{*this, block};
    return DecodeOne(block);
  };
  if (IsQuick(header)) {
    std::packaged_task<Status()> task(decode);
    block.done = task.get_future();
    task();
  } else {
    block.done = pool_.Submit(decode);
  }
  return OkStatus();
}

Status FrameDecoder::DecodeOne(BlockWork& block) {
  const BlockHeader& header = block.record.header;
  BlockProgress progress(meter_, header.raw_size, header.raw_size, header.payload_size);
  BlockResources resources = Resources(block.is_on_device);
  resources.report = [&progress](uint64_t done, uint64_t code_size) {
    return progress.Report(done, code_size);
  };
  if (options_.writes_early) {
    resources.decoded = [this, &block](uint64_t size) { return TakeEarly(block, size); };
  }
  const CpuShare::Turn turn(cpu_share_.has_value() ? &*cpu_share_ : nullptr);
  block.raw.resize(static_cast<size_t>(header.raw_size));
  LMZ_TRY(DecodeRecord(block.record, block.payload, block.raw, resources));
  if (!progress.Finish(header.raw_size, header.payload_size)) return CancelledStatus();
  return OkStatus();
}

// A codec has decoded the first `size` bytes of the block. Called by whoever works on it.
bool FrameDecoder::TakeEarly(BlockWork& block, uint64_t size) {
  if (workers_ == 1) {  // the caller works on it, and there is no other block
    WriteEarly(block, size);
  } else {
    const std::lock_guard lock(early_mutex_);
    block.early_size = size;
    early_changed_.notify_one();
  }
  return !is_sink_broken_;
}

// Writes what is new of the first `size` bytes, in pieces that grow.
void FrameDecoder::WriteEarly(BlockWork& block, uint64_t size) {
  constexpr uint64_t kLargestPiece = uint64_t{1} << 16;
  const uint64_t news = size - block.written_size;
  if (news == 0 || news < std::min(block.written_size, kLargestPiece) || is_sink_broken_) return;
  sink_failure_ = sink_.Write(ByteSpan(block.raw).subspan(static_cast<size_t>(block.written_size),
                                                          static_cast<size_t>(news)));
  is_sink_broken_ = !sink_failure_.ok();
  block.written_size = size;
}

void FrameDecoder::WriteWhileDecoded(BlockWork& block) {
  std::unique_lock lock(early_mutex_);
  while (!block.is_over) {
    const uint64_t size = block.early_size;
    lock.unlock();
    WriteEarly(block, size);
    lock.lock();
    early_changed_.wait(lock, [&] { return block.is_over || block.early_size != size; });
  }
}

Status FrameDecoder::FinishBlock() {
  BlockWork& block = in_flight_.front();
  if (options_.writes_early && workers_ > 1) WriteWhileDecoded(block);
  failure_ = block.done.get();
  if (is_sink_broken_) failure_ = sink_failure_;
  if (failure_.ok())
    failure_ = sink_.Write(ByteSpan(block.raw).subspan(static_cast<size_t>(block.written_size)));
  LMZ_TRY(failure_);
  progress_.raw_bytes += block.raw.size();
  progress_.coded_bytes = block.end_offset;
  memory_in_flight_ -= block.memory;
  raw_in_flight_ -= block.record.header.raw_size;
  in_flight_.pop_front();
  return OkStatus();
}

Status FrameDecoder::CheckFrame() {
  return CheckOutput(reader_.frame().content_size.value_or(0));
}

Status FrameDecoder::ReadAll() {
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader_.Next());
    if (item == Reader::Item::kEnd) return OkStatus();
    if (item == Reader::Item::kFrameEnd && options_.ends_with_frame) return OkStatus();
    if (item == Reader::Item::kFrame) LMZ_TRY(CheckFrame());
    if (item != Reader::Item::kBlock) continue;
    LMZ_TRY(OpenBlock());
    Bytes payload;
    LMZ_TRY(reader_.ReadPayload(payload));
    LMZ_TRY(StartBlock(std::move(payload)));
  }
}

Status FrameDecoder::FinishAll() {
  while (failure_.ok() && !in_flight_.empty()) LMZ_TRY(FinishBlock());
  return failure_;
}

Status FrameDecoder::FinishReady() {
  while (failure_.ok() && !in_flight_.empty() &&
         in_flight_.front().done.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    LMZ_TRY(FinishBlock());
  }
  return failure_;
}

Result<Progress> FrameDecoder::Run() {
  const Status reading = ReadAll();
  // What is in flight comes before whatever ended the reading, and so do its failures.
  LMZ_TRY(FinishAll());
  LMZ_TRY(reading);
  progress_.coded_bytes = reader_.offset();
  return progress_;
}

Result<bool> FrameDecoder::Step(size_t source_size) {
  if (is_block_open_) {
    LMZ_ASSIGN(const bool is_whole, reader_.ResumePayload(payload_, source_size));
    if (!is_whole) return false;
    is_block_open_ = false;
    LMZ_TRY(StartBlock(std::exchange(payload_, {})));
    LMZ_TRY(FinishReady());
    return true;
  }
  const Result<Reader::Item> item = reader_.TryNext();
  if (!item.ok() && item.status().code() == Code::kTruncated) {
    truncated_ = item.status();
    return false;
  }
  LMZ_TRY(item.status());
  truncated_ = OkStatus();
  if (item.value() == Reader::Item::kEnd) return false;
  has_ended_ = item.value() == Reader::Item::kFrameEnd && options_.ends_with_frame;
  if (item.value() == Reader::Item::kFrame) LMZ_TRY(CheckFrame());
  if (item.value() == Reader::Item::kBlock) {
    LMZ_TRY(OpenBlock());
    is_block_open_ = true;
  }
  return true;
}

Status FrameDecoder::CheckEnd() const {
  if (is_block_open_) {
    return Status(Code::kTruncated, "the file ends too early").At(BlockName(reader_.block()));
  }
  return truncated_;
}

Result<Progress> DecompressFrames(Source& source, Sink& sink, const DecompressOptions& options) {
  LMZ_TRY(ValidateThreads(options.threads));
  return FrameDecoder(source, sink, options).Run();
}

}  // namespace lmz
