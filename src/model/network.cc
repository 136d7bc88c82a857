#include "model/network.h"

#include "model/glr/step.h"

namespace lmz {

Result<Network> Network::Load(ByteSpan file) {
  LMZ_ASSIGN(const ModelFile model, ParseModelFile(file));
  return Network(model);
}

Network::Network(const ModelFile& model, const NetworkKernels& kernels)
    : id_(model.id), card_(model.card), glr_(model.glr, kernels), mixer_start_(model.mixer_start) {}

void Network::Step(LaneStates& states, int first, int count, const uint8_t* input_bytes,
                   uint32_t* weights, StepScratch& scratch) const {
  StepGlr(glr_, states, first, count, input_bytes, weights, scratch);
}

}  // namespace lmz
