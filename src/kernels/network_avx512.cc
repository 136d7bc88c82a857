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
};

}  // namespace

const NetworkKernels kNetworkAvx512 =
    MakeNetworkKernels<Avx512Ops, VectorElementwise<Avx512Vector, Avx2Vector, 0x80>>(Isa::kAvx512);

}  // namespace lmz
