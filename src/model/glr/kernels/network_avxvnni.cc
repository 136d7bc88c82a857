// AVX2 with AVX-VNNI.
#include <immintrin.h>

#include "model/glr/kernels/avx2/rows_avx2.h"
#include "model/glr/kernels/avx2/vector_avx2.h"
#include "model/glr/kernels/elementwise_vector.h"
#include "model/glr/kernels/multiply.h"

namespace lmz::internal {

namespace {

struct AvxVnniOps : Avx2Rows {
  static constexpr int kSums = 12;  // of 16 registers
  static Sums Dot(Sums s, Weights w, Broadcast x) { return _mm256_dpbusd_avx_epi32(s, x, w); }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
};

}  // namespace

extern const NetworkKernels kNetworkAvxVnni;
constinit const NetworkKernels kNetworkAvxVnni =
    MakeNetworkKernels<AvxVnniOps, LaneByLane<VectorElementwise<Avx2Vector, Avx2Vector, 0x80>>>();

}  // namespace lmz::internal
