// AdamW, with Muon for the layers' matrices on demand.
//
// Sources: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019); Jordan et al.,
// "Muon: an optimizer for hidden layers" (2024), with the update scaled to AdamW's as in Liu et
// al., "Muon is scalable for LLM training" (2025), so that one learning rate serves both.
#pragma once

#include <torch/types.h>

#include "train/network/operations.h"
#include "train/network/parameters.h"

namespace lmz::train {

struct OptimizerOptions {
  bool muon = false;
  float weight_decay = 0.05f;  // of matrices; nothing else decays
  float clip = 1.0f;           // the largest norm of a gradient
};

class Optimizer {
 public:
  Optimizer(Parameters& parameters, const OptimizerOptions& options);

  // Uploads the learning rate for the next Update; `step` counts from 1.
  void Prepare(double rate, int64_t step);

  // Changes the parameters by their gradients, and keeps the mixes of the token shift within what
  // the model file holds. Enqueues only.
  void Update();

  // The norm of the last gradient: float [1], on the device.
  const at::Tensor& norm() const { return norm_; }

  // float: of all parameters, where Muon's momentum stands too; and of those that AdamW updates,
  // which are the last ones.
  const at::Tensor& mean() const { return mean_; }
  const at::Tensor& square() const { return square_; }

 private:
  void UpdateRange(int64_t begin, int64_t end, float decay);
  void UpdateByMuon();
  void UpdateMatrices(const at::Tensor& value, const at::Tensor& gradient, const at::Tensor& mean);

  Parameters& parameters_;
  const OptimizerOptions options_;
  const Operations& operations_;
  at::Tensor mean_, square_, rate_, norm_;
};

}  // namespace lmz::train
