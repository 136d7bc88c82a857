// The logistic distribution in integers, for models that hold an opinion about a number: how likely
// it is to lie below a boundary, and what that says about a yes-or-no question. Tables made by
// integer arithmetic alone.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// Boundaries farther out than this, in 1/4096 of the scale, count as this far.
inline constexpr int32_t kMaxCurveQ12 = (20 << 12) - 1;

namespace internal {
inline constexpr int kCurveStepBits = 8;  // of z_q12, between the entries of the table
extern const std::array<uint32_t, (40 << 12 >> kCurveStepBits) + 1> kCurveTable;
extern const std::array<uint16_t, 256> kLog2Table;
}  // namespace internal

// 2^31 / (1 + exp(-z)), interpolated between 1/16 steps of z; |z_q12| <= kMaxCurveQ12.
inline uint32_t LogisticCurve(int32_t z_q12) {
  const auto offset = static_cast<uint32_t>(z_q12 + (20 << 12));
  const uint32_t* entry = &internal::kCurveTable[offset >> internal::kCurveStepBits];
  const uint64_t fraction = offset & ((1u << internal::kCurveStepBits) - 1);
  const uint64_t step = entry[1] - entry[0];
  return entry[0] + static_cast<uint32_t>(step * fraction >> internal::kCurveStepBits);
}

// log2(x) in 1/256, x >= 1, truncated after eight bits of mantissa.
inline int Log2Q8(uint32_t x) {
  const int whole = 31 - __builtin_clz(x);
  const uint32_t mantissa = x << (31 - whole) >> 23 & 0xFF;
  return whole * 256 + internal::kLog2Table[mantissa];
}

// ln(above / below) in 1/256 nats, within +-2047: the logit of "above" given that it is one of the
// two. above, below < 2^32 - 1.
inline int LogitOfShares(uint32_t above, uint32_t below) {
  const int logit_q8 = (Log2Q8(above + 1) - Log2Q8(below + 1)) * 177 >> 8;
  return logit_q8 > 2047 ? 2047 : logit_q8 < -2047 ? -2047 : logit_q8;
}

}  // namespace lmz
