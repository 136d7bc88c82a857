// What a test program has of memory, counted at the allocator: included, instead of replaced_new.h,
// by the one source of a program that is linked with --wrap for calloc and free.
#pragma once

#include <malloc.h>

#include <atomic>
#include <cstddef>

#include "tests/replaced_new.h"

namespace lmz::testing {

inline std::atomic<size_t> live = 0;  // bytes
inline std::atomic<size_t> peak = 0;  // the most that `live` was since somebody set it

inline void* Taken(void* memory) {
  if (memory == nullptr) return nullptr;
  const size_t now = live += malloc_usable_size(memory);
  size_t most = peak;
  while (now > most && !peak.compare_exchange_weak(most, now)) {
  }
  return memory;
}

}  // namespace lmz::testing

// The linker sends all calls of this program here (--wrap).
extern "C" {
void* __real_calloc(size_t count, size_t size);
void __real_free(void* memory);
void* __wrap_calloc(size_t count, size_t size);
void __wrap_free(void* memory);

void* __wrap_calloc(size_t count, size_t size) {
  return lmz::testing::Taken(__real_calloc(count, size));
}
void __wrap_free(void* memory) {
  if (memory != nullptr) lmz::testing::live -= malloc_usable_size(memory);
  __real_free(memory);
}
}

void* lmz::testing::Allocate(size_t size, size_t alignment) {
  return Taken(TakeMemory(size, alignment));
}
