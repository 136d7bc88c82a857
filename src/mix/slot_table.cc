#include "mix/slot_table.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "cpu/aligned.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lmz {

namespace {
constexpr size_t kMinSlots = size_t{1} << 12;
constexpr size_t kMaxSlots = size_t{1} << 22;
constexpr uintptr_t kHugePage = uintptr_t{2} << 20;

uintptr_t RoundUp(uintptr_t v, uintptr_t unit) {
  return (v + unit - 1) / unit * unit;
}
}  // namespace

size_t SlotTable::SlotsFor(uint64_t raw_size) {
  size_t slots = kMinSlots;
  while (slots < kMaxSlots && slots < raw_size * 16) slots *= 2;
  return slots;
}

Result<SlotTable> SlotTable::Make(size_t slots) {
  const size_t size = slots * sizeof(Slot);
  // calloc takes pages that the system has cleared already; the slots begin at a cache line.
  void* memory = std::calloc(size + kCacheLine, 1);
  if (memory == nullptr) {
    return Status(Code::kOutOfMemory,
                  "cannot allocate " + std::to_string(size) + " bytes for the context table");
  }
  const uintptr_t begin = RoundUp(reinterpret_cast<uintptr_t>(memory), kCacheLine);
#if defined(__linux__)
  // Random access over many small pages costs more than the modelling; a refusal costs only speed.
  if (size >= 2 * kHugePage) {
    const uintptr_t huge_begin = RoundUp(begin, kHugePage);
    (void)madvise(reinterpret_cast<void*>(huge_begin), begin + size - huge_begin, MADV_HUGEPAGE);
  }
#endif
  return SlotTable(memory, reinterpret_cast<Slot*>(begin), slots);
}

SlotTable::~SlotTable() {
  std::free(memory_);
}

SlotTable::SlotTable(SlotTable&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), slots_(other.slots_), mask_(other.mask_) {}

SlotTable& SlotTable::operator=(SlotTable&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(slots_, other.slots_);
  std::swap(mask_, other.mask_);
  return *this;
}

void SlotTable::CopyFrom(const SlotTable& other) {
  std::copy(other.slots_, other.slots_ + other.mask_ + 1, slots_);
}

}  // namespace lmz
