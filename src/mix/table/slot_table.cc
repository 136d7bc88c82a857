#include "mix/table/slot_table.h"

#include <cstring>
#include <utility>

namespace lmz {

Result<SlotTable> SlotTable::Make(size_t slots) {
  LMZ_ASSIGN(ZeroedMemory memory, ZeroedMemory::Make(slots * sizeof(Slot)));
  return SlotTable(std::move(memory), slots);
}

void SlotTable::CopyFrom(const SlotTable& other) {
  std::memcpy(static_cast<void*>(slots_), other.slots_, (mask_ + 1) * sizeof(Slot));
}

}  // namespace lmz
