// The encoder of one frame, fed chunk by chunk: what the pipelines and the C boundary share.
#pragma once

#include <deque>
#include <future>
#include <mutex>
#include <optional>

#include "base/worker_pool.h"
#include "container/writer.h"
#include "stream/pipeline.h"
#include "stream/progress_meter.h"

namespace lmz {

inline constexpr uint64_t kMinBlockSize = uint64_t{1} << 16;

// Errors: kInvalidArgument for a number of threads or a block size out of range.
Status ValidateCompressOptions(const CompressOptions& options);

// Write any number of times, Flush in between, Finish once. What a chunk brings reaches the sink
// at once with one thread, by the next Flush or Finish with more. After an error there is nothing
// more to do. std::bad_alloc passes through.
class FrameEncoder {
 public:
  // `options` passed ValidateCompressOptions. `sink` outlives this.
  FrameEncoder(Sink& sink, CompressOptions options, PlanFunction plan);

  // The next chunk: 1 .. block_size bytes. Blocks never reach over chunks, so the result is the
  // same for equal chunks only. Errors: those of the sink, kInvalidArgument for more bytes than
  // content_size, kCancelled.
  Status Write(Bytes raw);

  // Writes all chunks so far. Errors: those of the sink, kCancelled.
  Status Flush();

  // The last chunk (0 .. block_size bytes) and the end of the frame; a frame of nothing but a short
  // last chunk becomes a compact one. Errors: as Write, also for fewer bytes than content_size.
  Result<Progress> Finish(Bytes raw);

 private:
  struct BlockWork {
    BlockPlan plan;
    ByteSpan raw;
    BlockHeader header = {};
    Bytes payload = {};
    std::future<Status> done = {};
  };

  // What one call gave; the planner cuts it into blocks.
  struct Chunk {
    Bytes raw;
    std::deque<BlockWork> blocks;  // a deque: workers hold references
  };

  Status CountInput(size_t size, bool is_last);
  Status Begin(std::optional<uint64_t> content_size);
  Status StartChunk(Bytes raw);
  Status FinishChunk();
  Status CodeBlock(BlockWork& block);
  Status WriteBlock(const BlockHeader& header, ByteSpan payload);
  Status WriteCompact(const Chunk& chunk);

  Sink& sink_;
  CompressOptions options_;
  PlanFunction plan_;
  FrameWriter writer_;
  uint64_t read_size_ = 0;
  bool has_begun_ = false;  // the frame header is written
  Progress progress_;
  ProgressMeter meter_;
  std::mutex crew_mutex_;
  std::deque<Chunk> in_flight_;
  WorkerPool pool_;  // after what its work refers to
};

}  // namespace lmz
