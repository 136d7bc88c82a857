#include "mix/table/slot_table.h"

#include <cstring>

namespace lmz {

SlotTable::SlotTable(size_t slots)
    : memory_(slots * sizeof(Slot)),
      slots_(static_cast<Slot*>(memory_.Take(slots * sizeof(Slot)))),
      mask_(slots - 1) {}

void SlotTable::CopyFrom(const SlotTable& other) {
  std::memcpy(static_cast<void*>(slots_), other.slots_, (mask_ + 1) * sizeof(Slot));
}

}  // namespace lmz
