// A large table that begins with zeros and is taken from the system as it is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/status.h"

namespace lmz {

// Memory that is all zeros when it is made, at a cache line. Not thread-safe.
class ZeroedMemory {
 public:
  // What Make takes from the system for `size` bytes, with what is lost to alignment.
  static uint64_t MemoryFor(uint64_t size);

  // `size` bytes. Errors: kOutOfMemory.
  static Result<ZeroedMemory> Make(size_t size);

  ~ZeroedMemory();
  ZeroedMemory(ZeroedMemory&& other) noexcept
      : allocated_(std::exchange(other.allocated_, nullptr)), begin_(other.begin_) {}
  ZeroedMemory& operator=(ZeroedMemory&& other) noexcept {
    std::swap(allocated_, other.allocated_);
    std::swap(begin_, other.begin_);
    return *this;
  }
  ZeroedMemory(const ZeroedMemory&) = delete;
  ZeroedMemory& operator=(const ZeroedMemory&) = delete;

  void* begin() const { return begin_; }

 private:
  ZeroedMemory(void* allocated, void* begin) : allocated_(allocated), begin_(begin) {}

  void* allocated_;
  void* begin_;
};

}  // namespace lmz
