#include "entropy/logistic.h"

#include <cstddef>

#include "base/uint128.h"

namespace lmz::internal {

namespace {

constexpr auto MakeSquashTable() {
  // exp(-1 / 256) in 1/2^62: 0.99610136947011749... in 62 bits
  constexpr uint64_t kStepQ62 = 4593706758521714574u;
  std::array<uint16_t, 2 * kMaxLogitQ8 + 1> table{};
  uint64_t exp_q62 = uint64_t{1} << 62;  // exp(-x / 256), from x = 0 upwards
  for (unsigned x = 0; x <= kMaxLogitQ8; ++x) {
    // 65536 / (1 + e), rounded; e <= 1 keeps the divisor below 2^47 and the dividend below 2^64.
    const uint64_t divisor_q46 = (uint64_t{1} << 46) + (exp_q62 >> 16);
    const uint64_t p = ((uint64_t{1} << 62) + divisor_q46 / 2) / divisor_q46;
    const uint64_t clamped = p > 65535 ? 65535 : p;
    table[kMaxLogitQ8 + x] = static_cast<uint16_t>(clamped);
    table[kMaxLogitQ8 - x] = static_cast<uint16_t>(x == 0 ? clamped : 65536 - clamped);
    exp_q62 = static_cast<uint64_t>((Uint128{exp_q62} * kStepQ62) >> 62);
  }
  return table;
}

constexpr auto kSquash = MakeSquashTable();

constexpr auto MakeStretchTable() {
  std::array<int16_t, 4096> table{};
  int x = -kMaxStretchQ8;
  for (unsigned i = 0; i < 4096; ++i) {
    const unsigned p_q16 = i * 16 + 8;  // the middle of the step
    while (x < kMaxStretchQ8 && kSquash[static_cast<unsigned>(x + 1 + kMaxLogitQ8)] <= p_q16) ++x;
    table[i] = static_cast<int16_t>(x);
  }
  return table;
}

// ln(1 + (m + 1/2) / 256) in 1/65536 nats: one bit of the binary logarithm at a time, by squaring.
constexpr auto MakeLogTable() {
  std::array<uint16_t, 256> table{};
  for (size_t m = 0; m < 256; ++m) {
    uint64_t x_q30 = uint64_t{2 * (256 + m) + 1} << 21;  // 1 < x < 2
    uint64_t log2_q16 = 0;
    for (int i = 0; i < 16; ++i) {
      x_q30 = x_q30 * x_q30 >> 30;
      log2_q16 <<= 1;
      if (x_q30 >= uint64_t{2} << 30) {
        x_q30 >>= 1;
        log2_q16 |= 1;
      }
    }
    table[m] = static_cast<uint16_t>((log2_q16 * kLn2Q16 + (1 << 15)) >> 16);
  }
  return table;
}

}  // namespace

constinit const std::array<uint16_t, 2 * kMaxLogitQ8 + 1> kSquashTable = kSquash;
constinit const std::array<int16_t, 4096> kStretchTable = MakeStretchTable();
constinit const std::array<uint16_t, 256> kLogTable = MakeLogTable();

}  // namespace lmz::internal
