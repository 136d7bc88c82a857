// The encoder of one frame, fed any number of bytes at a time: what the pipelines and the C
// boundary share.
#pragma once

#include <deque>
#include <future>
#include <mutex>
#include <optional>

#include "base/cpu_share.h"
#include "base/worker_pool.h"
#include "container/writer.h"
#include "stream/pipeline.h"
#include "stream/progress_meter.h"

namespace lmz {

inline constexpr uint64_t kMinBlockSize = uint64_t{1} << 16;

// Errors: kInvalidArgument for a number of threads, a block size or a frame size out of range.
Status ValidateCompressOptions(const CompressOptions& options);

// How many windows may be in the hands of the workers: enough for all of them, when blocks have the
// usual size.
inline uint64_t WindowsInFlight(const CompressOptions& options) {
  const uint64_t pieces = PiecesInFlight(
      BlocksTogether(options.device.get(), options.threads, ChosenBlockSize(options)));
  if (options.block_size != 0 || options.is_wide || pieces == 1) return pieces;
  const uint64_t held = (pieces - 1) * kUsualBlockSize;
  const uint64_t block_size = ChosenBlockSize(options);
  return 1 + (held + block_size - 1) / block_size;
}

// The most bytes of input that an encoder holds at a time: a window, which is a block's size of new
// bytes behind at most as many that the planner left over; a copy of what is left over; and the
// windows, or what the planner took of them, of which not all blocks are written. Code comes to no
// more than the latter again.
inline uint64_t MaxInputHeld(const CompressOptions& options) {
  return (2 * WindowsInFlight(options) + 1) * ChosenBlockSize(options);
}

// Write any number of times, Flush in between, Finish once. The result depends on the bytes and on
// where they were flushed, not on how they were divided among calls. A block reaches the sink at
// once with one thread, by the next Flush or Finish with more. After an error there is nothing more
// to do. std::bad_alloc passes through.
class FrameEncoder {
 public:
  // `options` passed ValidateCompressOptions. `sink` outlives this.
  FrameEncoder(Sink& sink, CompressOptions options, PlanFunction plan);

  // Takes some of `bytes`, at least one if there is one, and returns how many. Full windows are
  // planned once more bytes come, since the last one is planned as such. No more than
  // options.content_size, if it is known. Errors: those of the sink, kCancelled.
  Result<size_t> Write(ByteSpan bytes);

  // Plans and writes all bytes so far. Errors: those of the sink, kCancelled.
  Status Flush();

  // The end of the frame, after options.content_size bytes if it is known; a frame of few bytes
  // becomes a compact one. Errors: as Write.
  Result<Progress> Finish();

 private:
  struct BlockWork {
    BlockPlan plan;
    ByteSpan raw;
    BlockHeader header = {};
    Bytes payload = {};
    std::future<Status> done = {};
  };

  // What the planner made blocks of at once.
  struct Chunk {
    Bytes raw;
    std::deque<BlockWork> blocks;  // a deque: workers hold references
  };

  Status Begin(std::optional<uint64_t> content_size);
  Status PlanWindow(Edge edge);
  Status FinishChunk();
  Status WriteStored(ByteSpan raw);
  Status CodeBlock(BlockWork& block);
  Status WriteBlock(const BlockHeader& header, ByteSpan payload);
  Result<bool> WriteCompact();

  Sink& sink_;
  CompressOptions options_;
  uint64_t block_size_;  // the largest
  PlanFunction plan_;
  FrameWriter writer_;
  Bytes window_;
  size_t left_over_ = 0;  // at the beginning of the window: what the planner has seen before
  uint64_t read_size_ = 0;
  bool has_begun_ = false;  // the frame header is written
  Progress progress_;
  ProgressMeter meter_;
  std::mutex crew_mutex_;
  std::optional<CpuShare> cpu_share_;  // with a device
  std::deque<Chunk> in_flight_;
  WorkerPool pool_;  // after what its work refers to
};

}  // namespace lmz
