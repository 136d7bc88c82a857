// The logistic domain in integers: probabilities in 1/65536, logits in 1/256 nats.
//
// Squash(x) = 65536 / (1 + exp(-x / 256)) and Stretch is its inverse on 4,096 steps. Both are
// tables made by integer arithmetic alone, so every build holds the same numbers
// (logistic_test.cc walks the whole domain and pins a checksum).
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// Logits are clamped to this magnitude before Squash: exp(-12) is less than half a step of 1/65536.
inline constexpr int kMaxLogitQ8 = 12 * 256 - 1;

// Stretch never returns more than this: single contexts are not trusted beyond exp(8).
inline constexpr int kMaxStretchQ8 = 8 * 256 - 1;

namespace internal {
extern const std::array<uint16_t, 2 * kMaxLogitQ8 + 1> kSquashTable;
extern const std::array<int16_t, 4096> kStretchTable;
}  // namespace internal

// The probability, in 1/65536 and within 1 .. 65535, of a logit in 1/256 nats (any int).
inline int Squash(int logit_q8) {
  if (logit_q8 > kMaxLogitQ8) logit_q8 = kMaxLogitQ8;
  if (logit_q8 < -kMaxLogitQ8) logit_q8 = -kMaxLogitQ8;
  return internal::kSquashTable[static_cast<unsigned>(logit_q8 + kMaxLogitQ8)];
}

// The logit, in 1/256 nats and within +-kMaxStretchQ8, of a probability in 0 .. 65535.
inline int Stretch(int p_q16) {
  return internal::kStretchTable[static_cast<unsigned>(p_q16) >> 4];
}

}  // namespace lmz
