// Two layers of gated logistic mixing (Mahoney 2005, after Mattern's formulation).
//
// First layer: several weight sets, each picking one row of weights by its own small context, each
// trained on its own error. Second layer: mixes the sets' logits, again with rows picked by
// context. Weights are in 1/32768; see mix/kernels/mixer_kernels.h for the exact arithmetic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "cpu/aligned.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {

class Mixer {
 public:
  static constexpr size_t kInputs = kMixerInputs;
  static constexpr size_t kMaxSets = kMixerSets;
  static constexpr size_t kMaxFinalSets = kMixerFinalSets;

  struct Contexts {
    std::array<uint32_t, kMaxSets> first;
    std::array<uint32_t, kMaxFinalSets> final;
  };

  // Rows per set of each layer, at most kMaxSets and kMaxFinalSets sets; every context must stay
  // below its set's number. Every row of set s of the first layer begins as initial[s].
  using Row = std::array<int16_t, kInputs>;
  Mixer(const MixerKernels& kernels, std::span<const uint32_t> rows,
        std::span<const uint32_t> final_rows, std::span<const Row> initial);

  // The same weight, in 1/32768, for all inputs of all sets.
  static std::array<Row, kMaxSets> EvenRows(int16_t weight) {
    std::array<Row, kMaxSets> rows;
    for (Row& row : rows) row.fill(weight);
    return rows;
  }

  // Has from now on the weights of `other`, which was made with the same rows.
  void CopyFrom(const Mixer& other);

  // Goes on with all weights of `other`, which was made with the same rows and is left without.
  void TakeWeights(Mixer& other);

  // For each set of the first layer, the mean of its rows, weighted by how far each has moved from
  // initial[set], in the sense of the constructor's argument: what a later mixer may begin with.
  std::vector<Row> MeanRows(std::span<const Row> initial) const;

  // The values to mix, logits in 1/256 nats or the like, |x| < 2^12, at first 0; the caller sets
  // those that it uses before Predict.
  void SetInput(size_t i, int value) { rows_.inputs[i] = static_cast<int16_t>(value); }
  // For a kernel that sets inputs 0 .. 31 as whole vectors.
  int16_t* inputs() { return rows_.inputs; }

  // Sets inputs i .. i + 7, i a multiple of 8, as one: quicker than one by one where Predict
  // follows soon.
  using Eight = int16_t __attribute__((vector_size(16)));
  void SetInputs(size_t i, const Eight& values) { std::memcpy(&rows_.inputs[i], &values, 16); }

  // The mixed logit in 1/256 nats.
  int Predict(const Contexts& contexts);

  // Asks for the memory of a row of the first layer.
  [[gnu::always_inline]] void PrefetchFirst(size_t set, uint64_t row) const {
    const int16_t* const weights = first_[set].data() + row * kInputs;
    __builtin_prefetch(weights);
    __builtin_prefetch(weights + kInputs - 1);
  }

  // Trains the rows that the last Predict used.
  void Update(int bit) { kernels_.train(&rows_, bit); }

 private:
  using Weights = AlignedVector<int16_t>;  // [row][input]

  const MixerKernels& kernels_;
  MixerRows rows_{};            // in use for this bit
  std::vector<Weights> first_;  // [set]
  std::vector<Weights> final_;
};

}  // namespace lmz
