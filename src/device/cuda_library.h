// liblmz_cuda.so, loaded at run time.
#pragma once

#include "base/status.h"
#include "device/cuda/abi.h"

namespace lmz {

// Its functions, which stay loaded. Looked for beside the program or library that this code is part
// of, as the build's installation folders lie to each other. Errors: kIo when it is not
// there or does not fit. Thread-safe.
Result<const lmz_cuda_api*> CudaLibrary();

}  // namespace lmz
