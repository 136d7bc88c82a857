#include "mix/slot_table.h"

#include <cstdlib>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lmz {

namespace {
constexpr size_t kMinSlots = size_t{1} << 12;
constexpr size_t kMaxSlots = size_t{1} << 22;
constexpr size_t kHugePage = size_t{2} << 20;
}  // namespace

size_t SlotTable::SlotsFor(uint64_t raw_size) {
  size_t slots = kMinSlots;
  while (slots < kMaxSlots && slots < raw_size * 16) slots *= 2;
  return slots;
}

Result<SlotTable> SlotTable::Make(size_t slots) {
  const size_t size = slots * sizeof(Slot);
  const size_t alignment = size >= kHugePage ? kHugePage : 64;
  void* memory = std::aligned_alloc(alignment, size);
  if (memory == nullptr) {
    return Status(Code::kOutOfMemory,
                  "cannot allocate " + std::to_string(size) + " bytes for the context table");
  }
#if defined(__linux__)
  // Random access over many small pages costs more than the modelling; a refusal costs only speed.
  if (size >= kHugePage) (void)madvise(memory, size, MADV_HUGEPAGE);
#endif
  std::memset(memory, 0, size);
  return SlotTable(static_cast<Slot*>(memory), slots);
}

SlotTable::~SlotTable() { std::free(slots_); }

SlotTable::SlotTable(SlotTable&& other) noexcept
    : slots_(std::exchange(other.slots_, nullptr)), mask_(other.mask_) {}

SlotTable& SlotTable::operator=(SlotTable&& other) noexcept {
  std::swap(slots_, other.slots_);
  std::swap(mask_, other.mask_);
  return *this;
}

}  // namespace lmz
