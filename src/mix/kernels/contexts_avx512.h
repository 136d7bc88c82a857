// Gathering and learning of all sixteen contexts at once, for CPUs that look up and scatter whole
// vectors faster than number by number: see mixer_kernels.h. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "cpu/for_each.h"
#include "mix/bit_history.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {
namespace {

static_assert(kMixerContexts == 16);

// nodes[node - 1] of each slot. Read with the node behind it, which nothing has written lately, and
// the last one with the node before it.
inline __m512i NodesOf(const Slot* const* slots, int node) {
  const bool is_last = node == 15;
  const __m512i offset = _mm512_set1_epi64(2 * node - (is_last ? 2 : 0));
  const auto eight = [&](const Slot* const* first) __attribute__((always_inline)) {
    return _mm512_i64gather_epi32(_mm512_add_epi64(_mm512_loadu_si512(first), offset), nullptr, 1);
  };
  const __m512i both =
      _mm512_inserti64x4(_mm512_castsi256_si512(eight(slots)), eight(slots + 8), 1);
  const __m128i behind = _mm_cvtsi32_si128(is_last ? 16 : 0);
  return _mm512_and_si512(_mm512_srl_epi32(both, behind), _mm512_set1_epi32(0xFFFF));
}

inline void StoreInputs(int16_t* to, __m512i values) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi32_epi16(values));
}

int GatherWide(const Slot* const* slots, int node, const uint32_t* map, const uint32_t* expected,
               uint32_t prefix, int shift, ContextBit* bit, int16_t* inputs) {
  const __m512i states = NodesOf(slots, node);
  _mm512_store_si512(bit->nodes, states);
  const __m512i history = _mm512_and_si512(states, _mm512_set1_epi32(0xFF));
  const __m512i next = _mm512_srl_epi32(_mm512_loadu_si512(expected), _mm_cvtsi32_si128(shift));
  const __mmask16 agrees = _mm512_cmpeq_epi32_mask(_mm512_srli_epi32(next, 1),
                                                   _mm512_set1_epi32(static_cast<int>(prefix)));
  const __mmask16 is_one = _mm512_test_epi32_mask(next, _mm512_set1_epi32(1));
  __m512i index =
      _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                         _mm512_set1_epi32(3 * 256));
  index = _mm512_add_epi32(index, history);
  index = _mm512_mask_add_epi32(index, agrees, index, _mm512_set1_epi32(256));
  index = _mm512_mask_add_epi32(index, agrees & is_one, index, _mm512_set1_epi32(256));
  _mm512_store_si512(bit->index, index);
  const __m512i pairs = _mm512_i32gather_epi32(index, map, 4);
  _mm512_store_si512(bit->pairs, pairs);
  const __m512i sum = _mm512_add_epi32(_mm512_srli_epi32(pairs, 16),
                                       _mm512_and_si512(pairs, _mm512_set1_epi32(0xFFFF)));
  const __m512i centred = _mm512_sub_epi32(_mm512_srli_epi32(sum, 1), _mm512_set1_epi32(32768));
  const __mmask16 is_seen = _mm512_test_epi32_mask(history, history);
  const __mmask16 is_pure =
      _mm512_cmplt_epi32_mask(history, _mm512_set1_epi32(static_cast<int>(kPureStates)));
  const __m512i confidence = _mm512_maskz_srai_epi32(is_seen, centred, 5);
  StoreInputs(inputs, _mm512_mask_add_epi32(confidence, is_pure, confidence, confidence));
  const __m512i quick = _mm512_srai_epi32(_mm512_slli_epi32(states, 16), 24);
  StoreInputs(inputs + kMixerContexts, _mm512_slli_epi32(quick, 4));
  return __builtin_popcount(is_seen);
}

template <int kFirst>
inline void StoreNodes(Slot* const* slots, int node, __m128i words) {
  const auto store = [&]<int i>() __attribute__((always_inline)) {
    slots[kFirst + i]->nodes[node - 1] = static_cast<uint16_t>(_mm_extract_epi16(words, i));
  };
  ForEach<0, 8>(store);
}

void LearnWide(Slot* const* slots, int node, uint32_t* map, ContextBit* context_bit, int bit,
               const NodeSteps* steps) {
  const __m512i states = _mm512_load_si512(context_bit->nodes);
  const __m512i byte = _mm512_set1_epi32(0xFF);
  const __m512i step =
      _mm512_i32gather_epi32(_mm512_and_si512(states, byte), steps->history[bit], 4);
  const __m512i row = _mm512_add_epi32(_mm512_srli_epi32(step, 8), _mm512_srli_epi32(states, 8));
  const __m512i quick = _mm512_slli_epi32(_mm512_i32gather_epi32(row, steps->quick, 1), 8);
  // The low byte from the step, the one above from the quick probability.
  const __m256i nodes = _mm512_cvtepi32_epi16(_mm512_ternarylogic_epi32(byte, step, quick, 0xCA));
  StoreNodes<0>(slots, node, _mm256_castsi256_si128(nodes));
  StoreNodes<8>(slots, node, _mm256_extracti128_si256(nodes, 1));
  const __m512i mask = _mm512_set1_epi32(-bit);
  const __m512i distance = _mm512_xor_si512(_mm512_load_si512(context_bit->pairs), mask);
  const __m512i fast_step = _mm512_slli_epi32(_mm512_srli_epi32(distance, 20), 16);
  const __m512i slow_step =
      _mm512_srli_epi32(_mm512_and_si512(distance, _mm512_set1_epi32(0xFFFF)), 7);
  const __m512i nearer = _mm512_sub_epi32(_mm512_sub_epi32(distance, fast_step), slow_step);
  _mm512_i32scatter_epi32(map, _mm512_load_si512(context_bit->index),
                          _mm512_xor_si512(nearer, mask), 4);
}

}  // namespace
}  // namespace lmz
