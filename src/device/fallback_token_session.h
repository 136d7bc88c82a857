// A session of tokens that may lose its device, as FallbackSession is one of bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "model/token/token_predictor.h"

namespace lmz {

// Remembers which tokens its lanes have read. When the device fails, it begins anew on the CPU,
// reads them again, and goes on there: nobody notices but by the time.
class FallbackTokenSession final : public TokenSession {
 public:
  // `remote` is the device's session, whose Step gives kIo when the device fails. `predictor`
  // outlives this. `failed` is told of a failure.
  FallbackTokenSession(std::unique_ptr<TokenSession> remote, const TokenPredictor& predictor,
                       const TokenSessionSize& size, std::function<void(const Status&)> failed);

  Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
              uint32_t* weights) override;
  // Of the device, as long as this session lives.
  uint32_t* WeightsMemory() override { return remote_->WeightsMemory(); }

 private:
  Status CatchUp();

  const std::unique_ptr<TokenSession> remote_;
  const TokenPredictor& predictor_;
  const TokenSessionSize size_;
  const std::function<void(const Status&)> failed_;
  std::vector<std::vector<uint32_t>> read_;  // [lane]: what it has read
  std::unique_ptr<TokenSession> local_;      // once the device has failed
};

}  // namespace lmz
