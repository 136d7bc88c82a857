// The code of the mixer kernels, in cpu/int32x8.h's vectors; included by the file of each
// instruction set (cpu/kernel_builds.h).
#pragma once

#include <cstdint>

#include "cpu/int32x8.h"
#include "mix/bit_history.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {
namespace {

static_assert(kMixerLanes == kInt32Lanes && kMixerContexts % kMixerLanes == 0);

void Dot(const int32_t* inputs, const int32_t* const* weights, int sets, int count, int32_t* sums) {
  for (int s = 0; s < sets; ++s) {
    const int32_t* w = weights[s];
    Int32x8 sum = {};
    for (int i = 0; i < count; i += kMixerLanes) sum += (At(inputs + i).v * At(w + i).v) >> 8;
    sum += __builtin_shufflevector(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3);
    sum += __builtin_shufflevector(sum, sum, 2, 3, 0, 1, 6, 7, 4, 5);
    sums[s] = sum[0] + sum[1];
  }
}

void Train(const int32_t* inputs, int32_t* const* weights, const int32_t* errors, int sets,
           int count) {
  constexpr int32_t kMaxWeight = 1 << 19;
  const Int32x8 max = Int32x8{} + kMaxWeight;
  const Int32x8 half = Int32x8{} + (1 << 13);
  for (int s = 0; s < sets; ++s) {
    int32_t* row = weights[s];
    const Int32x8 error = Int32x8{} + errors[s];
    for (int i = 0; i < count; i += kMixerLanes) {
      Int32x8 w = At(row + i).v + ((At(inputs + i).v * error + half) >> 14);
      w = w > max ? max : w;
      w = w < -max ? -max : w;
      At(row + i).v = w;
    }
  }
}

int Gather(const Slot* const* slots, int node, const uint32_t* map, const uint32_t* expected,
           uint32_t prefix, int shift, uint32_t* index, int32_t* inputs) {
  alignas(64) uint32_t histories[kMixerContexts];
  alignas(64) int32_t quicks[kMixerContexts];
  alignas(64) uint32_t pairs[kMixerContexts];
  for (int i = 0; i < kMixerContexts; ++i) {
    histories[i] = slots[i]->history[node - 1];
    quicks[i] = static_cast<int8_t>(slots[i]->quick[node - 1]);
  }
  Uint32x8 base = {0, 768, 1536, 2304, 3072, 3840, 4608, 5376};
  for (int i = 0; i < kMixerContexts; i += kMixerLanes) {
    const Uint32x8 next = At(expected + i).v >> shift;
    const Uint32x8 expectation = ((next & 1) + 1) << 8;
    const Uint32x8 agrees = (next >> 1) == prefix;
    At(index + i).v = base + (expectation & agrees) + At(histories + i).v;
    base += 768 * kMixerLanes;
  }
  for (int i = 0; i < kMixerContexts; ++i) pairs[i] = map[index[i]];
  Int32x8 seen = {};
  for (int i = 0; i < kMixerContexts; i += kMixerLanes) {
    const Uint32x8 pair = At(pairs + i).v;
    const Uint32x8 p_q16 = ((pair >> 16) + (pair & 0xFFFF)) >> 1;
    const Int32x8 is_seen = At(histories + i).v != 0;
    const Int32x8 is_pure = At(histories + i).v < kPureStates;
    const Int32x8 confidence = ((Int32x8)p_q16 - 32768) >> 5 & is_seen;
    At(inputs + i).v = confidence + (confidence & is_pure);
    At(inputs + kMixerContexts + i).v = At(quicks + i).v << 4;
    seen -= is_seen;
  }
  int total = 0;
  for (int k = 0; k < kMixerLanes; ++k) total += seen[k];
  return total;
}

void Learn(Slot* const* slots, int node, uint32_t* map, const uint32_t* index, int bit,
           const uint8_t* history_next, const uint8_t* row, const uint8_t* quick_next) {
  alignas(64) uint32_t pairs[kMixerContexts];
  for (int i = 0; i < kMixerContexts; ++i) pairs[i] = map[index[i]];
  const uint32_t mask = 0u - static_cast<uint32_t>(bit);
  for (int i = 0; i < kMixerContexts; i += kMixerLanes) {
    const Uint32x8 distance = At(pairs + i).v ^ mask;
    const Uint32x8 fast_step = distance >> 20 << 16;
    const Uint32x8 slow_step = (distance & 0xFFFF) >> 7;
    At(pairs + i).v = (distance - fast_step - slow_step) ^ mask;
  }
  for (int i = 0; i < kMixerContexts; ++i) map[index[i]] = pairs[i];
  const uint8_t* next = history_next + bit;
  const uint8_t* next_quick = quick_next + bit * 256;
  for (int i = 0; i < kMixerContexts; ++i) {
    uint8_t& history = slots[i]->history[node - 1];
    uint8_t& quick = slots[i]->quick[node - 1];
    quick = next_quick[row[history] * 512 + quick];
    history = next[history * 2];
  }
}

constexpr MixerKernels MakeMixerKernels() {
  return {.dot = Dot, .train = Train, .gather = Gather, .learn = Learn};
}

}  // namespace
}  // namespace lmz
