// The inner loops of the context mixer, one build per instruction set, all giving the same
// integers: every value is computed on its own, and sums shift each product before adding, so no
// order of evaluation can matter.
#pragma once

#include <cstdint>

#include "cpu/kernel_builds.h"
#include "mix/slot.h"

namespace lmz {

// Mixer inputs come in multiples of this many values, contexts in multiples of it too.
inline constexpr int kMixerLanes = 8;
inline constexpr int kMixerContexts = 16;

struct MixerKernels {
  // sums[s] = sum over i < count of (inputs[i] * weights[s][i]) >> 8, for s < sets.
  // Preconditions: count is a multiple of kMixerLanes; |inputs| < 2^12, |weights| <= 2^19.
  void (*dot)(const int32_t* inputs, const int32_t* const* weights, int sets, int count,
              int32_t* sums);

  // weights[s][i] += (inputs[i] * errors[s] + 2^13) >> 14, clamped to +-2^19.
  // Preconditions as above; |errors| < 2^18.
  void (*train)(const int32_t* inputs, int32_t* const* weights, const int32_t* errors, int sets,
                int count);

  // For each of kMixerContexts contexts, with the bit history and quick probability at `node` of
  // slots[i] and the probability pair at index[i] = (3 * i + expectation) * 256 + history of
  // `map` (DualRate bits; expectation: 0, or 1 + the next bit of expected[i], a byte behind a
  // leading one, if that begins with the bits in `prefix`):
  //   inputs[i] = (p - 32768) >> 5, twice that for pure histories, 0 for history 0;
  //   inputs[16 + i] = quick logit in 1/256 nats.
  // `shift` is 7 less the number of bits in prefix. Returns how many histories are not 0.
  int (*gather)(const Slot* const* slots, int node, const uint32_t* map, const uint32_t* expected,
                uint32_t prefix, int shift, uint32_t* index, int32_t* inputs);

  // Moves the pairs at index[i] of `map` towards `bit`, as DualRate::Update<4, 7>, and advances
  // the histories and quick probabilities at `node` of slots[i]: history_next[history * 2 + bit],
  // quick_next[(row[history] * 2 + bit) * 256 + quick].
  void (*learn)(Slot* const* slots, int node, uint32_t* map, const uint32_t* index, int bit,
                const uint8_t* history_next, const uint8_t* row, const uint8_t* quick_next);
};

// All builds for this architecture.
KernelBuilds<MixerKernels> MixerBuilds();

}  // namespace lmz
