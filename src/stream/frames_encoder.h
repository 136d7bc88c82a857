// The encoder of a whole content: one frame, or a sequence of frames of a given size.
#pragma once

#include <optional>

#include "stream/frame_encoder.h"

namespace lmz {

// Used as FrameEncoder is. Each frame is what its part of the content alone would become.
class FramesEncoder {
 public:
  // `options` passed ValidateCompressOptions. `sink` outlives this. Each frame gets `plan` as it is
  // now, a copy of its own.
  FramesEncoder(Sink& sink, CompressOptions options, PlanFunction plan);
  FramesEncoder(const FramesEncoder&) = delete;
  FramesEncoder& operator=(const FramesEncoder&) = delete;

  // Takes some of `bytes`, at least one if there is one, and returns how many. Errors: those of the
  // sink, kInvalidArgument for more bytes than content_size, kCancelled.
  Result<size_t> Write(ByteSpan bytes);

  // Writes all bytes so far. Errors: those of the sink, kCancelled.
  Status Flush();

  // The end of the last frame. Errors: as Write, also for fewer bytes than content_size.
  Result<Progress> Finish();

 private:
  // Bytes taken so far.
  uint64_t read_size() const { return progress_.raw_bytes + frame_read_size_; }
  Status CheckContentSize(uint64_t size, bool is_last) const;
  FrameEncoder& OpenFrame();
  Status EndFrame();

  Sink& sink_;
  const CompressOptions options_;
  const PlanFunction plan_;
  Progress progress_;             // of the frames that have ended
  uint64_t frame_read_size_ = 0;  // bytes that the open frame has taken
  std::optional<FrameEncoder> frame_;
};

}  // namespace lmz
