#include "model/glr/kernels/tables.h"

namespace lmz {

namespace {

// Wide enough for products of two Q62 numbers; a GCC and clang extension on both architectures.
__extension__ using Wide = unsigned __int128;

constexpr int kOneBits = 62;
constexpr uint64_t kOne = uint64_t{1} << kOneBits;
constexpr uint64_t kLn2Q62 = 3196577161300663915u;

constexpr uint64_t MulQ62(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((Wide{a} * b + (kOne >> 1)) >> kOneBits);
}

// e^-x in Q62 for 0 <= x < 2^-7 (Taylor; the ninth term is below 2^-62).
constexpr uint64_t ExpOfMinus(uint64_t x) {
  uint64_t sum = kOne;
  uint64_t term = kOne;
  for (uint64_t n = 1; n <= 9; ++n) {
    term = MulQ62(term, x) / n;
    sum = n % 2 == 1 ? sum - term : sum + term;
  }
  return sum;
}

// Powers of e^(-1/256) carry an error of at most 4096 * 2^-62: far below what could change a
// rounding to 16 bits (the tests compare every entry with extended precision).
constexpr std::array<uint16_t, 8192> MakeSigmoidTable() {
  std::array<uint16_t, 8192> table{};
  const uint64_t ratio = ExpOfMinus(kOne >> 8);
  uint64_t power = kOne;
  for (uint32_t z = 0; z < 4096; ++z) {
    // With p = e^(-z/256) the sigmoid of z is 1 / (1 + p), that of -z is p / (1 + p).
    const uint64_t denominator = kOne + power;
    const Wide above = ((Wide{kOne} << 16) + denominator / 2) / denominator;
    table[4096 + z] = static_cast<uint16_t>(above > 65535 ? 65535 : above);
    table[4096 - z] = static_cast<uint16_t>(((Wide{power} << 16) + denominator / 2) / denominator);
    power = MulQ62(power, ratio);
  }
  return table;
}

constexpr std::array<uint32_t, 1024> MakeExp2Table() {
  std::array<uint32_t, 1024> table{};
  const uint64_t ratio = ExpOfMinus(kLn2Q62 >> 10);
  uint64_t power = kOne;
  for (uint32_t& entry : table) {
    entry = static_cast<uint32_t>((power + (uint64_t{1} << 39)) >> 40);
    power = MulQ62(power, ratio);
  }
  return table;
}

}  // namespace

constexpr std::array<uint16_t, 8192> kSigmoidTable = MakeSigmoidTable();
constexpr std::array<uint32_t, 1024> kExp2Table = MakeExp2Table();

void LookUpSigmoid(uint16_t* numbers, int size) {
  for (int i = 0; i < size; ++i) numbers[i] = kSigmoidTable[numbers[i]];
}

}  // namespace lmz
