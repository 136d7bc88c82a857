// The gated linear recurrent network in floating point, forward and backward, for one batch of rows
// whose state is carried from step to step of training (truncated backpropagation). The same
// network as docs/spec/numerics.md, section 4, without its rounding.
#pragma once

#include <torch/types.h>

#include <vector>

#include "train/network/operations.h"
#include "train/network/parameters.h"

namespace lmz::train {

// What the rows remember between batches.
struct Carry {
  at::Tensor state;    // float [layers][rows][state]
  at::Tensor normals;  // elements [layers][before recurrence, before MLP][rows][width]

  void Zero();
};

class GlrNetwork {
 public:
  // Holds on to `parameters`. Memory: about 14 elements of the width per position and layer.
  GlrNetwork(Parameters& parameters, const BatchShape& batch);

  const BatchShape& batch() const { return batch_; }
  Carry& start() { return start_; }
  Carry& end() { return end_; }
  const Carry& end() const { return end_; }
  // The bytes to learn: [rows][steps + 1], uint8.
  at::Tensor& window() { return window_; }

  // From window() and start() to end() and the loss. Enqueues only. With `gradient`, fills
  // parameters.gradients() too. With a teacher, which has run by RunAsTeacher on the same window,
  // what is to be predicted is, with a weight of `teacher_share`, not the byte that follows but the
  // teacher's distribution; the loss remains that of the byte (Hinton, Vinyals and Dean,
  // "Distilling the knowledge in a neural network", 2015).
  void Run(bool gradient, const GlrNetwork* teacher = nullptr, double teacher_share = 0);

  // As Run, but stops at the gradients of the logits. Enqueues only.
  void RunAsTeacher();

  // The sum of the losses of all positions in the last Run, in nats: float [1], on the device.
  const at::Tensor& loss() const { return loss_; }

 private:
  struct Layer {
    at::Tensor x;          // [N][width]: residual stream before the recurrence
    at::Tensor shifted;    // [3][N][width]
    at::Tensor projected;  // [3][N][state]
    at::Tensor state;      // [N][state]
    at::Tensor gated;      // [N][state]
    at::Tensor middle;     // [N][width]: residual stream before the MLP
    at::Tensor hidden_in;  // [1][N][width]
    at::Tensor hidden;     // [N][hidden]
  };

  void Forward();
  void Judge(bool gradient, const at::Tensor& bias_gradient);
  void Backward();
  void LayerForward(int64_t i, const at::Tensor& x, const at::Tensor& addend);
  void LayerBackward(int64_t i);
  void ShiftForward(const at::Tensor& x, const at::Tensor& addend, const at::Tensor& sum,
                    const at::Tensor& weight, const at::Tensor& mix, const at::Tensor& previous,
                    const at::Tensor& last, const at::Tensor& out);
  void ShiftBackward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& mix,
                     const at::Tensor& previous, const at::Tensor& out_gradient, bool add,
                     const at::Tensor& weight_gradient, const at::Tensor& mix_gradient);
  void WeightGradient(const at::Tensor& out_gradient, const at::Tensor& in,
                      const at::Tensor& gradient);
  void AddUp(const at::Tensor& partials, const at::Tensor& first,
             const at::Tensor& second = at::Tensor());
  at::Tensor Partials(std::initializer_list<int64_t> sizes);

  Parameters& parameters_;
  const BatchShape batch_;
  const Operations& operations_;
  const int64_t positions_;
  int64_t chunks_;  // in which sums over positions are taken
  at::Tensor window_, loss_, losses_;
  Carry start_, end_;
  std::vector<Layer> layers_;
  at::Tensor first_, final_x_, final_normal_, logits_, teacher_bias_gradient_;
  at::Tensor addend_, x_gradient_, shifted_gradient_, projected_gradient_, hidden_gradient_;
  at::Tensor gated_gradient_, state_gradient_, partials_, products_;
};

}  // namespace lmz::train
