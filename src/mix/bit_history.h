// Bit histories: one byte that remembers how the bits seen in a context went.
//
// Up to four bits are remembered exactly; after that a state holds how many zeros and ones were
// seen (bounded, the larger the other count the tighter) and which came last. A bit makes its own
// count grow and cuts the opposite count when that is above two, so that histories follow data
// that changes: the indirect modelling of Mahoney's PAQ, with a state set of our own.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// States below this number have seen only one kind of bit, or none.
inline constexpr uint32_t kPureStates = 83;

struct BitHistoryTable {
  std::array<std::array<uint8_t, 2>, 256> next;  // [state][bit]
  std::array<uint8_t, 256> zeros;                // [state]
  std::array<uint8_t, 256> ones;                 // [state]
  int states;                                    // 0 is "nothing seen"; from here on: unused
};

extern const BitHistoryTable kBitHistory;

}  // namespace lmz
