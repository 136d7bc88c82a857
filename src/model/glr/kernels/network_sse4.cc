// SSE4.1 with SSSE3.
#include <immintrin.h>

#include "model/glr/kernels/elementwise.h"
#include "model/glr/kernels/multiply.h"

namespace lmz::internal {

namespace {

// As for AVX2, with half the width.
struct Sse4Ops {
  static constexpr int kRows = 4;
  static constexpr int kLanes = 4;
  static constexpr int kSums = 8;  // of 16 registers
  static constexpr int kSparseTiles = 1;
  using Sums = __m128i;
  using Weights = __m128i;
  using Broadcast = __m128i;

  static Sums Load(const int32_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static void Store(int32_t* to, Sums s) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), s); }
  static Weights LoadWeights(const int8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static Broadcast Spread(const uint8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm_set1_epi32(four);
  }
  static Sums Dot(Sums s, Weights w, Broadcast x) {
    const __m128i pairs = _mm_maddubs_epi16(_mm_abs_epi8(w), _mm_sign_epi8(x, w));
    return _mm_add_epi32(s, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
  }
  // Bytes that are not negative may be the unsigned factor themselves.
  static Sums DotSparse(Sums s, Weights w, Broadcast x) {
    const __m128i pairs = _mm_maddubs_epi16(x, w);
    return _mm_add_epi32(s, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
  }
  static void Weave(const int8_t* const* columns, int at, Weights* woven) {
    const Weights a = LoadWeights(columns[0] + at), b = LoadWeights(columns[1] + at);
    const Weights c = LoadWeights(columns[2] + at), d = LoadWeights(columns[3] + at);
    const Weights ab_low = _mm_unpacklo_epi8(a, b), ab_high = _mm_unpackhi_epi8(a, b);
    const Weights cd_low = _mm_unpacklo_epi8(c, d), cd_high = _mm_unpackhi_epi8(c, d);
    woven[0] = _mm_unpacklo_epi16(ab_low, cd_low);
    woven[1] = _mm_unpackhi_epi16(ab_low, cd_low);
    woven[2] = _mm_unpacklo_epi16(ab_high, cd_high);
    woven[3] = _mm_unpackhi_epi16(ab_high, cd_high);
  }
  static void Unweave(Sums*) {}
};

}  // namespace

extern const NetworkKernels kNetworkSse4;
constinit const NetworkKernels kNetworkSse4 =
    MakeNetworkKernels<Sse4Ops, LaneByLane<PortableElementwise<0>>>();

}  // namespace lmz::internal
