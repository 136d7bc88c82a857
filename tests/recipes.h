// Test inputs by formula, so that any other program can make the same bytes (tests/golden/README.md
// lists them).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "tests/generators.h"

namespace lmz::testing {

struct Generator {
  const char* name;
  Bytes (*make)(size_t size);
};

// All bytes 0.
inline Bytes MakeZeros(size_t size) {
  return Bytes(size);
}

// Byte i is i mod 251: a prime, so that no power of two hides a mistake.
inline Bytes MakeRamp(size_t size) {
  Bytes out(size);
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<uint8_t>(i % 251);
  return out;
}

// Byte i is the low byte of the i-th number of splitmix64 with state 1.
inline Bytes MakeRandom(size_t size) {
  Bytes out(size);
  TestRandom random(1);
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(random.Next());
  return out;
}

// Words chosen by splitmix64 with state 2, number modulo 16, each followed by a space, or by a line
// feed when the number divided by 16 is 0 modulo 8; cut at `size`.
inline Bytes MakeWords(size_t size) {
  constexpr std::array<std::string_view, 16> kWords = {
      "the",  "of", "block",  "model", "a",    "byte",   "context", "and",
      "code", "is", "stream", "to",    "file", "checks", "in",      "mixing"};
  Bytes out;
  TestRandom random(2);
  while (out.size() < size) {
    const uint64_t number = random.Next();
    const std::string_view word = kWords[number % 16];
    out.insert(out.end(), word.begin(), word.end());
    out.push_back(number / 16 % 8 == 0 ? '\n' : ' ');
  }
  out.resize(size);
  return out;
}

// Records of 16 bytes: a little-endian 32-bit counter, the same times 3, a 16-bit random number
// below 1000 (splitmix64 with state 3) and six bytes 0; cut at `size`.
inline Bytes MakeRecords(size_t size) {
  Bytes out;
  TestRandom random(3);
  for (uint32_t i = 0; out.size() < size; ++i) {
    ByteWriter writer(out);
    writer.U32(i);
    writer.U32(3 * i);
    writer.Le(random.Next() % 1000, 2);
    writer.Le(0, 6);
  }
  out.resize(size);
  return out;
}

// Byte i is the low byte of the (i mod 1499)-th number of splitmix64 with state 4: long repeats.
inline Bytes MakeEcho(size_t size) {
  Bytes out(size);
  TestRandom random(4);
  for (size_t i = 0; i < size; ++i) {
    out[i] = i < 1499 ? static_cast<uint8_t>(random.Next()) : out[i - 1499];
  }
  return out;
}

// Slots of 16 bytes, each an x86 call (E8 and the 32-bit distance from its end) to the offset
// 64 times (a number of splitmix64 with state 5, modulo 8), and eleven bytes that count the slots
// modulo 7; cut at `size`.
inline Bytes MakeCalls(size_t size) {
  Bytes out;
  TestRandom random(5);
  for (uint32_t slot = 0; out.size() < size; ++slot) {
    ByteWriter writer(out);
    writer.U8(0xE8);
    const uint64_t target = 64 * (random.Next() % 8);
    writer.U32(static_cast<uint32_t>(target) - (16 * slot + 5));
    for (int i = 0; i < 11; ++i) writer.U8(static_cast<uint8_t>(slot % 7));
  }
  out.resize(size);
  return out;
}

inline constexpr std::array<Generator, 7> kGenerators = {{
    {"zeros", MakeZeros},
    {"ramp", MakeRamp},
    {"random", MakeRandom},
    {"words", MakeWords},
    {"records", MakeRecords},
    {"echo", MakeEcho},
    {"calls", MakeCalls},
}};

}  // namespace lmz::testing
