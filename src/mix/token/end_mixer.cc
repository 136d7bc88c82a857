#include "mix/token/end_mixer.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "entropy/logistic.h"

namespace lmz {

namespace {

constexpr int kProbabilityBits = 22;
constexpr uint32_t kCountMask = (1u << (32 - kProbabilityBits)) - 1;
constexpr uint32_t kMaxCount = 60;

constexpr uint32_t kGrades = 32;
constexpr uint32_t kTrusts = 24;
constexpr int kRate = 5;  // of learning, in 1/256

// What each row begins as, in 1/65536: the model is believed.
constexpr int32_t kModelWeight = 60000;
constexpr int32_t kCounterWeight = 4000;

uint32_t Grade(uint32_t match_length, bool ended) {
  if (match_length == 0) return 0;
  const auto size = static_cast<uint32_t>(std::bit_width(match_length));
  return std::min<uint32_t>(15, size) * 2 + (ended ? 1 : 0);
}

int SlotBitsFor(uint64_t raw_size) {
  return std::clamp(static_cast<int>(std::bit_width(raw_size)), 8, 16);
}

uint32_t Hash(uint64_t a, uint64_t b, int bits) {
  return static_cast<uint32_t>(
      ((a * kGoldenRatio64) ^ (b + 1) * 0xD6E8FEB86659FD93) * kGoldenRatio64 >> (64 - bits));
}

}  // namespace

EndMixer::EndMixer(uint64_t raw_size)
    : slot_bits_(SlotBitsFor(raw_size)), counters_(kCounters << slot_bits_, 1u << 31) {
  Row start;
  start.fill(kCounterWeight);
  start[0] = kModelWeight;
  rows_[0].assign(kGrades, start);
  rows_[1].assign(kTrusts, start);
  rows_[2].assign(256, start);
}

uint64_t EndMixer::MemoryFor(uint64_t raw_size) {
  return (kCounters << SlotBitsFor(raw_size)) * sizeof(uint32_t) +
         (kGrades + kTrusts + 256) * sizeof(Row);
}

uint32_t EndMixer::Predict(const Situation& s) {
  const uint32_t grade = Grade(s.match_length, s.match_ended);
  const uint32_t expected = s.match_length != 0 ? s.expected_byte + 1u : 0;
  const std::array<uint32_t, kCounters> slots = {
      Hash(s.node, 0, slot_bits_),
      Hash(s.node, s.previous + uint64_t{1}, slot_bits_),
      Hash(s.recent & 0xFFFFFF, 0, slot_bits_),
      Hash(s.recent, 1, slot_bits_),
      grade,
      Hash(s.node, expected, slot_bits_),
  };
  inputs_q8_[0] = s.model_logit_q8;
  inputs_q8_[1] = s.second_logit_q8;
  inputs_q8_[2] = 128;
  for (size_t i = 0; i < kCounters; ++i) {
    used_[i] = &counters_[(i << slot_bits_) + slots[i]];
    inputs_q8_[3 + i] = Stretch(static_cast<int>(*used_[i] >> 16));
  }
  sets_[0] = &rows_[0][grade];
  sets_[1] = &rows_[1][static_cast<size_t>(std::clamp((s.model_logit_q8 + 3072) >> 8, 0, 23))];
  sets_[2] = &rows_[2][s.recent & 0xFF];
  int sum_q8 = 0;
  for (size_t set = 0; set < kSets; ++set) {
    int64_t product = 0;
    for (size_t i = 0; i < kInputs; ++i) {
      product += int64_t{(*sets_[set])[i]} * inputs_q8_[i];
    }
    logits_q8_[set] =
        static_cast<int>(std::clamp<int64_t>(product >> 16, -kMaxLogitQ8, kMaxLogitQ8));
    sum_q8 += logits_q8_[set];
  }
  return static_cast<uint32_t>(Squash(sum_q8 / static_cast<int>(kSets)));
}

void EndMixer::Update(bool ends) {
  for (size_t set = 0; set < kSets; ++set) {
    const int error_q16 = (ends ? 65536 : 0) - Squash(logits_q8_[set]);
    for (size_t i = 0; i < kInputs; ++i) {
      int32_t& weight = (*sets_[set])[i];
      const int64_t step = int64_t{inputs_q8_[i]} * error_q16 * kRate >> 16;
      weight = static_cast<int32_t>(std::clamp<int64_t>(weight + step, -(1 << 20), 1 << 20));
    }
  }
  for (uint32_t* counter : used_) {
    const uint32_t count = *counter & kCountMask;
    const auto p = static_cast<int32_t>(*counter >> (32 - kProbabilityBits));
    const int32_t target = ends ? (1 << kProbabilityBits) - 1 : 0;
    const int32_t moved = p + (target - p) * 2 / static_cast<int32_t>(2 * count + 3);
    *counter =
        static_cast<uint32_t>(moved) << (32 - kProbabilityBits) | std::min(count + 1, kMaxCount);
  }
}

}  // namespace lmz
