#include "mix/table/zeroed_memory.h"

#include <cstdlib>
#include <string>

#include "cpu/aligned.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lmz {

namespace {
constexpr uintptr_t kHugePage = uintptr_t{2} << 20;

uintptr_t RoundUp(uintptr_t v, uintptr_t unit) {
  return (v + unit - 1) / unit * unit;
}

// Random access over many small pages costs more than the modelling, so large memory begins at a
// huge page. What lies before it is never touched, so no page is spent on it.
uint64_t AlignmentOf(uint64_t size) {
  return size >= kHugePage ? kHugePage : kCacheLine;
}
}  // namespace

uint64_t ZeroedMemory::MemoryFor(uint64_t size) {
  return size + AlignmentOf(size);
}

Result<ZeroedMemory> ZeroedMemory::Make(size_t size) {
  // calloc takes pages that the system has cleared already.
  void* memory = std::calloc(MemoryFor(size), 1);
  if (memory == nullptr) {
    return Status(Code::kOutOfMemory,
                  "cannot allocate " + std::to_string(size) + " bytes for the context table");
  }
  const uintptr_t unit = AlignmentOf(size);
  const uintptr_t begin = RoundUp(reinterpret_cast<uintptr_t>(memory), unit);
#if defined(__linux__)
  // A refusal costs only speed.
  if (unit == kHugePage) (void)madvise(reinterpret_cast<void*>(begin), size, MADV_HUGEPAGE);
#endif
  return ZeroedMemory(memory, reinterpret_cast<void*>(begin));
}

ZeroedMemory::~ZeroedMemory() {
  std::free(allocated_);
}

}  // namespace lmz
