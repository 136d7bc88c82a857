// SSE4.1 with SSSE3.
#include <immintrin.h>

#include "model/transformer/kernels/attend.h"

namespace lmz::internal {

namespace {

// As in AVX2 (transformer_avx2.cc), with half the width.
struct Sse4Attend {
  static constexpr int kRows = 4;
  static constexpr int kQueries = 1;
  static constexpr int kBlocks = 1;
  static constexpr int kMixes = 1;
  static constexpr int kMixRows = 4;
  static constexpr uint8_t kFlip = 0;
  using Sums = __m128i;
  using Cached = __m128i;
  using Broadcast = __m128i;

  static Sums Sums1(int32_t v) { return _mm_set1_epi32(v); }
  static void Store(int32_t* to, Sums s) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), s); }
  static Cached LoadCached(const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static Broadcast Spread(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm_set1_epi32(four);
  }
  static Sums DotKeys(Sums s, Cached k, Broadcast x) {
    const __m128i pairs = _mm_maddubs_epi16(_mm_abs_epi8(k), _mm_sign_epi8(x, k));
    return _mm_add_epi32(s, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
  }
  static Sums DotValues(Sums s, Cached v, Broadcast p) {
    const __m128i pairs = _mm_maddubs_epi16(p, v);
    return _mm_add_epi32(s, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
  }
};

}  // namespace

extern const TransformerKernels kTransformerSse4;
constinit const TransformerKernels kTransformerSse4 = MakeTransformerKernels<Sse4Attend>();

}  // namespace lmz::internal
