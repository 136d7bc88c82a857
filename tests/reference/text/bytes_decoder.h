// A second decoder of the `bytes` codec, written from src/codec/bytes/spec.md and
// docs/spec/entropy.md: slow, obvious, no code shared with the library. It shows that the text
// suffices. Names are those of the specification; numbers in comments are its sections.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace lmz::reference {

using Bytes = std::vector<uint8_t>;

// The file breaks a rule of its specification, which the message names.
struct Damage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void Require(bool condition, const char* rule) {
  if (!condition) throw Damage(rule);
}

struct Decoded {
  Bytes raw;
  uint32_t fingerprint;  // final state of the coder
};

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodeBytesCodec(const Bytes& payload, uint64_t size);

// The XXH3-64 that entropy.md pins: over Squash and Stretch, and over LogQ8.
uint64_t LogisticChecksum();
uint64_t LogChecksum();

// How many bit histories there are, and how many of them are pure.
struct HistoryCounts {
  int all;
  int pure;
};
HistoryCounts CountHistories();

}  // namespace lmz::reference
