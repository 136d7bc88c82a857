// The inner loops of the context mixer, one build per instruction set, all giving the same
// integers: sums wrap around, so no order of evaluation can matter.
#pragma once

#include <cstdint>

#include "cpu/kernel_builds.h"
#include "mix/table/run_bucket.h"
#include "mix/table/slot.h"

namespace lmz {

inline constexpr int kMixerInputs = 48;
inline constexpr int kMixerSets = 8;       // of the first layer, at most
inline constexpr int kMixerFinalSets = 4;  // of the second layer, at most
inline constexpr int kMixerContexts = 16;

// How fast weights learn, in 1/64.
inline constexpr int kMixerRate = 10;
inline constexpr int kMixerFinalRate = 6;

// The rows of weights, in 1/32768, that one bit is mixed with, and what came of them.
struct MixerRows {
  alignas(64) int16_t inputs[kMixerInputs];   // |x| < 2^12
  alignas(16) int16_t logits_q8[kMixerSets];  // of the first layer, 0 from `sets` on
  int32_t final_logits_q8[kMixerFinalSets];   // of the second layer
  int16_t* first[kMixerSets];                 // kMixerInputs weights each
  int16_t* final[kMixerFinalSets];            // kMixerSets weights each
  int sets;                                   // 1 .. kMixerSets
  int final_sets;                             // 1 .. kMixerFinalSets
};

// What one bit is predicted from in each context, for learning.
struct ContextBit {
  alignas(64) uint32_t index[kMixerContexts];  // of the pair in the map
  alignas(64) uint32_t pairs[kMixerContexts];  // DualRate bits
  alignas(64) uint32_t nodes[kMixerContexts];  // history, and quick probability in bits 8 to 15
};

// What a node becomes after a bit, see bit_history.h and quick_probability.h.
struct NodeSteps {
  // [bit][history]: the next history, and in the bits above the first eight the begin of a row of
  // `quick`.
  uint32_t history[2][256];
  uint8_t quick[2 * 12 * 256];  // [bit, row][quick]
  uint8_t padding[4];           // what a look-up of 32 bits reads behind the last one
};

// Where the runs of all contexts are, and what they say.
struct RunLookup {
  RunBucket* buckets[kMixerContexts];
  alignas(16) uint8_t places[kMixerContexts];  // in the buckets
  alignas(16) uint8_t bytes[kMixerContexts];
  alignas(16) uint8_t counts[kMixerContexts];  // 0: the context is new, and its place to be taken
};

struct MixerKernels {
  // Finds in buckets[i] the first run whose check is that of hashes[i], or where there is none the
  // first of those with the lowest count, and fills the rest of `lookup`.
  void (*find_runs)(const uint32_t* hashes, RunLookup* lookup);

  // logits_q8[s] = (sum of inputs[i] * first[s][i] modulo 2^32, as a signed number) >> 15, clamped
  // to +-limit_q8 < 2^15; final_logits_q8[f] likewise from logits_q8 and final[f], clamped to
  // +-final_limit_q8.
  void (*mix)(MixerRows* rows, int limit_q8, int final_limit_q8);

  // With e = (65536 * bit - Squash(logits_q8[s])) * kMixerRate / 64, rounded towards zero:
  // first[s][i] += (inputs[i] * e + 2^14) >> 15, clamped to 16 bits. Likewise final[f][s] with
  // final_logits_q8[f], logits_q8[s] and kMixerFinalRate. All logits are within +-kMaxLogitQ8,
  // those of the first layer within +-kMaxStretchQ8.
  void (*train)(const MixerRows* rows, int bit);

  // For each of kMixerContexts contexts, with the bit history and quick probability at `node` of
  // slots[i] and the probability pair at index[i] = (3 * i + expectation) * 256 + history of
  // `map` (DualRate bits; expectation: 0, or 1 + the next bit of expected[i], a byte behind a
  // leading one, if that begins with the bits in `prefix`):
  //   inputs[i] = (p - 32768) >> 5, twice that for pure histories, 0 for history 0;
  //   inputs[16 + i] = quick logit in 1/256 nats.
  // `shift` is 7 less the number of bits in prefix. Returns how many histories are not 0.
  int (*gather)(const Slot* const* slots, int node, const uint32_t* map, const uint32_t* expected,
                uint32_t prefix, int shift, ContextBit* bit, int16_t* inputs);

  // sums[256 + i] = weights[i] for 256 weights, and sums[n] = sums[2 n] + sums[2 n + 1] modulo 2^32
  // for n = 255 .. 1. sums[0] is not set. `sums` is aligned to a cache line.
  void (*sum_tree)(const uint32_t* weights, uint32_t* sums);

  // Moves the pairs of `context_bit` towards `bit`, as DualRate::Update<4, 7>, and puts them into
  // `map`; advances its nodes and puts them at `node` of slots[i], in ascending order.
  void (*learn)(Slot* const* slots, int node, uint32_t* map, ContextBit* context_bit, int bit,
                const NodeSteps* steps);
};

// All builds for this architecture.
KernelBuilds<MixerKernels> MixerBuilds();

}  // namespace lmz
