// A probability in one byte, for tables with millions of them.
//
// The byte is a logit in 1/16 nats with an offset of 128, so that even odds, the state of memory
// that was only cleared, would be 128; stored bytes are flipped in the top bit to make it 0. The
// step after each bit is taken from a table and is the larger the fewer bits the context has seen:
// 1 / (n + 1.5) with n from its bit history.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// next[history][bit][quick]: the quick probability after `bit`, in a context whose bit history was
// `history` before. Rows are shared between histories with about the same number of bits.
struct QuickTable {
  static constexpr int kRows = 12;
  std::array<uint8_t, 256> row;                                     // [history]
  std::array<std::array<std::array<uint8_t, 256>, 2>, kRows> next;  // [row][bit][quick]
};

// Made on the first call; thread-safe. (Not a constant of its own: code that runs before main may
// compress, too.)
const QuickTable& Quick();

// The logit, in 1/256 nats, that a quick probability stands for.
inline int QuickLogitQ8(uint8_t quick) {
  return (static_cast<int>(quick ^ 0x80) - 128) * 16;
}

}  // namespace lmz
