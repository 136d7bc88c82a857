// AVX-512 with VNNI.
#include "model/glr/kernels/avx2/vector_avx2.h"
#include "model/glr/kernels/avx512/by_units.h"
#include "model/glr/kernels/avx512/vector_avx512.h"
#include "model/glr/kernels/elementwise_vector.h"
#include "model/glr/kernels/multiply.h"

namespace lmz::internal {

namespace {

using Avx512LaneByLane = LaneByLane<VectorElementwise<Avx512Vector, Avx2Vector, 0x80>>;

}  // namespace

extern const NetworkKernels kNetworkAvx512;
constinit const NetworkKernels kNetworkAvx512 =
    MakeNetworkKernels<Avx512Ops, LanesElementwise<Avx512Vector, 0x80, Avx512LaneByLane>>();

}  // namespace lmz::internal
