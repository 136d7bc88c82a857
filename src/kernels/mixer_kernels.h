// The two inner loops of the logistic mixer, one build per instruction set, all giving the same
// integers: each product is shifted on its own, so the order of the sum cannot matter.
#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace lmz {

// Inputs come in multiples of this many values.
inline constexpr int kMixerLanes = 8;

struct MixerKernels {
  Isa isa;  // the set this row was built for

  // sums[s] = sum over i < count of (inputs[i] * weights[s][i]) >> 8, for s < sets.
  // Preconditions: count is a multiple of kMixerLanes; |inputs| < 2^12, |weights| <= 2^19.
  void (*dot)(const int32_t* inputs, const int32_t* const* weights, int sets, int count,
              int32_t* sums);

  // weights[s][i] += (inputs[i] * errors[s] + 2^13) >> 14, clamped to +-2^19.
  // Preconditions as above; |errors| < 2^18.
  void (*train)(const int32_t* inputs, int32_t* const* weights, const int32_t* errors, int sets,
                int count);
};

// The best row for `isa`; sets without a build of their own use the next lower one.
const MixerKernels& GetMixerKernels(Isa isa);

}  // namespace lmz
