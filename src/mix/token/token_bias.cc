#include "mix/token/token_bias.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "entropy/logistic.h"

namespace lmz {

namespace {

constexpr int kCountBits = 6;
constexpr int kMaxCount = 30;
constexpr int32_t kMaxBias = 6 << 16;
constexpr int kMaxInput = 2047;

// Of each context's slots.
int SlotBitsFor(uint64_t raw_size) {
  return std::clamp(static_cast<int>(std::bit_width(raw_size)) + 2, 10, 18);
}

}  // namespace

TokenBias::Contexts TokenBias::ContextsOf(uint32_t trie_node, uint32_t last, uint32_t before_last) {
  Contexts contexts;
  contexts[0] = trie_node;
  contexts[1] = contexts[0] * kGoldenRatio64 + last;
  contexts[2] = contexts[1] * kGoldenRatio64 + before_last;
  return contexts;
}

TokenBias::TokenBias(uint64_t raw_size)
    : slot_bits_(SlotBitsFor(raw_size)), biases_(kContexts << slot_bits_) {}

uint64_t TokenBias::MemoryFor(uint64_t raw_size) {
  return (kContexts << SlotBitsFor(raw_size)) * sizeof(int32_t);
}

std::array<int16_t, TokenBias::kContexts> TokenBias::Predict(const Contexts& contexts,
                                                             uint32_t node, int logit_q8) {
  std::array<int16_t, kContexts> inputs;
  for (size_t i = 0; i < kContexts; ++i) {
    const uint64_t hash = (contexts[i] + node * uint64_t{0xD6E8FEB86659FD93}) * kGoldenRatio64;
    used_[i] = &biases_[(i << slot_bits_) + static_cast<size_t>(hash >> (64 - slot_bits_))];
    const int bias_q8 = *used_[i] >> (kCountBits + 8);
    logits_q8_[i] = std::clamp(logit_q8 + bias_q8, -kMaxLogitQ8, kMaxLogitQ8);
    inputs[i] = static_cast<int16_t>(std::clamp(bias_q8, -kMaxInput, kMaxInput));
  }
  return inputs;
}

void TokenBias::Update(int bit) {
  for (size_t i = 0; i < kContexts; ++i) {
    const int count = *used_[i] & ((1 << kCountBits) - 1);
    const int error_q16 = (bit << 16) - SquashWithin(logits_q8_[i]);
    const int32_t moved = (*used_[i] >> kCountBits) + error_q16 / (count + 4);
    *used_[i] =
        std::clamp(moved, -kMaxBias, kMaxBias) * (1 << kCountBits) | std::min(count + 1, kMaxCount);
  }
}

}  // namespace lmz
