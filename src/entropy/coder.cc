#include "entropy/coder.h"

namespace lmz {

void Encoder::ShiftByte() {
  const bool has_carry = (low_ >> 48) != 0;
  const uint8_t byte = static_cast<uint8_t>(low_ >> 40);
  if (byte == 0xFF && !has_carry && has_cache_) {
    ++pending_;
  } else {
    if (has_cache_) {
      out_.push_back(static_cast<uint8_t>(cache_ + (has_carry ? 1 : 0)));
      out_.insert(out_.end(), static_cast<size_t>(pending_),
                  has_carry ? uint8_t{0x00} : uint8_t{0xFF});
      pending_ = 0;
    }
    cache_ = byte;
    has_cache_ = true;
  }
  low_ = (low_ & (internal::kMinRange - 1)) << 8;
}

void Encoder::Finish() {
  // The value in [low, low + range) with the most zero bytes at its end; those are not written.
  int kept_bytes = 0;
  for (int zero_bits = 48; zero_bits >= 0; zero_bits -= 8, ++kept_bytes) {
    const uint64_t mask = (uint64_t{1} << zero_bits) - 1;
    const uint64_t value = (low_ + mask) & ~mask;
    if (value < low_ + range_) {
      low_ = value;
      break;
    }
  }
  for (int i = 0; i < kept_bytes; ++i) ShiftByte();
  // A carry that the rounding above made, or that the last byte still holds, reaches the cache
  // here.
  ShiftByte();
  range_ = internal::kFullRange;
}

}  // namespace lmz
