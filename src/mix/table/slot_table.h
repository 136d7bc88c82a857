// The hashed context table: for each context and each half of a byte, one slot of 32 bytes that
// holds what was seen there. All contexts share one table.
//
// Two neighbouring slots share a cache line and are the two places where a context may live; the
// less used one gives way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/hash.h"
#include "cpu/zeroed_memory.h"
#include "mix/bit_history.h"
#include "mix/table/slot.h"

namespace lmz {

class SlotTable {
 public:
  // `slots` is a power of two >= 2. Throws std::bad_alloc.
  explicit SlotTable(size_t slots);

  // Holds from now on what `other`, of the same size, holds.
  void CopyFrom(const SlotTable& other);

  [[gnu::always_inline]] void Prefetch(uint32_t hash) const {
    __builtin_prefetch(&slots_[Index(hash)]);
  }

  // The slot of the context whose hash is `hash`: found, or cleared for it. Never null; valid until
  // another context takes the slot.
  Slot* Find(uint32_t hash) {
    const uint8_t check = static_cast<uint8_t>(hash >> 24);
    Slot* slot = &slots_[Index(hash)];
    if (slot->check == check) return slot;
    Slot* other = &slots_[Index(hash) ^ 1];
    if (other->check == check) return other;
    if (Uses(*other) < Uses(*slot)) slot = other;
    std::memset(static_cast<void*>(slot), 0, sizeof(Slot));
    slot->check = check;
    return slot;
  }

  // The same without a trace: null where Find would clear a slot.
  const Slot* Peek(uint32_t hash) const {
    const uint8_t check = static_cast<uint8_t>(hash >> 24);
    for (const size_t index : {Index(hash), Index(hash) ^ 1}) {
      if (slots_[index].check == check) return &slots_[index];
    }
    return nullptr;
  }

 private:
  size_t Index(uint32_t hash) const {
    return static_cast<size_t>(hash * uint64_t{kGoldenRatio32} >> 8) & mask_;
  }

  // How much would be lost with this slot.
  static int Uses(const Slot& slot) {
    const uint8_t history = static_cast<uint8_t>(slot.nodes[0]);
    return kBitHistory.zeros[history] + kBitHistory.ones[history];
  }

  ZeroedMemory memory_;
  Slot* slots_;  // in memory_
  size_t mask_;
};

}  // namespace lmz
