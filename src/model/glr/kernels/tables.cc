#include "model/glr/kernels/tables.h"

#include <cstddef>

#include "base/uint128.h"
#include "entropy/q62.h"

namespace lmz {

namespace {

using q62::ExpOfMinus;
using q62::kOne;
using q62::Mul;

// Powers of e^(-1/256) carry an error of at most 4096 * 2^-62: far below what could change a
// rounding to 16 bits (the tests compare every entry with extended precision).
constexpr std::array<uint16_t, 8192> MakeSigmoidTable() {
  std::array<uint16_t, 8192> table{};
  const uint64_t ratio = ExpOfMinus(kOne >> 8);
  uint64_t power = kOne;
  for (uint32_t z = 0; z < 4096; ++z) {
    // With p = e^(-z/256) the sigmoid of z is 1 / (1 + p), that of -z is p / (1 + p).
    const uint64_t denominator = kOne + power;
    const Uint128 above = ((Uint128{kOne} << 16) + denominator / 2) / denominator;
    table[4096 + z] = static_cast<uint16_t>(above > 65535 ? 65535 : above);
    table[4096 - z] =
        static_cast<uint16_t>(((Uint128{power} << 16) + denominator / 2) / denominator);
    power = Mul(power, ratio);
  }
  return table;
}

constexpr std::array<uint32_t, 1024> MakeExp2Table() {
  std::array<uint32_t, 1024> table{};
  const uint64_t ratio = ExpOfMinus(q62::kLn2 >> 10);
  uint64_t power = kOne;
  for (uint32_t& entry : table) {
    entry = static_cast<uint32_t>((power + (uint64_t{1} << 39)) >> 40);
    power = Mul(power, ratio);
  }
  return table;
}

constexpr std::array<uint8_t, 256 + 3> MakeFactorTable() {
  std::array<uint8_t, 256 + 3> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    table[i] = static_cast<uint8_t>((255 * 16384 - 1) / (16384 + 64 * i + 1));
  }
  return table;
}

constexpr std::array<int32_t, 128> MakeMantissaTable() {
  std::array<int32_t, 128> table{};
  for (int32_t i = 0; i < 128; ++i) {
    const int32_t factor = 127 + i;
    table[static_cast<size_t>(i)] = ((1 << 21) + factor / 2) / factor;
  }
  return table;
}

}  // namespace

constexpr std::array<uint16_t, 8192> kSigmoidTable = MakeSigmoidTable();
constexpr std::array<uint32_t, 1024> kExp2Table = MakeExp2Table();
constexpr std::array<uint8_t, 256 + 3> kFactorTable = MakeFactorTable();
constexpr std::array<int32_t, 128> kMantissaTable = MakeMantissaTable();

void LookUpSigmoid(uint16_t* numbers, int size) {
  for (int i = 0; i < size; ++i) numbers[i] = kSigmoidTable[numbers[i]];
}

}  // namespace lmz
