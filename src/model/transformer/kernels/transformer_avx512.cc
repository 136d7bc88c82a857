// AVX-512 with VNNI.
#include <immintrin.h>

#include "model/transformer/kernels/attend.h"
#include "model/transformer/kernels/token_vectors512.h"

namespace lmz::internal {

namespace {

// vpdpbusd wants one factor unsigned: keys, which is why they are kept as k + 128, and weights.
struct Avx512Attend {
  static constexpr int kRows = 16;
  static constexpr int kQueries = 3;
  static constexpr int kBlocks = 4;
  static constexpr int kMixes = 3;
  static constexpr int kMixRows = 4;
  static constexpr uint8_t kFlip = 0x80;
  using Sums = __m512i;
  using Cached = __m512i;
  using Broadcast = __m512i;

  static Sums Sums1(int32_t v) { return _mm512_set1_epi32(v); }
  static void Store(int32_t* to, Sums s) { _mm512_storeu_si512(to, s); }
  static Cached LoadCached(const uint8_t* from) { return _mm512_loadu_si512(from); }
  static Broadcast Spread(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm512_set1_epi32(four);
  }
  static Sums DotKeys(Sums s, Cached k, Broadcast x) { return _mm512_dpbusd_epi32(s, k, x); }
  static Sums DotValues(Sums s, Cached v, Broadcast p) { return _mm512_dpbusd_epi32(s, p, v); }
};

constexpr TransformerKernels MakeAvx512Kernels() {
  TransformerKernels kernels = MakeTransformerKernels<Avx512Attend>();
  kernels.scale = VectorScale;
  kernels.add = VectorAdd;
  kernels.weigh = VectorWeigh;
  kernels.token_weights = VectorTokenWeights;
  return kernels;
}

}  // namespace

extern const TransformerKernels kTransformerAvx512;
constinit const TransformerKernels kTransformerAvx512 = MakeAvx512Kernels();

}  // namespace lmz::internal
