// Memory for large arrays that are read at random or again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace lmz {

// Zeroed bytes, handed out piece by piece and taken from the system as they are used. From 2 MiB on
// they lie in huge pages where the system has some: random access over many pages of 4 KiB costs
// more than modelling, and since such pages lie anywhere in physical memory, some sets of a cache
// would have to hold more than others. Not thread-safe.
class ZeroedMemory {
 public:
  // Room for pieces of `size` bytes in total, each counted with RoundUp. Throws std::bad_alloc.
  explicit ZeroedMemory(uint64_t size);
  ~ZeroedMemory();
  ZeroedMemory(ZeroedMemory&& other) noexcept
      : allocated_(std::exchange(other.allocated_, nullptr)),
        next_(other.next_),
        end_(other.end_) {}
  ZeroedMemory& operator=(ZeroedMemory&& other) noexcept {
    std::swap(allocated_, other.allocated_);
    std::swap(next_, other.next_);
    std::swap(end_, other.end_);
    return *this;
  }

  // The next `size` bytes, on a cache line; valid as long as this object or what it is moved to.
  void* Take(size_t size);

  // What a piece of `size` bytes takes: whole cache lines.
  static size_t RoundUp(size_t size);

  // What an object of this size takes from the system, with what is lost to alignment.
  static uint64_t MemoryFor(uint64_t size);

 private:
  void* allocated_;
  uint8_t* next_;
  uint8_t* end_;
};

}  // namespace lmz
