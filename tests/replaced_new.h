// The operators new and delete of a test program, which sees every allocation. Included by one
// source of the program.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace lmz::testing {

// Defined by the program and called for every new: may count, and may throw std::bad_alloc before
// memory is taken. What it returns is given back with free.
void* Allocate(size_t size, size_t alignment);

// What it takes memory with. Throws std::bad_alloc.
inline void* TakeMemory(size_t size, size_t alignment) {
  void* memory =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(size)
          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace lmz::testing

// Not inlined, so that compilers see new meet delete.
#define LMZ_NOINLINE __attribute__((noinline))

LMZ_NOINLINE void* operator new(size_t size) {
  return lmz::testing::Allocate(size, 1);
}
LMZ_NOINLINE void* operator new(size_t size, std::align_val_t alignment) {
  return lmz::testing::Allocate(size, static_cast<size_t>(alignment));
}
// std::stable_sort asks for its buffer in this way.
LMZ_NOINLINE void* operator new(size_t size, const std::nothrow_t&) noexcept {
  try {
    return lmz::testing::Allocate(size, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
LMZ_NOINLINE void operator delete(void* memory) noexcept {
  std::free(memory);
}
LMZ_NOINLINE void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
LMZ_NOINLINE void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
LMZ_NOINLINE void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}
