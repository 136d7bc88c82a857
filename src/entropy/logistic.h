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
inline constexpr int kLn2Q16 = 45426;
extern const std::array<uint16_t, 256> kLogTable;
}  // namespace internal

// The probability, in 1/65536 and within 1 .. 65535, of a logit in 1/256 nats (any int).
inline int Squash(int logit_q8) {
  if (logit_q8 > kMaxLogitQ8) logit_q8 = kMaxLogitQ8;
  if (logit_q8 < -kMaxLogitQ8) logit_q8 = -kMaxLogitQ8;
  return internal::kSquashTable[static_cast<unsigned>(logit_q8 + kMaxLogitQ8)];
}

// The same of a logit that is known to be within +-kMaxLogitQ8.
inline int SquashWithin(int logit_q8) {
  return internal::kSquashTable[static_cast<unsigned>(logit_q8 + kMaxLogitQ8)];
}

// The logit, in 1/256 nats and within +-kMaxStretchQ8, of a probability in 0 .. 65535.
inline int Stretch(int p_q16) {
  return internal::kStretchTable[static_cast<unsigned>(p_q16) >> 4];
}

// The natural logarithm of v (> 0) in 1/256 nats, less than 1.2 from the exact value.
inline int LogQ8(uint32_t v) {
  const int exponent = 31 - __builtin_clz(v);
  // 8 bits of the mantissa behind its leading one.
  const uint32_t mantissa = exponent >= 8 ? v >> (exponent - 8) : v << (8 - exponent);
  const int log_q16 = exponent * internal::kLn2Q16 + internal::kLogTable[mantissa & 0xFF];
  return (log_q16 + 128) >> 8;
}

}  // namespace lmz
