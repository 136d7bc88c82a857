// The code of the mixer kernels, included by the file of each instruction set
// (cpu/kernel_builds.h). The mixing is in terms of Words, a type with vectors of 16-bit numbers:
//   MulAdd(sums, a, b): sums grow by the products of a and b, whatever product goes to which sum;
//   Step(v, a, b): v + ((a * b + 2^14) >> 15), clamped to 16 bits;
//   Reduce8/4(s, limit, out): out[i] = the total of s[i] >> 15, clamped to +-limit.
// The rest is in cpu/int32x8.h's vectors.
#pragma once

#include <cstdint>

#include "cpu/for_each.h"
#include "cpu/int32x8.h"
#include "mix/bit_history.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {
namespace {

static_assert(kMixerContexts % kInt32Lanes == 0);

template <class Words, int kSets>
void MixFirst(MixerRows* rows, int limit_q8) {
  static_assert(kMixerInputs % Words::kWords == 0);
  typename Words::Sums sums[kMixerSets];
  for (int s = kSets; s < kMixerSets; ++s) sums[s] = Words::Zero();
  ForEach<0, kSets>([&]<int s>() {
    typename Words::Sums sum = Words::Zero();
    for (int i = 0; i < kMixerInputs; i += Words::kWords) {
      sum = Words::MulAdd(sum, Words::Load(rows->inputs + i), Words::Load(rows->first[s] + i));
    }
    sums[s] = sum;
  });
  Words::Reduce8(sums, limit_q8, rows->logits_q8);
}

// `Eight`: the Words whose vectors hold the eight logits of the first layer.
template <class Words, class Eight>
void Mix(MixerRows* rows, int limit_q8, int final_limit_q8) {
  static_assert(Eight::kWords == kMixerSets);
  switch (rows->sets) {
    case 5:
      MixFirst<Words, 5>(rows, limit_q8);
      break;
    case 6:
      MixFirst<Words, 6>(rows, limit_q8);
      break;
    case 7:
      MixFirst<Words, 7>(rows, limit_q8);
      break;
    case 8:
      MixFirst<Words, 8>(rows, limit_q8);
      break;
    case 4:
      MixFirst<Words, 4>(rows, limit_q8);
      break;
    case 3:
      MixFirst<Words, 3>(rows, limit_q8);
      break;
    case 2:
      MixFirst<Words, 2>(rows, limit_q8);
      break;
    default:
      MixFirst<Words, 1>(rows, limit_q8);
      break;
  }
  typename Eight::Sums sums[kMixerFinalSets];
  const typename Eight::Vector logits = Eight::Load(rows->logits_q8);
  for (int f = 0; f < kMixerFinalSets; ++f) {
    sums[f] = f < rows->final_sets
                  ? Eight::MulAdd(Eight::Zero(), logits, Eight::Load(rows->final[f]))
                  : Eight::Zero();
  }
  Eight::Reduce4(sums, final_limit_q8, rows->final_logits_q8);
}

template <class Words, class Eight>
void Train(const MixerRows* rows) {
  for (int s = 0; s < rows->sets; ++s) {
    int16_t* row = rows->first[s];
    const typename Words::Vector error = Words::Spread(rows->errors[s]);
    for (int i = 0; i < kMixerInputs; i += Words::kWords) {
      Words::Store(row + i,
                   Words::Step(Words::Load(row + i), Words::Load(rows->inputs + i), error));
    }
  }
  const typename Eight::Vector logits = Eight::Load(rows->logits_q8);
  for (int f = 0; f < rows->final_sets; ++f) {
    int16_t* row = rows->final[f];
    Eight::Store(row, Eight::Step(Eight::Load(row), logits, Eight::Spread(rows->final_errors[f])));
  }
}

using Int16x8 = int16_t __attribute__((vector_size(16)));
struct __attribute__((packed, may_alias)) StoredInt16x8 {
  Int16x8 v;
};

inline void StoreWords(int16_t* p, const Int32x8& v) {
  reinterpret_cast<StoredInt16x8*>(p)->v = __builtin_convertvector(v, Int16x8);
}

int Gather(const Slot* const* slots, int node, const uint32_t* map, const uint32_t* expected,
           uint32_t prefix, int shift, ContextBit* bit, int16_t* inputs) {
  alignas(64) uint32_t nodes[kMixerContexts];
  for (int i = 0; i < kMixerContexts; ++i) {
    const uint16_t state = slots[i]->nodes[node - 1];
    bit->nodes[i] = state;
    nodes[i] = state;
  }
  Uint32x8 base = {0, 768, 1536, 2304, 3072, 3840, 4608, 5376};
  for (int i = 0; i < kMixerContexts; i += kInt32Lanes) {
    const Uint32x8 next = At(expected + i).v >> shift;
    const Uint32x8 expectation = ((next & 1) + 1) << 8;
    const Uint32x8 agrees = (next >> 1) == prefix;
    At(bit->index + i).v = base + (expectation & agrees) + (At(nodes + i).v & 0xFF);
    base += 768 * kInt32Lanes;
  }
  for (int i = 0; i < kMixerContexts; ++i) bit->pairs[i] = map[bit->index[i]];
  Int32x8 seen = {};
  for (int i = 0; i < kMixerContexts; i += kInt32Lanes) {
    const Uint32x8 pair = At(bit->pairs + i).v;
    const Uint32x8 p_q16 = ((pair >> 16) + (pair & 0xFFFF)) >> 1;
    const Int32x8 history = (Int32x8)(At(nodes + i).v & 0xFF);
    const Int32x8 is_seen = history != 0;
    const Int32x8 is_pure = history < static_cast<int32_t>(kPureStates);
    const Int32x8 confidence = ((Int32x8)p_q16 - 32768) >> 5 & is_seen;
    StoreWords(inputs + i, confidence + (confidence & is_pure));
    // The quick probability, a signed byte in the upper half, times 16.
    StoreWords(inputs + kMixerContexts + i, ((Int32x8)(At(nodes + i).v << 16) >> 24) << 4);
    seen -= is_seen;
  }
  int total = 0;
  for (int k = 0; k < kInt32Lanes; ++k) total += seen[k];
  return total;
}

void Learn(Slot* const* slots, int node, uint32_t* map, ContextBit* context_bit, int bit,
           const NodeSteps* steps) {
  const uint32_t mask = 0u - static_cast<uint32_t>(bit);
  for (int i = 0; i < kMixerContexts; i += kInt32Lanes) {
    const Uint32x8 distance = At(context_bit->pairs + i).v ^ mask;
    const Uint32x8 fast_step = distance >> 20 << 16;
    const Uint32x8 slow_step = (distance & 0xFFFF) >> 7;
    At(context_bit->pairs + i).v = (distance - fast_step - slow_step) ^ mask;
  }
  for (int i = 0; i < kMixerContexts; ++i) map[context_bit->index[i]] = context_bit->pairs[i];
  const uint32_t* next = steps->history[bit];
  for (int i = 0; i < kMixerContexts; ++i) {
    const uint32_t state = context_bit->nodes[i];
    const uint32_t step = next[state & 0xFF];
    const uint32_t quick = steps->quick[(step >> 8) + (state >> 8)];
    slots[i]->nodes[node - 1] = static_cast<uint16_t>((step & 0xFF) | quick << 8);
  }
}

template <class Words, class Eight>
constexpr MixerKernels MakeMixerKernels() {
  return {.mix = Mix<Words, Eight>, .train = Train<Words, Eight>, .gather = Gather, .learn = Learn};
}

}  // namespace
}  // namespace lmz
