// A transformer's weights as the library for NVIDIA GPUs takes them.
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "device/cuda/abi.h"
#include "model/transformer/transformer_predictor.h"

namespace lmz {

// Asked back from the packed ones, for as long as this lives. May throw std::bad_alloc.
class UnpackedTransformer {
 public:
  explicit UnpackedTransformer(const TransformerPredictor& predictor);
  UnpackedTransformer(const UnpackedTransformer&) = delete;
  UnpackedTransformer& operator=(const UnpackedTransformer&) = delete;

  const lmz_cuda_transformer& weights() const { return weights_; }

 private:
  lmz_cuda_token_matrix MatrixOf(const PiecedMatrix& m);
  lmz_cuda_token_layer LayerOf(const BoundTransformer& network, const BoundTransformerLayer& layer);

  std::deque<std::vector<int8_t>> matrices_;
  std::vector<lmz_cuda_token_layer> layers_;
  std::array<int32_t, 128> logs_{};
  lmz_cuda_transformer weights_ = {};
};

}  // namespace lmz
