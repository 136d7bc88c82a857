#include "entropy/logistic_curve.h"

#include "base/uint128.h"

namespace lmz::internal {

namespace {

constexpr auto MakeCurveTable() {
  constexpr uint64_t kStepQ62 = 4332278087304955805u;  // exp(-1 / 16) in 1/2^62
  std::array<uint32_t, 641> table{};
  uint64_t exp_q62 = uint64_t{1} << 62;  // exp(-x / 16), from x = 0 upwards
  for (unsigned x = 0; x <= 320; ++x) {
    // 2^31 / (1 + e), rounded down; e <= 1 keeps the divisor within 32 bits.
    const uint64_t divisor_q31 = (uint64_t{1} << 31) + (exp_q62 >> 31);
    const auto share = static_cast<uint32_t>((uint64_t{1} << 62) / divisor_q31);
    table[320 + x] = share;
    table[320 - x] = (1u << 31) - share;
    exp_q62 = static_cast<uint64_t>((Uint128{exp_q62} * kStepQ62) >> 62);
  }
  return table;
}

constexpr auto MakeLog2Table() {
  std::array<uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    uint64_t fraction_q31 = uint64_t{256 + i} << 23;  // in [1, 2)
    unsigned log = 0;
    for (int bit = 0; bit < 8; ++bit) {
      fraction_q31 = fraction_q31 * fraction_q31 >> 31;
      const unsigned is_two = fraction_q31 >> 32 != 0 ? 1 : 0;
      fraction_q31 >>= is_two;
      log = log << 1 | is_two;
    }
    table[i] = static_cast<uint16_t>(log);
  }
  return table;
}

}  // namespace

constinit const std::array<uint32_t, 641> kCurveTable = MakeCurveTable();
constinit const std::array<uint16_t, 256> kLog2Table = MakeLog2Table();

}  // namespace lmz::internal
