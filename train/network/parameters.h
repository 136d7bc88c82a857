// The trained numbers of a gated linear recurrent network, in one flat tensor per purpose, so that
// an optimiser, a checkpoint or a reduction over processes treats them all at once.
#pragma once

#include <torch/types.h>

#include "model/glr/weights.h"

namespace lmz::train {

// Views into a flat tensor. Matrices of equal shape from all layers are stacked.
struct ParameterViews {
  at::Tensor projection;   // [layers][value, forget, gate][state][width]
  at::Tensor output;       // [layers][width][state]
  at::Tensor up;           // [layers][hidden][width]
  at::Tensor down;         // [layers][width][hidden]
  at::Tensor head;         // [256][width]; logits are in nats
  at::Tensor embedding;    // [256][width]
  at::Tensor input_norm;   // [layers][width]
  at::Tensor mix;          // [layers][3][width]
  at::Tensor forget_bias;  // [layers][state]
  at::Tensor state_norm;   // [layers][state]
  at::Tensor hidden_norm;  // [layers][width]
  at::Tensor hidden_mix;   // [layers][width]
  at::Tensor final_norm;   // [width]
  at::Tensor head_bias;    // [256]
};

// What matrices are rounded to before they are multiplied.
enum class MatrixRounding {
  kElement,  // nothing but the element type
  kInt8,     // -127 .. 127 steps, one step per row, as the model file stores them
};

class Parameters {
 public:
  // Zeroes on `device`; `element` is the type in which matrices are multiplied. With kInt8 the
  // network runs on rounded matrices while the gradients go to the exact ones (the straight-through
  // estimator of Bengio et al., 2013, as in Jacob et al., 2018).
  Parameters(const GlrShape& shape, const at::Device& device, at::ScalarType element,
             MatrixRounding rounding = MatrixRounding::kElement);

  const GlrShape& shape() const { return shape_; }
  int64_t size() const { return size_; }                            // CountParameters(shape())
  int64_t layer_matrix_size() const { return layer_matrix_size_; }  // projection .. down
  int64_t matrix_size() const { return matrix_size_; }              // the same and head

  const at::Tensor& values() const { return values_; }        // float [size]
  const at::Tensor& gradients() const { return gradients_; }  // float [size]
  ParameterViews View(const at::Tensor& flat) const;
  const ParameterViews& value() const { return value_; }
  const ParameterViews& gradient() const { return gradient_; }
  const ParameterViews& multiplied() const { return multiplied_; }  // matrices alone

  // Random starting values; the same for the same seed, on every device.
  void Initialize(uint64_t seed);

  // Call after changing values(): brings multiplied() up to date. Enqueues only.
  void RefreshCopy();

 private:
  GlrShape shape_;
  MatrixRounding rounding_;
  int64_t size_ = 0, layer_matrix_size_ = 0, matrix_size_ = 0;
  at::Tensor values_, gradients_;
  at::Tensor copy_;  // [matrix_size] elements; undefined when it would equal values_
  ParameterViews value_, gradient_, multiplied_;
};

}  // namespace lmz::train
