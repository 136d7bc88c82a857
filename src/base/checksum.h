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

// XXH3-64 over bytes that arrive in pieces; equal to Checksum64 of their concatenation.
class Checksum64Stream {
 public:
  Checksum64Stream();
  ~Checksum64Stream();
  Checksum64Stream(const Checksum64Stream&) = delete;
  Checksum64Stream& operator=(const Checksum64Stream&) = delete;
  void Update(ByteSpan bytes);
  uint64_t Digest() const;

 private:
  void* state_;
};

// XXH3-128 in the same way; equal to Checksum128 of the concatenation.
class Checksum128Stream {
 public:
  Checksum128Stream();
  ~Checksum128Stream();
  Checksum128Stream(const Checksum128Stream&) = delete;
  Checksum128Stream& operator=(const Checksum128Stream&) = delete;
  void Update(ByteSpan bytes);
  Hash128 Digest() const;

 private:
  void* state_;
};

}  // namespace lmz
