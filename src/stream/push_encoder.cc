#include "stream/push_encoder.h"

#include <utility>

#include "base/memory_errors.h"

namespace lmz {

Result<bool> PushEncoder::Step(CallBuffers& buffers, Directive directive) {
  LMZ_TRY(failure_);
  Result<bool> done = WithMemoryErrors([&] { return TryStep(buffers, directive); },
                                       "there is not enough memory; use smaller blocks");
  failure_ = done.status();
  return done;
}

void PushEncoder::Reset() {
  encoder_.reset();
  failure_ = OkStatus();
  output_ = {};
  is_ending_ = false;
}

FramesEncoder& PushEncoder::OpenEncoder() {
  if (!encoder_) encoder_.emplace(output_, options_, StreamPlanner());
  return *encoder_;
}

Result<bool> PushEncoder::TryStep(CallBuffers& buffers, Directive directive) {
  if (is_ending_ && (directive != Directive::kEnd || !buffers.in.empty())) {
    return Status(Code::kInvalidArgument,
                  "the frame is ending: take its output to the end before anything else");
  }
  for (;;) {
    output_.DrainTo(buffers.out);
    if (!output_.empty()) return false;
    if (is_ending_) {
      Reset();
      return true;
    }
    if (buffers.in.empty()) break;
    LMZ_ASSIGN(const size_t taken, OpenEncoder().Write(buffers.in));
    buffers.in = buffers.in.subspan(taken);
  }
  if (directive == Directive::kRun) return true;
  if (directive == Directive::kFlush) {
    if (encoder_) LMZ_TRY(encoder_->Flush());
    output_.DrainTo(buffers.out);
    return output_.empty();
  }
  LMZ_TRY(OpenEncoder().Finish().status());
  is_ending_ = true;
  return TryStep(buffers, directive);
}

}  // namespace lmz
