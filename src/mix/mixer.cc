#include "mix/mixer.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "entropy/logistic.h"

namespace lmz {

namespace {
constexpr int kFirstRate = 10;
constexpr int kFinalRate = 6;
}  // namespace

Mixer::Mixer(const MixerKernels& kernels, std::span<const uint32_t> rows,
             std::span<const uint32_t> final_rows, std::span<const Row> initial)
    : kernels_(kernels) {
  static_assert(kInputs % kMixerLanes == 0 && kMaxSets % kMixerLanes == 0);
  assert(!rows.empty() && rows.size() <= kMaxSets && rows.size() <= initial.size());
  assert(!final_rows.empty() && final_rows.size() <= kMaxSets);
  for (size_t set = 0; set < rows.size(); ++set) {
    std::vector<int32_t>& weights = first_.weights.emplace_back();
    weights.reserve(rows[set] * kInputs);
    for (uint32_t row = 0; row < rows[set]; ++row) {
      weights.insert(weights.end(), initial[set].begin(), initial[set].end());
    }
  }
  const int32_t share = 65536 / static_cast<int32_t>(rows.size());
  for (const uint32_t count : final_rows) {
    final_.weights.emplace_back(count * kMaxSets, share);
  }
}

void Mixer::CopyFrom(const Mixer& other) {
  first_.weights = other.first_.weights;
  final_.weights = other.final_.weights;
}

void Mixer::TakeWeights(Mixer& other) {
  first_.weights = std::move(other.first_.weights);
  final_.weights = std::move(other.final_.weights);
}

std::vector<Mixer::Row> Mixer::MeanRows(std::span<const Row> initial) const {
  std::vector<Row> means;
  for (size_t set = 0; set < first_.weights.size(); ++set) {
    std::array<int64_t, kInputs> sums{};
    int64_t moves = 0;
    const std::vector<int32_t>& weights = first_.weights[set];
    for (size_t row = 0; row < weights.size(); row += kInputs) {
      int64_t move = 0;
      for (size_t i = 0; i < kInputs; ++i) move += std::abs(weights[row + i] - initial[set][i]);
      for (size_t i = 0; i < kInputs; ++i) sums[i] += move * weights[row + i];
      moves += move;
    }
    Row& mean = means.emplace_back(initial[set]);
    for (size_t i = 0; moves > 0 && i < kInputs; ++i) {
      mean[i] = static_cast<int32_t>(sums[i] / moves);
    }
  }
  return means;
}

void Mixer::Mix(Layer& layer, const int32_t* inputs, size_t count,
                const std::array<uint32_t, kMaxSets>& contexts, int limit_q8) {
  const size_t sets = layer.weights.size();
  for (size_t s = 0; s < sets; ++s) layer.rows[s] = &layer.weights[s][contexts[s] * count];
  kernels_.dot(inputs, layer.rows.data(), static_cast<int>(sets), static_cast<int>(count),
               layer.logits_q8.data());
  for (size_t s = 0; s < sets; ++s) {
    layer.logits_q8[s] = std::clamp(layer.logits_q8[s] >> 8, -limit_q8, limit_q8);
  }
}

void Mixer::Train(Layer& layer, const int32_t* inputs, size_t count, int bit, int rate) {
  const size_t sets = layer.weights.size();
  for (size_t s = 0; s < sets; ++s) {
    // In 1/65536 and times the learning rate in 1/64, as the kernel wants it.
    layer.errors[s] = ((bit << 16) - Squash(layer.logits_q8[s])) * rate / 64;
  }
  kernels_.train(inputs, layer.rows.data(), layer.errors.data(), static_cast<int>(sets),
                 static_cast<int>(count));
}

int Mixer::Predict(const Contexts& contexts) {
  Mix(first_, inputs_.data(), kInputs, contexts.first, kMaxStretchQ8);
  final_inputs_ = first_.logits_q8;
  Mix(final_, final_inputs_.data(), kMaxSets, contexts.final, kMaxLogitQ8);
  int sum_q8 = 0;
  const size_t sets = final_.weights.size();
  for (size_t s = 0; s < sets; ++s) sum_q8 += final_.logits_q8[s];
  return sum_q8 / static_cast<int>(sets);
}

void Mixer::Update(int bit) {
  Train(first_, inputs_.data(), kInputs, bit, kFirstRate);
  Train(final_, final_inputs_.data(), kMaxSets, bit, kFinalRate);
}

}  // namespace lmz
