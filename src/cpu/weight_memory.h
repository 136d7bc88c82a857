// Memory for many arrays that are read again and again together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace lmz {

// Zeroed bytes, handed out piece by piece. From a megabyte on they lie in huge pages where the
// system has some: pages of 4 KiB lie anywhere in physical memory, so that some sets of a cache
// would have to hold more than others and arrays that fit it in total would not stay there.
class WeightMemory {
 public:
  // Takes RoundUp of each size that Take will be called with, all together. May throw
  // std::bad_alloc.
  explicit WeightMemory(size_t size);
  WeightMemory(WeightMemory&&) noexcept = default;
  WeightMemory& operator=(WeightMemory&&) noexcept = default;

  // The next `size` bytes, on a cache line; valid as long as this object or what it is moved to.
  int8_t* Take(size_t size);

  static size_t RoundUp(size_t size);

 private:
  struct Free {
    size_t alignment;
    void operator()(int8_t* memory) const;
  };
  std::unique_ptr<int8_t[], Free> memory_;
  size_t size_;
  size_t taken_ = 0;
};

}  // namespace lmz
