// Small integer functions that the parts of the audio codec share.
#pragma once

#include <bit>
#include <cstdint>

namespace lmz::audio {

// The number of bits needed to write value; 0 for 0.
inline int BitLength(uint64_t value) {
  return 64 - std::countl_zero(value);
}

// Keeps value within -limit .. limit.
inline int64_t Clamp(int64_t value, int64_t limit) {
  return value > limit ? limit : value < -limit ? -limit : value;
}

// value * 2^shift, rounded down; |shift| <= 63, and the result must fit.
inline int64_t Scale(int64_t value, int shift) {
  return shift >= 0 ? static_cast<int64_t>(static_cast<uint64_t>(value) << shift) : value >> -shift;
}

inline int64_t Magnitude(int64_t value) {
  return value < 0 ? -value : value;
}

}  // namespace lmz::audio
