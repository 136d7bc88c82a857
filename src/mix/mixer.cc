#include "mix/mixer.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "entropy/logistic.h"

namespace lmz {

Mixer::Mixer(const MixerKernels& kernels, std::span<const uint32_t> rows,
             std::span<const uint32_t> final_rows, std::span<const Row> initial)
    : kernels_(kernels) {
  assert(!rows.empty() && rows.size() <= kMaxSets && rows.size() <= initial.size());
  assert(!final_rows.empty() && final_rows.size() <= kMaxFinalSets);
  rows_.sets = static_cast<int>(rows.size());
  rows_.final_sets = static_cast<int>(final_rows.size());
  for (size_t set = 0; set < rows.size(); ++set) {
    Weights& weights = first_.emplace_back(rows[set] * kInputs);
    for (auto row = weights.begin(); row != weights.end(); row += kInputs) {
      std::copy(initial[set].begin(), initial[set].end(), row);
    }
  }
  const int share = std::min(32767, 32768 / rows_.sets);
  for (const uint32_t count : final_rows) {
    final_.emplace_back(count * kMaxSets, static_cast<int16_t>(share));
  }
}

void Mixer::CopyFrom(const Mixer& other) {
  first_ = other.first_;
  final_ = other.final_;
}

void Mixer::TakeWeights(Mixer& other) {
  first_ = std::move(other.first_);
  final_ = std::move(other.final_);
}

std::vector<Mixer::Row> Mixer::MeanRows(std::span<const Row> initial) const {
  std::vector<Row> means;
  for (size_t set = 0; set < first_.size(); ++set) {
    std::array<int64_t, kInputs> sums{};
    int64_t moves = 0;
    const Weights& weights = first_[set];
    for (size_t row = 0; row < weights.size(); row += kInputs) {
      int64_t move = 0;
      for (size_t i = 0; i < kInputs; ++i) move += std::abs(weights[row + i] - initial[set][i]);
      for (size_t i = 0; i < kInputs; ++i) sums[i] += move * weights[row + i];
      moves += move;
    }
    Row& mean = means.emplace_back(initial[set]);
    for (size_t i = 0; moves > 0 && i < kInputs; ++i) {
      mean[i] = static_cast<int16_t>(sums[i] / moves);
    }
  }
  return means;
}

int Mixer::Predict(const Contexts& contexts) {
  const size_t sets = first_.size();
  for (size_t s = 0; s < sets; ++s) rows_.first[s] = first_[s].data() + contexts.first[s] * kInputs;
  const size_t final_sets = final_.size();
  for (size_t f = 0; f < final_sets; ++f) {
    rows_.final[f] = final_[f].data() + contexts.final[f] * kMaxSets;
  }
  kernels_.mix(&rows_, kMaxStretchQ8, kMaxLogitQ8);
  int sum_q8 = 0;
  for (int f = 0; f < rows_.final_sets; ++f) sum_q8 += rows_.final_logits_q8[f];
  // Divisions by constants are multiplications.
  switch (rows_.final_sets) {
    case 2:
      return sum_q8 / 2;
    case 3:
      return sum_q8 / 3;
    default:
      return sum_q8 / rows_.final_sets;
  }
}

}  // namespace lmz
