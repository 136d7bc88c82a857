#include "model/glr/kernels/network_kernels.h"

namespace lmz {

namespace internal {
extern const NetworkKernels kNetworkScalar;
#if defined(__x86_64__)
extern const NetworkKernels kNetworkSse4;
extern const NetworkKernels kNetworkAvx2;
extern const NetworkKernels kNetworkAvxVnni;
extern const NetworkKernels kNetworkAvx512;
extern const NetworkKernels kNetworkAmx;
#elif defined(__aarch64__)
extern const NetworkKernels kNetworkNeon;
extern const NetworkKernels kNetworkNeonDot;
#endif
}  // namespace internal

KernelBuilds<NetworkKernels> NetworkBuilds() {
  static constexpr KernelBuild<NetworkKernels> kBuilds[] = {
    {kScalar, &internal::kNetworkScalar},
#if defined(__x86_64__)
    {kSse4, &internal::kNetworkSse4},
    {kAvx2, &internal::kNetworkAvx2},
    {kAvxVnni, &internal::kNetworkAvxVnni},
    {kAvx512, &internal::kNetworkAvx512},
    {kAmx, &internal::kNetworkAmx},
#elif defined(__aarch64__)
    {kNeon, &internal::kNetworkNeon},
    {kNeonDot, &internal::kNetworkNeonDot},
#endif
  };
  return kBuilds;
}

}  // namespace lmz
