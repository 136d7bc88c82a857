#include "device/fallback_token_session.h"

#include <algorithm>
#include <utility>

namespace lmz {

FallbackTokenSession::FallbackTokenSession(std::unique_ptr<TokenSession> remote,
                                           const TokenPredictor& predictor,
                                           const TokenSessionSize& size,
                                           std::function<void(const Status&)> failed)
    : remote_(std::move(remote)),
      predictor_(predictor),
      size_(size),
      failed_(std::move(failed)),
      read_(static_cast<size_t>(size.lanes)) {}

Status FallbackTokenSession::Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
                                  uint32_t* weights) {
  if (local_ == nullptr) {
    const Status status = remote_->Step(lanes, positions, tokens, weights);
    if (status.ok()) {
      for (size_t i = 0; i < lanes.size(); ++i) {
        std::vector<uint32_t>& read = read_[static_cast<size_t>(lanes[i])];
        const uint32_t* const first = tokens + static_cast<ptrdiff_t>(i) * positions;
        read.insert(read.end(), first, first + positions);
      }
      return status;
    }
    failed_(status);
    LMZ_TRY(CatchUp());
  }
  return local_->Step(lanes, positions, tokens, weights);
}

// Reads again what each lane has read on the device.
Status FallbackTokenSession::CatchUp() {
  local_ = predictor_.Begin(size_);
  const auto most = static_cast<size_t>(size_.positions);
  std::vector<uint32_t> unused(most * predictor_.vocabulary().size());
  for (int lane = 0; lane < size_.lanes; ++lane) {
    const std::vector<uint32_t> read = std::exchange(read_[static_cast<size_t>(lane)], {});
    for (size_t at = 0; at < read.size(); at += most) {
      const size_t count = std::min(most, read.size() - at);
      LMZ_TRY(local_->Step({&lane, 1}, static_cast<int>(count), &read[at], unused.data()));
    }
  }
  return OkStatus();
}

}  // namespace lmz
