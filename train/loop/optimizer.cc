#include "train/loop/optimizer.h"

#include <ATen/ATen.h>

#include <cmath>

#include "model/glr/kernels/fixed_point.h"
#include "train/loop/muon.h"
#include "train/network/device.h"

namespace lmz::train {

namespace {

constexpr float kBeta1 = 0.9f, kBeta2 = 0.98f, kEpsilon = 1e-8f;
constexpr double kMostMix = double{kInt16Limit} / (1 << kMixFraction);  // in a model file

}  // namespace

Optimizer::Optimizer(Parameters& parameters, const OptimizerOptions& options)
    : parameters_(parameters),
      options_(options),
      operations_(
          OperationsFor(parameters.values().device(), parameters.multiplied().head.scalar_type())),
      mean_(at::zeros_like(parameters.values())),
      square_(at::zeros({parameters.size() - (options.muon ? parameters.layer_matrix_size() : 0)},
                        parameters.values().options())),
      rate_(at::zeros({3}, parameters.values().options())),
      norm_(at::zeros({1}, parameters.values().options())) {}

void Optimizer::Prepare(double rate, int64_t step) {
  const auto count = static_cast<double>(step);
  const at::Tensor host = at::empty({3}, at::kFloat);
  float* values = host.data_ptr<float>();
  values[0] = static_cast<float>(rate);
  values[1] = static_cast<float>(1 - std::pow(double{kBeta1}, count));
  values[2] = static_cast<float>(1 - std::pow(double{kBeta2}, count));
  rate_.copy_(host, /*non_blocking=*/true);
}

void Optimizer::Update() {
  norm_.copy_(parameters_.gradients().norm().view({1}));
  const int64_t layers = parameters_.layer_matrix_size(), matrices = parameters_.matrix_size();
  UpdateRange(options_.muon ? layers : 0, matrices, options_.weight_decay);
  UpdateRange(matrices, parameters_.size(), 0);
  if (options_.muon) UpdateByMuon();
  parameters_.value().mix.clamp_(-kMostMix, kMostMix);
  parameters_.value().hidden_mix.clamp_(-kMostMix, kMostMix);
  parameters_.RefreshCopy();
}

void Optimizer::UpdateByMuon() {
  const ParameterViews& value = parameters_.value();
  const ParameterViews& gradient = parameters_.gradient();
  const ParameterViews mean = parameters_.View(mean_);
  UpdateMatrices(value.projection.flatten(0, 1), gradient.projection.flatten(0, 1),
                 mean.projection.flatten(0, 1));
  UpdateMatrices(value.output, gradient.output, mean.output);
  UpdateMatrices(value.up, gradient.up, mean.up);
  UpdateMatrices(value.down, gradient.down, mean.down);
}

void Optimizer::UpdateRange(int64_t begin, int64_t end, float decay) {
  const int64_t without_square = parameters_.size() - square_.numel();
  operations_.adamw(
      {end - begin, decay, kBeta1, kBeta2, kEpsilon, options_.clip, rate_.data_ptr<float>(),
       norm_.data_ptr<float>(), parameters_.gradients().data_ptr<float>() + begin,
       mean_.data_ptr<float>() + begin, square_.data_ptr<float>() + begin - without_square,
       parameters_.values().data_ptr<float>() + begin},
      CurrentStream(mean_.device()));
}

void Optimizer::UpdateMatrices(const at::Tensor& value, const at::Tensor& gradient,
                               const at::Tensor& mean) {
  const at::Tensor update = MuonUpdate(gradient, mean, parameters_.multiplied().head.scalar_type());
  const at::Tensor rate = rate_.narrow(0, 0, 1).view({1, 1, 1});
  value.sub_(at::add(update, value, options_.weight_decay) * rate);
}

}  // namespace lmz::train
