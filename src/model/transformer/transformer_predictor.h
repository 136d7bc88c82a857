// A decoder-only transformer as a predictor of tokens: its weights bound to the kernels of this
// CPU. All arithmetic is exact integer arithmetic (docs/spec/numerics.md, 6).
#pragma once

#include "model/model_file.h"
#include "model/token/token_predictor.h"
#include "model/transformer/bound_transformer.h"

namespace lmz {

class TransformerPredictor final : public TokenPredictor {
 public:
  // Binds the weights of a model that obeys the rules of the model file and is a transformer; the
  // bytes that its matrices are views of are not needed afterwards. Memory: about as much as they
  // take. May throw std::bad_alloc.
  explicit TransformerPredictor(
      const ModelFile& model,
      const MatrixKernels& matrix_kernels = BestKernels(NetworkBuilds()).dense,
      const TransformerKernels& kernels = BestKernels(TransformerBuilds()));

  const TransformerShape& shape() const { return weights_.shape; }
  const BoundTransformer& weights() const { return weights_; }

  uint64_t SessionMemory(const TokenSessionSize& size) const override;
  std::unique_ptr<TokenSession> Begin(const TokenSessionSize& size) const override;

 private:
  BoundTransformer weights_;
};

}  // namespace lmz
