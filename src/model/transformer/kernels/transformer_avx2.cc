// AVX2.
#include <immintrin.h>

#include "model/transformer/kernels/attend.h"
#include "model/transformer/kernels/attend_avx2.h"

namespace lmz::internal {

namespace {

// vpmaddubsw multiplies unsigned by signed bytes and adds pairs in 16 bits with saturation: at most
// 2 * 127 * 127 = 32,258, so exact. Of keys |k| is the unsigned factor, and q is given k's sign.
struct Avx2Attend : Avx2AttendRows {
  static constexpr uint8_t kFlip = 0;
  static Sums DotKeys(Sums s, Cached k, Broadcast x) {
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(k), _mm256_sign_epi8(x, k));
    return _mm256_add_epi32(s, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  static Sums DotValues(Sums s, Cached v, Broadcast p) {
    const __m256i pairs = _mm256_maddubs_epi16(p, v);
    return _mm256_add_epi32(s, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
};

}  // namespace

extern const TransformerKernels kTransformerAvx2;
constinit const TransformerKernels kTransformerAvx2 = MakeTransformerKernels<Avx2Attend>();

}  // namespace lmz::internal
