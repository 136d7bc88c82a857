#include "cpu/inverse_sqrt.h"

#include <cstddef>

namespace lmz {

namespace {

constexpr std::array<uint16_t, 256 + 1> MakeSeeds() {
  std::array<uint16_t, 256 + 1> seeds{};
  for (size_t i = 64; i < 256; ++i) {
    const uint64_t middle = (i << 8) + 128;
    uint64_t root = 0;
    for (uint64_t bit = uint64_t{1} << 15; bit != 0; bit >>= 1) {
      if ((root + bit) * (root + bit) * middle <= uint64_t{1} << 44) root += bit;
    }
    seeds[i] = static_cast<uint16_t>(root);
  }
  return seeds;
}

}  // namespace

constexpr std::array<uint16_t, 256 + 1> kInverseSqrtSeeds = MakeSeeds();

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
