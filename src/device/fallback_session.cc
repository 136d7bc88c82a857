#include "device/fallback_session.h"

#include <algorithm>
#include <utility>

namespace lmz {

FallbackSession::FallbackSession(std::unique_ptr<RemoteLanes> remote, const Predictor& predictor,
                                 const SessionSize& size, std::function<void(const Status&)> failed)
    : remote_(std::move(remote)),
      predictor_(predictor),
      size_(size),
      failed_(std::move(failed)),
      read_(static_cast<size_t>(size.lanes)),
      is_local_(static_cast<size_t>(size.lanes), 0) {}

Status FallbackSession::Step(int worker, int first, int count, StepPart part,
                             const uint8_t* last_bytes, uint32_t* opinions) {
  if (part.index + 1 < part.count) return OkStatus();
  return StepAhead(worker, first, count, 1, last_bytes, opinions);
}

Status FallbackSession::StepAhead(int worker, int first, int count, int times,
                                  const uint8_t* last_bytes, uint32_t* opinions) {
  const auto begin = is_local_.begin() + first;
  if (std::none_of(begin, begin + count, [](uint8_t is_local) { return is_local != 0; })) {
    const Status status = remote_->Step(first, count, times, last_bytes, opinions);
    if (status.ok()) {
      for (int i = 0; i < count; ++i) {
        Bytes& read = read_[static_cast<size_t>(first + i)];
        for (int t = 0; t < times; ++t) read.push_back(last_bytes[ptrdiff_t{t} * count + i]);
      }
      return OkStatus();
    }
    failed_(status);
  }
  Session& local = Local();
  for (int lane = first; lane < first + count; ++lane) LMZ_TRY(CatchUp(local, worker, lane));
  return local.StepAhead(worker, first, count, times, last_bytes, opinions);
}

Session& FallbackSession::Local() {
  const std::lock_guard lock(mutex_);
  if (local_ == nullptr) local_ = predictor_.Begin(size_);
  return *local_;
}

// Reads again what the lane read on the device.
Status FallbackSession::CatchUp(Session& local, int worker, int lane) {
  const auto index = static_cast<size_t>(lane);
  if (is_local_[index] != 0) return OkStatus();
  is_local_[index] = 1;
  const auto most = static_cast<size_t>(size_.steps_ahead);
  std::vector<uint32_t> unused(most * kByteValues);
  const Bytes read = std::exchange(read_[index], {});
  for (size_t at = 0; at < read.size(); at += most) {
    const size_t times = std::min(most, read.size() - at);
    LMZ_TRY(
        local.StepAhead(worker, lane, 1, static_cast<int>(times), read.data() + at, unused.data()));
  }
  return OkStatus();
}

void FallbackSession::Reset(int lane) {
  const auto index = static_cast<size_t>(lane);
  read_[index].clear();
  if (is_local_[index] != 0) {
    local_->Reset(lane);
  } else {
    remote_->Reset(lane);
  }
}

void FallbackSession::CopyFrom(const Session& other) {
  const auto& from = static_cast<const FallbackSession&>(other);
  Session& local = Local();
  if (from.local_ != nullptr) local.CopyFrom(*from.local_);
  for (int lane = 0; lane < size_.lanes; ++lane) {
    const auto index = static_cast<size_t>(lane);
    is_local_[index] = from.is_local_[index];
    if (from.is_local_[index] != 0) continue;
    local.Reset(lane);
    read_[index] = from.read_[index];
    (void)CatchUp(local, 0, lane);  // the CPU does not fail
  }
}

}  // namespace lmz
