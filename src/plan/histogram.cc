#include "plan/histogram.h"

#include "entropy/log2.h"

namespace lmz {

Histogram::Histogram(ByteSpan bytes) : size(static_cast<uint32_t>(bytes.size())) {
  // Two tables, so that equal neighbours do not wait for each other's count.
  std::array<uint32_t, 256> odd{};
  size_t i = 0;
  for (; i + 2 <= bytes.size(); i += 2) {
    ++counts[bytes[i]];
    ++odd[bytes[i + 1]];
  }
  if (i < bytes.size()) ++counts[bytes[i]];
  for (size_t b = 0; b < counts.size(); ++b) counts[b] += odd[b];
}

uint32_t Histogram::Range(int first, int last) const {
  uint32_t sum = 0;
  for (int b = first; b <= last; ++b) sum += (*this)[b];
  return sum;
}

uint64_t Histogram::RedundantBits() const {
  if (size == 0) return 0;
  const uint64_t log_size_q16 = Log2Q16(size);
  uint64_t code_bits_q16 = 0;
  for (const uint32_t count : counts) {
    if (count != 0) code_bits_q16 += count * (log_size_q16 - Log2Q16(count));
  }
  const uint64_t code_bits = code_bits_q16 >> 16;
  const uint64_t raw_bits = uint64_t{8} * size;
  return raw_bits > code_bits ? raw_bits - code_bits : 0;
}

uint64_t Histogram::SquareSum() const {
  uint64_t sum = 0;
  for (const uint32_t count : counts) sum += uint64_t{count} * count;
  return sum;
}

}  // namespace lmz
