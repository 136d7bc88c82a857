// AVX2 with AVX-VNNI. Compiled with that instruction set: see elementwise.h.
#include <immintrin.h>

#include "kernels/elementwise_vector.h"
#include "kernels/multiply.h"
#include "kernels/network_isas.h"
#include "kernels/vector_avx2.h"

namespace lmz {

namespace {

struct AvxVnniOps {
  static constexpr int kRows = 8;
  static constexpr int kLanes = 4;
  static constexpr int kSums = 12;  // of 16 registers
  static constexpr int kSparse = 12;
  static constexpr int kSharedSparse = 8;
  using Sums = __m256i;
  using Weights = __m256i;
  using Broadcast = __m256i;

  static Sums Load(const int32_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static void Store(int32_t* to, Sums s) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), s); }
  static Weights LoadWeights(const int8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static Broadcast Spread(const uint8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm256_set1_epi32(four);
  }
  static Sums Dot(Sums s, Weights w, Broadcast x) { return _mm256_dpbusd_avx_epi32(s, x, w); }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
};

}  // namespace

constinit const NetworkKernels kNetworkAvxVnni =
    MakeNetworkKernels<AvxVnniOps, VectorElementwise<Avx2Vector, Avx2Vector, 0x80>>(Isa::kAvxVnni);

}  // namespace lmz
