// What one context keeps of one half of a byte. Plain data, so that the kernels may know it.
#pragma once

#include <cstdint>

namespace lmz {

// The 15 nodes of the tree of four bits; node 1 is its root, node 2n + bit the next.
struct alignas(32) Slot {
  uint8_t check;        // 8 bits of the context's hash
  uint8_t last_byte;    // the byte last seen in this context (slots of the first half only)
  uint8_t history[15];  // [node - 1], see bit_history.h
  uint8_t quick[15];    // [node - 1], see quick_probability.h; 0 stands for even odds

  friend bool operator==(const Slot&, const Slot&) = default;
};
static_assert(sizeof(Slot) == 32);

}  // namespace lmz
