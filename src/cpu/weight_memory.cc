#include "cpu/weight_memory.h"

#include <cassert>
#include <cstring>
#include <new>

#include "cpu/aligned.h"
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lmz {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kLarge = size_t{1} << 20;

size_t Alignment(size_t size) {
  return size >= kLarge ? kHugePage : kCacheLine;
}

}  // namespace

size_t WeightMemory::RoundUp(size_t size) {
  return (size + kCacheLine - 1) / kCacheLine * kCacheLine;
}

void WeightMemory::Free::operator()(int8_t* memory) const {
  ::operator delete[](memory, std::align_val_t{alignment});
}

WeightMemory::WeightMemory(size_t size)
    : memory_(static_cast<int8_t*>(::operator new[](size, std::align_val_t{Alignment(size)})),
              Free{Alignment(size)}),
      size_(size) {
#if defined(__linux__)
  // Before the pages are touched. A refusal changes speed alone.
  if (size >= kLarge) madvise(memory_.get(), size, MADV_HUGEPAGE);
#endif
  std::memset(memory_.get(), 0, size);
}

int8_t* WeightMemory::Take(size_t size) {
  int8_t* const piece = memory_.get() + taken_;
  taken_ += RoundUp(size);
  assert(taken_ <= size_);
  return piece;
}

}  // namespace lmz
