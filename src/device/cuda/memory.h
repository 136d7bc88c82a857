// Memory of a GPU and pinned memory of the host that GPUs write to. Both are slow to get, and
// sessions come and go, so what is given back is kept for the next one.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <map>
#include <mutex>

namespace lmz::cuda {

class MemoryPool {
 public:
  enum class Kind { kDevice, kPinned };

  explicit MemoryPool(Kind kind) : kind_(kind) {}
  ~MemoryPool() {
    for (const auto& [size, memory] : free_) Release(memory);
  }
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  // At least `size` bytes for the current device; null when there are none. Thread-safe.
  void* Take(size_t size) {
    size = RoundUp(size);
    const std::lock_guard lock(mutex_);
    const auto kept = free_.find(size);
    if (kept != free_.end()) {
      void* const memory = kept->second;
      free_.erase(kept);
      return memory;
    }
    void* memory = nullptr;
    const cudaError_t error = kind_ == Kind::kDevice
                                  ? cudaMalloc(&memory, size)
                                  : cudaHostAlloc(&memory, size, cudaHostAllocPortable);
    if (error == cudaSuccess) return memory;
    (void)cudaGetLastError();  // it is reported here, and nothing else is wrong
    return nullptr;
  }

  // Gives back what Take gave for that size. Thread-safe.
  void Give(void* memory, size_t size) {
    if (memory == nullptr) return;
    const std::lock_guard lock(mutex_);
    free_.emplace(RoundUp(size), memory);
  }

 private:
  static size_t RoundUp(size_t size) {
    constexpr size_t kGrain = size_t{1} << 16;
    return (size + kGrain - 1) / kGrain * kGrain;
  }
  void Release(void* memory) const {
    (void)(kind_ == Kind::kDevice ? cudaFree(memory) : cudaFreeHost(memory));
  }

  const Kind kind_;
  std::mutex mutex_;
  std::multimap<size_t, void*> free_;  // guarded by mutex_
};

}  // namespace lmz::cuda
