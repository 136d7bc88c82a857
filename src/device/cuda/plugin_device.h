// What the parts of the library's interface (abi.h) share: the device, and how failures are told.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <tuple>

#include "device/cuda/abi.h"
#include "device/cuda/dispatcher.h"
#include "device/cuda/memory.h"

struct lmz_cuda_device {
  lmz_cuda_device(int device_number, const cudaDeviceProp& properties)
      : number(device_number),
        name(properties.name),
        multiprocessors(properties.multiProcessorCount),
        shared_limit(static_cast<int>(properties.sharedMemPerBlockOptin)),
        dispatcher(number, multiprocessors) {}

  const int number;
  const std::string name;
  const int multiprocessors;
  const int shared_limit;
  lmz::cuda::MemoryPool device_memory{lmz::cuda::MemoryPool::Kind::kDevice};
  lmz::cuda::MemoryPool pinned_memory{lmz::cuda::MemoryPool::Kind::kPinned};
  lmz::cuda::Dispatcher dispatcher;
};

namespace lmz::cuda {

// Into the `error` of abi.h.
inline void Describe(const std::string& text, char* error) {
  const size_t size = std::min<size_t>(text.size(), LMZ_CUDA_ERROR_SIZE - 1);
  std::memcpy(error, text.data(), size);
  error[size] = '\0';
}

// Runs `work`; where memory runs out, says so and gives `otherwise`.
template <auto kWork, auto kOtherwise, class... Arguments>
auto Guarded(Arguments... arguments) noexcept -> decltype(kWork(arguments...)) {
  try {
    return kWork(arguments...);
  } catch (const std::exception& failure) {
    // The last argument is the text.
    Describe(failure.what(), std::get<sizeof...(arguments) - 1>(std::tie(arguments...)));
    return kOtherwise;
  }
}

}  // namespace lmz::cuda
