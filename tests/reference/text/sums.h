// The sums that files keep of what deflate streams stand for, bit by bit and byte by byte.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// RFC 1952, and the PNG specification, annex D.
inline uint64_t Crc32(const Bytes& bytes) {
  uint64_t crc = 0xFFFFFFFF;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = crc % 2 == 1 ? (crc / 2) ^ 0xEDB88320 : crc / 2;
  }
  return crc ^ 0xFFFFFFFF;
}

// RFC 1950.
inline uint64_t Adler32(const Bytes& bytes) {
  uint64_t a = 1, b = 0;
  for (const uint8_t byte : bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

}  // namespace lmz::reference
