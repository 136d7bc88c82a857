// Two layers of gated logistic mixing (Mahoney 2005, after Mattern's formulation).
//
// First layer: several weight sets, each picking one row of weights by its own small context, each
// trained on its own error. Second layer: mixes the sets' logits, again with rows picked by
// context. Weights are in 1/65536; see kernels/mixer_kernels.h for the exact arithmetic.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernels/mixer_kernels.h"

namespace lmz {

class Mixer {
 public:
  static constexpr int kSets = 5;
  static constexpr int kInputs = 40;
  static constexpr int kFinalSets = 2;

  struct Contexts {
    std::array<uint32_t, kSets> first;
    std::array<uint32_t, kFinalSets> final;
  };

  // Rows per set; every context must stay below its set's number.
  Mixer(const MixerKernels& kernels, const std::array<uint32_t, kSets>& rows,
        const std::array<uint32_t, kFinalSets>& final_rows);

  // The values to mix, logits in 1/256 nats or the like, |x| < 2^12, at first 0; the caller sets
  // those that it uses before Predict.
  std::array<int32_t, kInputs>& inputs() { return inputs_; }

  // The mixed logit in 1/256 nats.
  int Predict(const Contexts& contexts);

  // Trains the rows that the last Predict used.
  void Update(int bit);

 private:
  static constexpr int kFinalInputs = kMixerLanes;

  const MixerKernels& kernels_;
  alignas(64) std::array<int32_t, kInputs> inputs_{};
  alignas(64) std::array<int32_t, kFinalInputs> final_inputs_{};
  std::array<int32_t*, kSets> rows_{};
  std::array<int32_t*, kFinalSets> final_rows_{};
  std::array<int32_t, kFinalSets> final_logits_q8_{};
  std::array<std::vector<int32_t>, kSets> weights_;
  std::array<std::vector<int32_t>, kFinalSets> final_weights_;
};

}  // namespace lmz
