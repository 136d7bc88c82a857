// NVIDIA GPUs as a device: all that there are or one of them, through liblmz_cuda.so.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "model/device.h"

namespace lmz {

// `number`: of the GPU; -1: all, to which sessions are dealt out in turn. Recurrent networks run
// there, predictors of other kinds stay on the CPU. Errors: kIo without the library, a driver or
// that GPU. May throw std::bad_alloc.
Result<std::shared_ptr<Device>> OpenCuda(int number);

// Device::BlocksTogether of those.
int CudaBlocksTogether(int threads);

// For benchmarks: steps of a network on one GPU with nothing around them.
struct CudaSteps {
  int number = 0;  // of the GPU
  int lanes = 1;   // all new
  int times = 1;
  int lanes_per_block = 0;  // of threads: 8, 16 or 32; 0: as sessions have them
};
struct CudaTime {
  uint64_t microseconds = 0;
  std::vector<uint32_t> opinions;  // [lanes][256], of the last step
};

// Feeds `last_bytes` [times][lanes]. Opinions stay on the GPU until the time is taken. Errors: as
// OpenCuda, and kIo when the GPU fails or the model does not fit.
Result<CudaTime> MeasureCuda(const Predictor& predictor, const CudaSteps& steps,
                             ByteSpan last_bytes);

}  // namespace lmz
