// The decoder of frames, from a source that has everything or from one that is fed: what the
// pipelines and the C boundary share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>

#include "base/cpu_share.h"
#include "base/worker_pool.h"
#include "container/reader.h"
#include "stream/block_decoding.h"
#include "stream/pipeline.h"
#include "stream/progress_meter.h"

namespace lmz {

// Either Run, or Step, FinishAll and CheckEnd. std::bad_alloc passes through.
class FrameDecoder {
 public:
  // `options` has a valid number of threads; `source` and `sink` outlive this.
  FrameDecoder(Source& source, Sink& sink, DecompressOptions options);

  // Decodes all frames of the source. Errors: as Decompress.
  Result<Progress> Run();

  // Does the next piece of work with what the source holds now, `source_size` bytes: false when
  // that is not enough. What is decoded goes to the sink at once with one thread, else by FinishAll
  // at the latest. Errors: as Decompress, less kTruncated of the source; then FinishAll still
  // writes what comes before the failure, or gives an earlier one.
  Result<bool> Step(size_t source_size);
  // Waits for blocks in work and writes them. Errors: those of their blocks.
  Status FinishAll();
  // After Step gave false: kTruncated unless the input may end here.
  Status CheckEnd() const;
  // Bytes that Step took from the source but has not understood yet. Valid until the next call.
  ByteSpan pending() const { return reader_.buffered(); }
  // Whether the frame is over that is all by options.ends_with_frame. Then Step does nothing more.
  bool has_ended() const { return has_ended_; }

 private:
  struct BlockWork {
    BlockRecord record;
    Bytes payload;
    Bytes raw;
    bool is_on_device = false;
    uint64_t end_offset = 0;    // in the input, behind the payload
    uint64_t memory = 0;        // bytes that it may take until it is written
    uint64_t written_size = 0;  // of raw, by whoever writes
    uint64_t early_size = 0;    // of raw, decoded and ready to be written; guarded by early_mutex_
    bool is_over = false;       // nobody works on it any more; guarded by early_mutex_
    std::future<Status> done;
  };

  Status ReadAll();
  Status CheckFrame();
  Status CheckOutput(uint64_t raw_size);
  Status OpenBlock();
  BlockResources Resources(bool on_device);
  uint64_t BlocksExpected() const;
  bool IsForDevice(const BlockHeader& header, ByteSpan payload) const;
  Status WaitForMemory();
  Status StartBlock(Bytes payload);
  Status DecodeOne(BlockWork& block);
  bool TakeEarly(BlockWork& block, uint64_t size);
  void WriteEarly(BlockWork& block, uint64_t size);
  void WriteWhileDecoded(BlockWork& block);
  Status FinishBlock();
  Status FinishReady();

  Sink& sink_;
  DecompressOptions options_;
  const int workers_;  // blocks that are decoded at the same time
  Reader reader_;
  Bytes payload_;               // of a block that Step has begun to read
  bool is_block_open_ = false;  // payload_ waits for more
  bool has_ended_ = false;
  Status truncated_ =
      Status(Code::kTruncated, "the input ends before a frame; even an empty file has one");
  uint64_t promised_size_ = 0;  // raw bytes of all blocks begun
  uint64_t block_memory_ = 0;   // that the block that was opened last may take
  uint64_t memory_in_flight_ = 0;
  uint64_t raw_in_flight_ = 0;  // bytes of blocks that have begun
  uint64_t largest_block_ = 1;  // that was opened, in bytes
  Progress progress_;
  Status failure_;       // of FinishBlock, which later blocks must not pass
  Status sink_failure_;  // of bytes written early
  std::atomic<bool> is_sink_broken_ = false;
  std::mutex early_mutex_;
  std::condition_variable early_changed_;  // a block's early_size or is_over
  ProgressMeter meter_;
  std::mutex crew_mutex_;
  std::optional<CpuShare> cpu_share_;  // with a device
  std::deque<BlockWork> in_flight_;
  WorkerPool pool_;  // after what its work refers to
};

}  // namespace lmz
