// AVX2.
#include <immintrin.h>

#include "model/glr/kernels/avx2/rows_avx2.h"
#include "model/glr/kernels/avx2/vector_avx2.h"
#include "model/glr/kernels/elementwise_vector.h"
#include "model/glr/kernels/multiply.h"

namespace lmz::internal {

namespace {

// vpmaddubsw multiplies unsigned by signed bytes and adds pairs in 16 bits with saturation. With
// |w| as the unsigned factor and q given w's sign, a pair is at most 2 * 127 * 127 = 32,258: exact.
struct Avx2Ops : Avx2Rows {
  static constexpr int kSums = 8;  // of 16 registers
  static Sums Dot(Sums s, Weights w, Broadcast x) {
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
    return _mm256_add_epi32(s, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  // Bytes that are not negative may be the unsigned factor themselves.
  static Sums DotSparse(Sums s, Weights w, Broadcast x) {
    const __m256i pairs = _mm256_maddubs_epi16(x, w);
    return _mm256_add_epi32(s, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
};

}  // namespace

extern const NetworkKernels kNetworkAvx2;
constinit const NetworkKernels kNetworkAvx2 =
    MakeNetworkKernels<Avx2Ops, LaneByLane<VectorElementwise<Avx2Vector, Avx2Vector, 0>>>();

}  // namespace lmz::internal
