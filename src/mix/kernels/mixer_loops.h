// The code of the mixer kernels, included by the file of each instruction set
// (cpu/kernel_builds.h). The mixing is in terms of Words, a type with vectors of 16-bit numbers:
//   MulAdd(sums, a, b): sums grow by the products of a and b, whatever product goes to which sum;
//   Step(v, a, b): v + ((a * b + 2^14) >> 15), clamped to 16 bits;
//   Reduce8/4(s, limit, out): out[i] = the total of s[i] >> 15, clamped to +-limit.
//   Lookup(table, index, out): out[k] = table[index[k]] for eight numbers;
//   Equal(v, x), Lowest(v): as bits, which of sixteen numbers are x, are the lowest.
// The rest is in cpu/int32x8.h's vectors.
#pragma once

#include <cstdint>

#include "cpu/for_each.h"
#include "cpu/int32x8.h"
#include "entropy/logistic.h"
#include "mix/bit_history.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {
namespace {

static_assert(kMixerContexts % kInt32Lanes == 0);

// The inputs. The last vector comes in parts, which the caller wrote one by one.
template <class Words>
inline typename Words::Vector LoadInputs(const MixerRows* rows, int i) {
  return i + Words::kWords < kMixerInputs ? Words::Load(rows->inputs + i)
                                          : Words::LoadParts(rows->inputs + i);
}

template <class Words, int kSets>
void MixFirst(MixerRows* rows, int limit_q8) {
  static_assert(kMixerInputs % Words::kWords == 0);
  typename Words::Sums sums[kMixerSets];
  for (int s = 0; s < kMixerSets; ++s) sums[s] = Words::Zero();
  ForEach<0, kMixerInputs / Words::kWords>([&]<int v>() {
    constexpr int i = v * Words::kWords;
    const typename Words::Vector inputs = LoadInputs<Words>(rows, i);
    ForEach<0, kSets>([&]<int s>() {
      sums[s] = Words::MulAdd(sums[s], inputs, Words::Load(rows->first[s] + i));
    });
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

inline int16_t ErrorOf(int logit_q8, int bit, int rate) {
  const int p_q16 = internal::kSquashTable[static_cast<unsigned>(logit_q8 + kMaxLogitQ8)];
  return static_cast<int16_t>(((bit << 16) - p_q16) * rate / 64);
}

template <class Words, class Eight>
void Train(const MixerRows* rows, int bit) {
  // All of them first: each is a chain of its own.
  int16_t errors[kMixerSets];
  for (int s = 0; s < rows->sets; ++s) errors[s] = ErrorOf(rows->logits_q8[s], bit, kMixerRate);
  for (int s = 0; s < rows->sets; ++s) {
    int16_t* row = rows->first[s];
    const typename Words::Vector error = Words::Spread(errors[s]);
    for (int i = 0; i < kMixerInputs; i += Words::kWords) {
      Words::Store(row + i, Words::Step(Words::Load(row + i), LoadInputs<Words>(rows, i), error));
    }
  }
  const typename Eight::Vector logits = Eight::Load(rows->logits_q8);
  for (int f = 0; f < rows->final_sets; ++f) {
    int16_t* row = rows->final[f];
    const int16_t error = ErrorOf(rows->final_logits_q8[f], bit, kMixerFinalRate);
    Eight::Store(row, Eight::Step(Eight::Load(row), logits, Eight::Spread(error)));
  }
}

using Int16x8 = int16_t __attribute__((vector_size(16)));
struct __attribute__((packed, may_alias)) StoredInt16x8 {
  Int16x8 v;
};

using Int16x16 = int16_t __attribute__((vector_size(32)));
struct __attribute__((packed, may_alias)) StoredInt16x16 {
  Int16x16 v;
};

// As one vector, since Mix loads them as one: it would wait for two parts to reach the cache.
inline void StoreWords(int16_t* p, const Int32x8& low, const Int32x8& high) {
  const Int16x8 low_words = __builtin_convertvector(low, Int16x8);
  const Int16x8 high_words = __builtin_convertvector(high, Int16x8);
  reinterpret_cast<StoredInt16x16*>(p)->v = __builtin_shufflevector(
      low_words, high_words, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// For eight contexts of the sixteen.
struct Gathered {
  Int32x8 confidence;
  Int32x8 quick;
  Int32x8 is_seen;
};

template <class Words, int kFirst>
inline Gathered GatherEight(const Slot* const* slots, int node, const uint32_t* map,
                            const uint32_t* expected, uint32_t prefix, int shift, ContextBit* bit) {
  const auto state_of = [&](int i) { return uint32_t{slots[kFirst + i]->nodes[node - 1]}; };
  const Uint32x8 states = {state_of(0), state_of(1), state_of(2), state_of(3),
                           state_of(4), state_of(5), state_of(6), state_of(7)};
  At(bit->nodes + kFirst).v = states;
  const Uint32x8 next = At(expected + kFirst).v >> shift;
  const Uint32x8 expectation = ((next & 1) + 1) << 8;
  const Uint32x8 agrees = (next >> 1) == prefix;
  constexpr Uint32x8 kBase = {0, 768, 1536, 2304, 3072, 3840, 4608, 5376};
  const Int32x8 history = (Int32x8)(states & 0xFF);
  const Uint32x8 index = kBase + 768 * kFirst + (expectation & agrees) + (Uint32x8)history;
  At(bit->index + kFirst).v = index;
  Uint32x8 pair;
  Words::Lookup(map, index, pair);
  At(bit->pairs + kFirst).v = pair;
  const Uint32x8 p_q16 = ((pair >> 16) + (pair & 0xFFFF)) >> 1;
  const Int32x8 is_seen = history != 0;
  const Int32x8 is_pure = history < static_cast<int32_t>(kPureStates);
  const Int32x8 confidence = ((Int32x8)p_q16 - 32768) >> 5 & is_seen;
  // The quick probability, a signed byte in the upper half, times 16.
  return {confidence + (confidence & is_pure), (Int32x8)(states << 16) >> 24 << 4, is_seen};
}

template <class Words>
int Gather(const Slot* const* slots, int node, const uint32_t* map, const uint32_t* expected,
           uint32_t prefix, int shift, ContextBit* bit, int16_t* inputs) {
  static_assert(kMixerContexts == 16);
  const Gathered low = GatherEight<Words, 0>(slots, node, map, expected, prefix, shift, bit);
  const Gathered high = GatherEight<Words, 8>(slots, node, map, expected, prefix, shift, bit);
  StoreWords(inputs, low.confidence, high.confidence);
  StoreWords(inputs + kMixerContexts, low.quick, high.quick);
  Int32x8 seen = low.is_seen + high.is_seen;
  seen += __builtin_shufflevector(seen, seen, 4, 5, 6, 7, 0, 1, 2, 3);
  seen += __builtin_shufflevector(seen, seen, 2, 3, 0, 1, 6, 7, 4, 5);
  return -(seen[0] + seen[1]);
}

void Learn(Slot* const* slots, int node, uint32_t* map, ContextBit* context_bit, int bit,
           const NodeSteps* steps) {
  const uint32_t* next = steps->history[bit];
  for (int i = 0; i < kMixerContexts; ++i) {
    const uint32_t state = context_bit->nodes[i];
    const uint32_t step = next[state & 0xFF];
    const uint32_t quick = steps->quick[(step >> 8) + (state >> 8)];
    slots[i]->nodes[node - 1] = static_cast<uint16_t>((step & 0xFF) | quick << 8);
  }
  const uint32_t mask = 0u - static_cast<uint32_t>(bit);
  for (int i = 0; i < kMixerContexts; i += kInt32Lanes) {
    const Uint32x8 distance = At(context_bit->pairs + i).v ^ mask;
    const Uint32x8 fast_step = distance >> 20 << 16;
    const Uint32x8 slow_step = (distance & 0xFFFF) >> 7;
    At(context_bit->pairs + i).v = (distance - fast_step - slow_step) ^ mask;
  }
  for (int i = 0; i < kMixerContexts; ++i) map[context_bit->index[i]] = context_bit->pairs[i];
}

// sums[n] .. sums[n + 7], of the numbers behind them.
inline void SumEight(uint32_t* sums, int n) {
  const Uint32x8 low = At(sums + 2 * n).v, high = At(sums + 2 * n + 8).v;
  At(sums + n).v = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14) +
                   __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

void SumTree(const uint32_t* weights, uint32_t* sums) {
  for (int i = 0; i < 256; i += kInt32Lanes) At(sums + 256 + i).v = At(weights + i).v;
  for (int n = 256 - kInt32Lanes; n >= kInt32Lanes; n -= kInt32Lanes) SumEight(sums, n);
  for (int n = kInt32Lanes - 1; n > 0; --n) sums[n] = sums[2 * n] + sums[2 * n + 1];
}

template <class Words>
void FindRuns(const uint32_t* hashes, RunLookup* lookup) {
  for (int i = 0; i < kMixerContexts; ++i) {
    const RunBucket& bucket = *lookup->buckets[i];
    const uint32_t found = Words::Equal(bucket.checks, static_cast<uint16_t>(hashes[i]));
    const uint32_t places = found != 0 ? found : Words::Lowest(bucket.counts);
    const int place = __builtin_ctz(places);
    lookup->places[i] = static_cast<uint8_t>(place);
    lookup->bytes[i] = found != 0 ? bucket.bytes[place] : uint8_t{0};
    lookup->counts[i] = found != 0 ? bucket.counts[place] : uint8_t{0};
  }
}

template <class Words, class Eight>
constexpr MixerKernels MakeMixerKernels() {
  return {.find_runs = FindRuns<Eight>,
          .mix = Mix<Words, Eight>,
          .train = Train<Words, Eight>,
          .gather = Gather<Words>,
          .sum_tree = SumTree,
          .learn = Learn};
}

}  // namespace
}  // namespace lmz
