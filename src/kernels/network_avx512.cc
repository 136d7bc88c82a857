// AVX-512 with VNNI. Compiled with that instruction set: see elementwise.h.
#include <immintrin.h>

#include "kernels/elementwise_vector.h"
#include "kernels/multiply.h"
#include "kernels/network_isas.h"
#include "kernels/vector_avx2.h"
#include "kernels/vector_avx512.h"

namespace lmz {

namespace {

// vpdpbusd wants one factor unsigned: the quantised bytes, which is why they are kept as q + 128.
struct Avx512Ops {
  static constexpr int kRows = 16;
  static constexpr int kLanes = 8;
  static constexpr int kSums = 24;  // of 32 registers
  static constexpr int kSparse = 12;
  static constexpr int kSharedSparse = 4;
  using Sums = __m512i;
  using Weights = __m512i;
  using Broadcast = __m512i;

  static Sums Load(const int32_t* from) { return _mm512_loadu_si512(from); }
  static void Store(int32_t* to, Sums s) { _mm512_storeu_si512(to, s); }
  static Weights LoadWeights(const int8_t* from) { return _mm512_loadu_si512(from); }
  static Broadcast Spread(const uint8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm512_set1_epi32(four);
  }
  static Sums Dot(Sums s, Weights w, Broadcast x) { return _mm512_dpbusd_epi32(s, x, w); }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
  static int ListGroups(const uint8_t* x, int columns, uint16_t* groups) {
    int count = 0;
    __m512i numbers = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    for (int c = 0; c < columns; c += 64) {
      const __mmask64 inside =
          columns - c < 64 ? (__mmask64{1} << (columns - c)) - 1 : ~__mmask64{0};
      const __m512i fours = _mm512_maskz_loadu_epi8(inside, x + c);
      const __mmask16 some = _mm512_test_epi32_mask(fours, fours);
      const __m512i chosen = _mm512_maskz_compress_epi32(some, numbers);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(groups + count),
                          _mm512_cvtepi32_epi16(chosen));
      count += __builtin_popcount(some);
      numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(16));
    }
    return count;
  }
};

}  // namespace

constinit const NetworkKernels kNetworkAvx512 =
    MakeNetworkKernels<Avx512Ops, VectorElementwise<Avx512Vector, Avx2Vector, 0x80>>(Isa::kAvx512);

}  // namespace lmz
