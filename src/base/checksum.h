// XXH3 checksums (xxHash specification), through Debian's libxxhash.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace lmz {

// XXH3-64 with seed 0. Pure; thread-safe.
uint64_t Checksum64(ByteSpan bytes);

// The low 32 bits of XXH3-64 with seed 0. Pure; thread-safe.
inline uint32_t Checksum32(ByteSpan bytes) {
  return static_cast<uint32_t>(Checksum64(bytes));
}

// XXH3-128 with seed 0, in its canonical (big-endian) form. Pure; thread-safe.
using Hash128 = std::array<uint8_t, 16>;
Hash128 Checksum128(ByteSpan bytes);

// Memory of the XXH3 functions for bytes that arrive in pieces.
class Xxh3State {
 public:
  // May throw std::bad_alloc.
  Xxh3State();
  ~Xxh3State();
  Xxh3State(const Xxh3State&) = delete;
  Xxh3State& operator=(const Xxh3State&) = delete;

 protected:
  void* state_;
};

// XXH3-64 over bytes that arrive in pieces; equal to Checksum64 of their concatenation.
class Checksum64Stream : Xxh3State {
 public:
  Checksum64Stream();
  void Update(ByteSpan bytes);
  uint64_t Digest() const;
};

// XXH3-128 in the same way; equal to Checksum128 of the concatenation.
class Checksum128Stream : Xxh3State {
 public:
  Checksum128Stream();
  void Update(ByteSpan bytes);
  Hash128 Digest() const;
};

}  // namespace lmz
