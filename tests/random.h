// Reproducible random data for property tests.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace lmz {

// SplitMix64: the same numbers everywhere.
class TestRandom {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t x = state_ += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }
  // Below `limit`, which is not 0.
  uint64_t Below(uint64_t limit) { return Next() % limit; }
  Bytes Random(size_t size) {
    Bytes bytes(size);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Next() >> 56);
    return bytes;
  }
  // Bytes drawn from a small alphabet.
  Bytes From(ByteSpan alphabet, size_t size) {
    Bytes bytes(size);
    for (uint8_t& byte : bytes) byte = alphabet[static_cast<size_t>(Below(alphabet.size()))];
    return bytes;
  }
  // Lines of words from a vocabulary of a few thousand, the frequent ones short.
  Bytes Text(size_t size) {
    Bytes bytes;
    while (bytes.size() < size) {
      TestRandom word(Below(1 + Below(4096)));
      const uint64_t length = 2 + word.Below(8);
      for (uint64_t i = 0; i < length; ++i) {
        bytes.push_back(static_cast<uint8_t>('a' + word.Below(26)));
      }
      bytes.push_back(Below(12) == 0 ? '\n' : ' ');
    }
    bytes.resize(size);
    return bytes;
  }

 private:
  uint64_t state_;
};

inline Bytes ToBytes(std::string_view text) {
  return Bytes(text.begin(), text.end());
}

inline void AppendTo(Bytes& bytes, ByteSpan more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

}  // namespace lmz
