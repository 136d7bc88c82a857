#include "stream/push_decoder.h"

#include "base/memory_errors.h"

namespace lmz {

namespace {

// So much input is taken at once, that a caller's large buffer is not held twice.
constexpr size_t kPieceSize = size_t{1} << 16;

// A header that is not whole is read again from its beginning when more has come: every time while
// it is short, then each time it has grown by a quarter, so that the work stays linear.
constexpr uint64_t kShortItem = 4096;

uint64_t NextLook(uint64_t size) {
  return size < kShortItem ? size + 1 : size + size / 4;
}

}  // namespace

Result<bool> PushDecoder::Step(CallBuffers& buffers, Directive directive) {
  Result<bool> done = WithMemoryErrors([&] { return TryStep(buffers, directive); },
                                       "there is not enough memory; use fewer threads");
  if (done.status().code() == Code::kOutOfMemory) failure_ = done.status();
  return done;
}

void PushDecoder::Reset() {
  decoder_.reset();
  failure_ = OkStatus();
  input_ = {};
  output_ = {};
  awaited_size_ = 0;
}

// One step of the decoder; false when it needs more input than is here.
Result<bool> PushDecoder::Advance(Directive directive) {
  if (!decoder_) decoder_.emplace(input_, output_, options_);
  if (decoder_->has_ended()) return false;
  const uint64_t waiting = uint64_t{decoder_->pending().size()} + input_.size();
  if (directive == Directive::kRun && waiting < awaited_size_) return false;
  LMZ_ASSIGN(const bool has_worked, decoder_->Step(input_.size()));
  awaited_size_ = 0;
  if (has_worked) return true;
  const uint64_t left = uint64_t{decoder_->pending().size()} + input_.size();
  awaited_size_ = NextLook(left);
  if (left > options_.memory_limit) {
    return Status(Code::kLimit, "an index needs more memory than the limit of " +
                                    std::to_string(options_.memory_limit) + " bytes");
  }
  return false;
}

bool PushDecoder::has_ended() const {
  return decoder_ && decoder_->has_ended() && output_.empty() && failure_.ok();
}

Bytes PushDecoder::TakeUnused() {
  const ByteSpan pending = decoder_ ? decoder_->pending() : ByteSpan();
  Bytes unused(pending.begin(), pending.end());
  unused.insert(unused.end(), input_.waiting().begin(), input_.waiting().end());
  Reset();
  return unused;
}

// The same, with failures kept until all before them is given out.
Result<bool> PushDecoder::DecodeMore(Directive directive) {
  Result<bool> has_worked = Advance(directive);
  if (has_worked.ok()) return has_worked;
  const Status earlier = decoder_->FinishAll();
  failure_ = earlier.ok() ? has_worked.status() : earlier;
  return true;
}

Result<bool> PushDecoder::TryStep(CallBuffers& buffers, Directive directive) {
  for (;;) {
    output_.DrainTo(buffers.out);
    if (!output_.empty()) return false;
    LMZ_TRY(failure_);
    LMZ_ASSIGN(const bool has_worked, DecodeMore(directive));
    if (has_worked) continue;
    const bool has_ended = decoder_->has_ended();
    if (!buffers.in.empty() && !has_ended) {
      const ByteSpan taken = buffers.in.first(std::min(kPieceSize, buffers.in.size()));
      LMZ_TRY(input_.Write(taken));
      buffers.in = buffers.in.subspan(taken.size());
      continue;
    }
    if (directive == Directive::kRun && !has_ended) return true;
    failure_ = decoder_->FinishAll();
    if (failure_.ok() && directive == Directive::kEnd) failure_ = decoder_->CheckEnd();
    output_.DrainTo(buffers.out);
    if (!output_.empty()) return false;
    LMZ_TRY(failure_);
    if (directive == Directive::kEnd) Reset();
    return true;
  }
}

}  // namespace lmz
