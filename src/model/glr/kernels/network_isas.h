// The kernel table of each instruction set, defined in the file compiled for it.
#pragma once

#include "model/glr/kernels/network_kernels.h"

namespace lmz {

// Defined constinit: a table made at start-up would be made by its instruction set's own code, on
// CPUs without it, too.
extern const NetworkKernels kNetworkScalar;
#if defined(__x86_64__)
extern const NetworkKernels kNetworkSse4;
extern const NetworkKernels kNetworkAvx2;
extern const NetworkKernels kNetworkAvxVnni;
extern const NetworkKernels kNetworkAvx512;
#elif defined(__aarch64__)
extern const NetworkKernels kNetworkNeon;
extern const NetworkKernels kNetworkNeonDot;
#endif

}  // namespace lmz
