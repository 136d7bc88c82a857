// A decoder-only transformer of bytes in floating point, for training: what docs/spec/numerics.md,
// section 6, computes in integers, without its rounding. RMSNorm in front of attention and MLP,
// rotary embeddings of neighbouring pairs, SwiGLU, and the embedding as the head. Gradients are
// found by automatic differentiation.
#pragma once

#include <torch/types.h>

#include <vector>

#include "train/network/transformer_size.h"

namespace lmz::train {

class ByteTransformer {
 public:
  static constexpr int64_t kBegin = 256;  // the token that begins a text; the others are bytes
  static constexpr double kEpsilon = 1e-5;
  static constexpr double kBase = 10000;  // of the rotation

  // The trained numbers, float, with those of all layers in one tensor.
  struct Parameters {
    at::Tensor query;        // [layers][heads * head_size][width]
    at::Tensor key, value;   // [layers][kv_heads * head_size][width]
    at::Tensor output;       // [layers][width][heads * head_size]
    at::Tensor gate, up;     // [layers][hidden][width]
    at::Tensor down;         // [layers][width][hidden]
    at::Tensor embedding;    // [257][width]
    at::Tensor input_norm;   // [layers][width]
    at::Tensor hidden_norm;  // [layers][width]
    at::Tensor final_norm;   // [width]
  };

  // Random starting values, the same for the same seed on every device. With `is_rounded` the
  // matrices are rounded to int8 before they are multiplied, as the model file stores them, while
  // the gradients go to the exact ones.
  ByteTransformer(const TransformerSize& size, const at::Device& device, uint64_t seed,
                  bool is_rounded);

  const TransformerSize& size() const { return size_; }
  const Parameters& parameters() const { return parameters_; }
  std::vector<at::Tensor> matrices() const;  // of the layers
  std::vector<at::Tensor> others() const;

  // The sum of the losses in nats of `bytes` (uint8 [rows][steps]), each row from the beginning of
  // a text. Multiplies in bfloat16 with `is_bfloat16`.
  at::Tensor Loss(const at::Tensor& bytes, bool is_bfloat16) const;

 private:
  at::Tensor Product(const at::Tensor& x, const at::Tensor& matrix, bool is_bfloat16) const;
  at::Tensor Attention(const at::Tensor& x, const std::vector<at::Tensor>& layer,
                       const at::Tensor& cosine, const at::Tensor& sine, bool is_bfloat16) const;

  TransformerSize size_;
  bool is_rounded_;
  Parameters parameters_;
};

}  // namespace lmz::train
