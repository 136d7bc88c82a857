#include "model/transformer/kernels/power_tables.h"

#include <cstddef>

#include "base/uint128.h"
#include "entropy/q62.h"

namespace lmz {

namespace {

using q62::ExpOfMinus;
using q62::kOne;
using q62::Mul;

constexpr uint64_t kHalfPiQ62 = 7244019458077122842u;

// Powers of 2^(-1/steps) in Q15; each product errs by at most 2^-62.
constexpr std::array<uint32_t, 32> MakePowers(uint64_t steps) {
  std::array<uint32_t, 32> table{};
  const uint64_t ratio = ExpOfMinus(q62::kLn2 / steps);
  uint64_t power = kOne;
  for (uint32_t& entry : table) {
    entry = static_cast<uint32_t>((power + (uint64_t{1} << 46)) >> 47);
    power = Mul(power, ratio);
  }
  return table;
}

constexpr std::array<uint32_t, 1024> MakeProducts() {
  std::array<uint32_t, 1024> table{};
  const auto coarse = MakePowers(32), fine = MakePowers(1024);
  for (size_t i = 0; i < table.size(); ++i) table[i] = coarse[i / 32] * fine[i % 32];
  return table;
}

// Sines of an angle x in Q62, 0 <= x < 2^-9 (Taylor).
constexpr uint64_t SmallSine(uint64_t x) {
  const uint64_t square = Mul(x, x);
  return x - Mul(x, square) / 6 + Mul(Mul(x, square), square) / 120;
}
constexpr uint64_t SmallVersine(uint64_t x) {  // 1 - cosine
  const uint64_t square = Mul(x, x);
  return square / 2 - Mul(square, square) / 24 + Mul(Mul(square, square), square) / 720;
}

// By turning a vector 1024 times; each turn errs by a few 2^-62.
constexpr std::array<int32_t, 1026> MakeQuarter() {
  std::array<int32_t, 1026> table{};
  const uint64_t step_sine = SmallSine(kHalfPiQ62 / 1024);
  const uint64_t step_versine = SmallVersine(kHalfPiQ62 / 1024);
  uint64_t sine = 0, cosine = kOne;
  for (size_t i = 0; i < 1024; ++i) {
    table[i] = static_cast<int32_t>((sine + (uint64_t{1} << 31)) >> 32);
    const uint64_t next = sine + Mul(cosine, step_sine) - Mul(sine, step_versine);
    cosine = cosine - Mul(cosine, step_versine) - Mul(sine, step_sine);
    sine = next;
  }
  table[1024] = table[1025] = 1 << 30;
  return table;
}

constexpr int kLeastFactor = 127, kMostFactor = 254;

// The binary logarithm by squaring: each square gives one more bit.
constexpr std::array<int32_t, kMostFactor - kLeastFactor + 1> MakeLogs() {
  std::array<int32_t, kMostFactor - kLeastFactor + 1> table{};
  for (size_t i = 0; i < table.size(); ++i) {
    const uint64_t factor = kLeastFactor + i;
    const int whole = factor < 128 ? 6 : 7;
    uint64_t power = factor << (62 - whole);  // 1 .. 2 in Q62
    int64_t log = whole;
    for (int bit = 0; bit < 30; ++bit) {
      const auto square = static_cast<uint64_t>(Uint128{power} * power >> 62);
      log = 2 * log + static_cast<int64_t>(square >> 63);
      power = square >> (square >> 63);
    }
    table[i] = static_cast<int32_t>((log + (1 << 19)) >> 20);
  }
  return table;
}
constexpr std::array<int32_t, kMostFactor - kLeastFactor + 1> kLogs = MakeLogs();

}  // namespace

constexpr std::array<uint32_t, 32> kCoarsePowers = MakePowers(32);
constexpr std::array<uint32_t, 32> kFinePowers = MakePowers(1024);
constexpr std::array<uint32_t, 1024> kPowers = MakeProducts();
constexpr std::array<int32_t, 1026> kQuarterSine = MakeQuarter();

int32_t LogOfFactor(int32_t factor) {
  return kLogs[static_cast<size_t>(factor - kLeastFactor)];
}

int32_t Sine(uint32_t turn) {
  constexpr uint32_t kQuarterTurn = uint32_t{1} << 30;
  const uint32_t in_quarter = turn & (kQuarterTurn - 1);
  const uint32_t angle = (turn & kQuarterTurn) != 0 ? kQuarterTurn - in_quarter : in_quarter;
  const size_t i = angle >> 20;
  const int64_t fraction = angle & ((1 << 20) - 1);
  const int64_t at = kQuarterSine[i], rise = kQuarterSine[i + 1] - kQuarterSine[i];
  const auto value = static_cast<int32_t>((at + (rise * fraction >> 20) + (1 << 14)) >> 15);
  return (turn >> 31) != 0 ? -value : value;
}

}  // namespace lmz
