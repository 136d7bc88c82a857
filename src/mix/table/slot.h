// What one context keeps of one half of a byte. Plain data, so that the kernels may know it.
#pragma once

#include <cstdint>

namespace lmz {

// The 15 nodes of the tree of four bits; node 1 is its root, node 2n + bit the next.
struct alignas(32) Slot {
  uint8_t check;      // 8 bits of the context's hash
  uint8_t last_byte;  // the byte last seen in this context (slots of the first half only)
  // [node - 1]: a bit history (bit_history.h), and in the upper half a quick probability
  // (quick_probability.h), for which 0 stands for even odds.
  uint16_t nodes[15];

  friend bool operator==(const Slot&, const Slot&) = default;
};
static_assert(sizeof(Slot) == 32);

}  // namespace lmz
