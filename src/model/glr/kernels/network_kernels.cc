#include "model/glr/kernels/network_kernels.h"

#include "model/glr/kernels/network_isas.h"

namespace lmz {

const NetworkKernels& NetworkKernelsFor(Isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::kSse4:
      return kNetworkSse4;
    case Isa::kAvx2:
      return kNetworkAvx2;
    case Isa::kAvxVnni:
      return kNetworkAvxVnni;
    case Isa::kAvx512:
      return kNetworkAvx512;
#elif defined(__aarch64__)
    case Isa::kNeon:
      return kNetworkNeon;
    case Isa::kNeonDot:
      return kNetworkNeonDot;
#endif
    default:
      return kNetworkScalar;
  }
}

}  // namespace lmz
