// Decompression that the caller feeds, any number of bytes at a time.
#pragma once

#include <optional>

#include "stream/frame_decoder.h"
#include "stream/push_stream.h"

namespace lmz {

// Holds one block (more with threads) and what is decoded until it fits into the caller's buffer.
class PushDecoder {
 public:
  // `options` has a valid number of threads.
  explicit PushDecoder(DecompressOptions options) : options_(std::move(options)) {}

  // Takes input and gives output until the directive is carried out (true) or there is no room for
  // output (false: call again with the same directive). kEnd says that no more input comes; when
  // carried out, the next call begins another input. Errors: as Decompress; what was decoded before
  // the failure is given out first. After an error every call gives it again, until Reset.
  Result<bool> Step(CallBuffers& buffers, Directive directive);

  // Whether the frame is over that is all by options.ends_with_frame, and its content given out.
  // Until the next Reset, further steps take no input.
  bool has_ended() const;

  // The input behind that frame that steps have taken; what they have not is in their buffers.
  // Resets. May throw std::bad_alloc.
  Bytes TakeUnused();

  // Forgets the input that was begun, if any.
  void Reset();

 private:
  Result<bool> TryStep(CallBuffers& buffers, Directive directive);
  Result<bool> DecodeMore(Directive directive);
  Result<bool> Advance(Directive directive);

  DecompressOptions options_;
  Status failure_;
  ByteQueue input_;
  ByteQueue output_;
  uint64_t awaited_size_ = 0;  // of waiting input, before which it is not worth another look
  std::optional<FrameDecoder> decoder_;  // reads input_, writes to output_
};

}  // namespace lmz
