#include "cpu/zeroed_memory.h"

#include <cassert>
#include <cstdlib>
#include <new>

#include "cpu/aligned.h"
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lmz {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;

size_t AlignmentOf(uint64_t size) {
  return size >= kHugePage ? kHugePage : kCacheLine;
}

// Cleared memory, or none where so much has no address.
void* Allocate(uint64_t size) {
  return size <= SIZE_MAX ? std::calloc(static_cast<size_t>(size), 1) : nullptr;
}

}  // namespace

size_t ZeroedMemory::RoundUp(size_t size) {
  return (size + kCacheLine - 1) / kCacheLine * kCacheLine;
}

uint64_t ZeroedMemory::MemoryFor(uint64_t size) {
  return size + AlignmentOf(size);
}

// calloc takes pages that the system has cleared already. What lies before the alignment is never
// touched, so no page is spent on it.
ZeroedMemory::ZeroedMemory(uint64_t size) : allocated_(Allocate(MemoryFor(size))) {
  if (allocated_ == nullptr) throw std::bad_alloc();
  const size_t unit = AlignmentOf(size);
  const uintptr_t past_unit = reinterpret_cast<uintptr_t>(allocated_) % unit;
  next_ = static_cast<uint8_t*>(allocated_) + (past_unit == 0 ? 0 : unit - past_unit);
  end_ = next_ + size;
#if defined(__linux__)
  // A refusal costs only speed.
  if (unit == kHugePage) (void)madvise(next_, static_cast<size_t>(size), MADV_HUGEPAGE);
#endif
}

ZeroedMemory::~ZeroedMemory() {
  std::free(allocated_);
}

void* ZeroedMemory::Take(size_t size) {
  assert(RoundUp(size) <= static_cast<size_t>(end_ - next_));
  return std::exchange(next_, next_ + RoundUp(size));
}

}  // namespace lmz
