#include "mix/mixer.h"

#include <algorithm>

#include "entropy/logistic.h"

namespace lmz {

namespace {

constexpr int32_t kFirstWeight = 65536 * 5 / 100;
constexpr int kFirstRate = 10;
constexpr int kFinalRate = 6;

// The step for the mixer kernels: the error in 1/65536 times the learning rate in 1/64.
int32_t ScaledError(int bit, int logit_q8, int rate) {
  return ((bit << 16) - Squash(logit_q8)) * rate / 64;
}

}  // namespace

Mixer::Mixer(const MixerKernels& kernels, const std::array<uint32_t, kSets>& rows,
             const std::array<uint32_t, kFinalSets>& final_rows)
    : kernels_(kernels) {
  for (size_t s = 0; s < kSets; ++s) weights_[s].assign(rows[s] * kInputs, kFirstWeight);
  for (size_t s = 0; s < kFinalSets; ++s) {
    final_weights_[s].assign(final_rows[s] * kFinalInputs, 65536 / kSets);
  }
}

int Mixer::Predict(const Contexts& contexts) {
  for (size_t s = 0; s < kSets; ++s) {
    rows_[s] = &weights_[s][contexts.first[s] * kInputs];
  }
  std::array<int32_t, kSets> sums;
  kernels_.dot(inputs_.data(), rows_.data(), kSets, kInputs, sums.data());
  for (size_t s = 0; s < kSets; ++s) {
    final_inputs_[s] = std::clamp(sums[s] >> 8, -kMaxStretchQ8, kMaxStretchQ8);
  }
  int sum_q8 = 0;
  for (size_t s = 0; s < kFinalSets; ++s) {
    final_rows_[s] = &final_weights_[s][contexts.final[s] * kFinalInputs];
  }
  kernels_.dot(final_inputs_.data(), final_rows_.data(), kFinalSets, kFinalInputs,
               final_logits_q8_.data());
  for (int32_t& logit_q8 : final_logits_q8_) {
    logit_q8 = std::clamp(logit_q8 >> 8, -kMaxLogitQ8, kMaxLogitQ8);
    sum_q8 += logit_q8;
  }
  return sum_q8 / kFinalSets;
}

void Mixer::Update(int bit) {
  std::array<int32_t, kSets> errors;
  for (size_t s = 0; s < kSets; ++s) errors[s] = ScaledError(bit, final_inputs_[s], kFirstRate);
  kernels_.train(inputs_.data(), rows_.data(), errors.data(), kSets, kInputs);
  std::array<int32_t, kFinalSets> final_errors;
  for (size_t s = 0; s < kFinalSets; ++s) {
    final_errors[s] = ScaledError(bit, final_logits_q8_[s], kFinalRate);
  }
  kernels_.train(final_inputs_.data(), final_rows_.data(), final_errors.data(), kFinalSets,
                 kFinalInputs);
}

}  // namespace lmz
