// AVX2 with AVX-VNNI.
#include <immintrin.h>

#include "model/transformer/kernels/attend.h"
#include "model/transformer/kernels/attend_avx2.h"

namespace lmz::internal {

namespace {

struct AvxVnniAttend : Avx2AttendRows {
  static constexpr uint8_t kFlip = 0x80;
  static Sums DotKeys(Sums s, Cached k, Broadcast x) { return _mm256_dpbusd_avx_epi32(s, k, x); }
  static Sums DotValues(Sums s, Cached v, Broadcast p) { return _mm256_dpbusd_avx_epi32(s, p, v); }
};

}  // namespace

extern const TransformerKernels kTransformerAvxVnni;
constinit const TransformerKernels kTransformerAvxVnni = MakeTransformerKernels<AvxVnniAttend>();

}  // namespace lmz::internal
