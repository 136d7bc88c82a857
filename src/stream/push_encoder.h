// Compression that the caller feeds, any number of bytes at a time.
#pragma once

#include <optional>

#include "stream/frames_encoder.h"
#include "stream/push_stream.h"

namespace lmz {

// Holds what FramesEncoder holds, and blocks until they fit into the caller's buffer. Frames follow
// each other: after one ended, the next call begins another.
class PushEncoder {
 public:
  // `options` passed ValidateCompressOptions.
  explicit PushEncoder(CompressOptions options) : options_(std::move(options)) {}

  // Takes input and gives output until the directive is carried out (true) or there is no room for
  // output (false: call again with the same directive). Errors: kCancelled, kOutOfMemory,
  // kInvalidArgument for input that contradicts content_size or comes after kEnd was begun. After
  // an error every call gives it again, until Reset.
  Result<bool> Step(CallBuffers& buffers, Directive directive);

  // Drops the frame that was begun, if any.
  void Reset();

 private:
  Result<bool> TryStep(CallBuffers& buffers, Directive directive);
  FramesEncoder& OpenEncoder();

  CompressOptions options_;
  Status failure_;
  ByteQueue output_;
  bool is_ending_ = false;
  std::optional<FramesEncoder> encoder_;  // writes to output_
};

}  // namespace lmz
