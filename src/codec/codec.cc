#include "codec/codec.h"

#include <algorithm>

#include "model/device.h"
#include "model/library.h"

namespace lmz {

const ModelLibrary& BlockResources::ModelsToUse() const {
  return models != nullptr ? *models : *ModelLibrary::Installed();
}

BlockResources BlockResources::Part(uint64_t begin, uint64_t end, uint64_t size) const {
  BlockResources part = *this;
  part.decoded = {};  // its bytes are not yet those of the block
  if (report) {
    part.report = [this, begin, share = end - begin, size](uint64_t done, uint64_t code_size) {
      return report(begin + (size == 0 ? 0 : std::min(done, size) * share / size), code_size);
    };
  }
  return part;
}

std::unique_ptr<Session> BlockResources::BeginSession(const Predictor& predictor,
                                                      const SessionSize& size) const {
  return device != nullptr ? device->Begin(predictor, size, cpu_share) : predictor.Begin(size);
}

std::unique_ptr<TokenSession> BlockResources::BeginTokens(const TokenPredictor& predictor,
                                                          const TokenSessionSize& size) const {
  return device != nullptr ? device->BeginTokens(predictor, size, cpu_share)
                           : predictor.Begin(size);
}

}  // namespace lmz
