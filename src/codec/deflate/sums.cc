#include "codec/deflate/sums.h"

#include <algorithm>
#include <array>

namespace lmz::deflate {

namespace {

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0u);
    table[i] = crc;
  }
  return table;
}

}  // namespace

uint32_t Crc32(ByteSpan bytes) {
  static constexpr std::array<uint32_t, 256> kTable = MakeCrcTable();
  uint32_t crc = 0xFFFFFFFFu;
  for (const uint8_t byte : bytes) crc = crc >> 8 ^ kTable[(crc ^ byte) & 0xFF];
  return ~crc;
}

uint32_t Adler32(ByteSpan bytes) {
  constexpr uint32_t kModulus = 65521;
  uint32_t low = 1, high = 0;
  while (!bytes.empty()) {
    // So many sums stay within 32 bits.
    const ByteSpan part = bytes.first(std::min<size_t>(bytes.size(), 5552));
    for (const uint8_t byte : part) {
      low += byte;
      high += low;
    }
    low %= kModulus;
    high %= kModulus;
    bytes = bytes.subspan(part.size());
  }
  return high << 16 | low;
}

}  // namespace lmz::deflate
