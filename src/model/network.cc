#include "model/network.h"

#include <algorithm>

#include "cpu/cache.h"
#include "model/glr/step.h"

namespace lmz {

Result<Network> Network::Load(ByteSpan file) {
  LMZ_ASSIGN(const ModelFile model, ParseModelFile(file));
  return Network(model);
}

Network::Network(const ModelFile& model, const NetworkKernels& kernels)
    : id_(model.id), card_(model.card), glr_(model.glr, kernels), mixer_start_(model.mixer_start) {}

void Network::Step(LaneStates& states, int first, int count, StepPart part,
                   const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch) const {
  StepGlr(glr_, states, first, count, part, input_bytes, weights, scratch);
}

int Network::PartsFor(int threads) const {
  // What remains of the cache is for states and, where the thread does both, for mixing.
  const uint64_t room = OwnCacheSize() / 8 * 7;
  const uint64_t parts = (CountParameters(shape()) + room - 1) / room;
  const bool fits = parts <= static_cast<uint64_t>(std::min<int>(threads, shape().layers));
  return fits ? static_cast<int>(parts) : 1;
}

}  // namespace lmz
