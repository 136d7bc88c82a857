// A gated linear recurrent network as a predictor: its weights bound to the kernels of this CPU.
// All arithmetic is exact integer arithmetic (docs/spec/numerics.md).
#pragma once

#include "model/glr/packed_weights.h"
#include "model/model_file.h"
#include "model/predictor.h"

namespace lmz {

class GlrPredictor final : public Predictor {
 public:
  // Binds the weights of a model that obeys the rules of the model file. Memory: about as much as
  // they take. May throw std::bad_alloc.
  explicit GlrPredictor(const ModelFile& model,
                        const NetworkKernels& kernels = BestKernels(NetworkBuilds()));

  const GlrShape& shape() const { return weights_.shape; }
  const PackedGlr& weights() const { return weights_; }

  uint64_t SessionMemory(const SessionSize& size) const override;
  // As many as it takes for a part's weights to stay in a core's own cache; 1 where there are not
  // enough threads for that.
  int PartsFor(int threads) const override;
  std::unique_ptr<Session> Begin(const SessionSize& size) const override;

 private:
  PackedGlr weights_;
};

}  // namespace lmz
