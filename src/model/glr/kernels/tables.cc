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

// First guesses for InverseSqrt by the mantissa's upper eight bits.
constexpr std::array<uint16_t, 256> MakeInverseSqrtSeeds() {
  std::array<uint16_t, 256> seeds{};
  for (uint64_t i = 64; i < 256; ++i) {
    const uint64_t middle = (i << 8) + 128;
    uint64_t root = 0;
    for (uint64_t bit = uint64_t{1} << 15; bit != 0; bit >>= 1) {
      if ((root + bit) * (root + bit) * middle <= uint64_t{1} << 44) root += bit;
    }
    seeds[i] = static_cast<uint16_t>(root);
  }
  return seeds;
}

constexpr std::array<uint16_t, 256> kInverseSqrtSeeds = MakeInverseSqrtSeeds();

}  // namespace

constexpr std::array<uint16_t, 8192> kSigmoidTable = MakeSigmoidTable();
constexpr std::array<uint32_t, 1024> kExp2Table = MakeExp2Table();

void LookUpSigmoid(uint16_t* numbers, int size) {
  for (int i = 0; i < size; ++i) numbers[i] = kSigmoidTable[numbers[i]];
}

int32_t InverseSqrt(uint32_t mantissa) {
  constexpr int64_t kTarget = int64_t{1} << 44;
  int64_t root = kInverseSqrtSeeds[mantissa >> 8];
  // One Newton step: root += root * (1 - root^2 * mantissa) / 2. It is off by at most one, which is
  // put right without branches, for no processor would foresee them.
  root += (root * ((kTarget - root * root * mantissa) >> 22)) >> 23;
  root -= static_cast<int64_t>(root * root * mantissa > kTarget);
  root += static_cast<int64_t>((root + 1) * (root + 1) * mantissa <= kTarget);
  return static_cast<int32_t>(root > 32767 ? 32767 : root);
}

}  // namespace lmz
