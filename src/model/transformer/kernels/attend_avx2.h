// What attention with 256-bit vectors shares (attend.h). Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lmz {
namespace {

struct Avx2AttendRows {
  static constexpr int kRows = 8;
  static constexpr int kQueries = 3;
  static constexpr int kBlocks = 1;
  static constexpr int kMixes = 1;
  static constexpr int kMixRows = 4;
  using Sums = __m256i;
  using Cached = __m256i;
  using Broadcast = __m256i;

  static Sums Sums1(int32_t v) { return _mm256_set1_epi32(v); }
  static void Store(int32_t* to, Sums s) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), s); }
  static Cached LoadCached(const uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static Broadcast Spread(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm256_set1_epi32(four);
  }
};

}  // namespace
}  // namespace lmz
