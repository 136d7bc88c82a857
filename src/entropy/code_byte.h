// A byte as eight binary decisions, the highest bit first: the one loop for all who code bytes.
#pragma once

#include <concepts>
#include <cstdint>

namespace lmz {

// What predicts the bits of one byte: Predict gives the probability of a one, in 1/65536 and within
// 1 .. 65535, then Update says which bit it was.
template <class T>
concept BitPredictor = requires(T bits, int bit) {
  { bits.Predict() } -> std::convertible_to<uint32_t>;
  bits.Update(bit);
};

// In place of a coder, for whoever only learns from known bytes: codes nothing.
struct Listener {
  static int Code(int bit, uint32_t /*p1_q16*/) { return bit; }
};

// Codes one byte with an Encoder, a Decoder or a Listener. An encoder and a listener take it from
// `wanted`, which a decoder ignores. Returns the byte.
template <class Coder, BitPredictor Bits>
uint8_t CodeByte(Coder& coder, Bits&& bits, unsigned wanted) {
  unsigned node = 1;
  for (int i = 7; i >= 0; --i) {
    const int bit = coder.Code(static_cast<int>(wanted >> i & 1), bits.Predict());
    bits.Update(bit);
    node = node << 1 | static_cast<unsigned>(bit);
  }
  return static_cast<uint8_t>(node);
}

}  // namespace lmz
