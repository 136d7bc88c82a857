// The commands of the repeat filter, as repeat.spec.md has them: for what undoes it.
#pragma once

#include <algorithm>
#include <cstring>

#include "codec/filter/repeat.h"

namespace lmz::repeat {

struct Command {
  uint64_t literal_length = 0;
  uint64_t copy_length = 0;
  uint64_t distance = 0;
};

// Of a Watch: what reading a command takes.
inline constexpr uint64_t kCommandUnits = 16;

inline Status Damaged(const char* what) {
  return Status(Code::kDamaged, what);
}

// Reads one number; a missing one is damage, since the codec delivered all that there is.
inline Result<uint64_t> ReadNumber(ByteReader& reader) {
  Result<uint64_t> number = reader.Varint();
  if (!number.ok()) return Damaged("a number is cut short or malformed");
  return number;
}

inline Result<Command> ReadCommand(ByteReader& reader) {
  Command command;
  LMZ_ASSIGN(command.literal_length, ReadNumber(reader));
  LMZ_ASSIGN(command.copy_length, ReadNumber(reader));
  LMZ_ASSIGN(command.distance, ReadNumber(reader));
  if (command.copy_length > kMaxBlockRawSize || command.distance >= kMaxBlockRawSize) {
    return Damaged("a copy is larger than any block");
  }
  command.copy_length += kMinCopyLength;
  command.distance += 1;
  return command;
}

// Whether the command fits behind the first `done` bytes of `raw_size`; then passes them.
inline Status PassCommand(const Command& command, uint64_t raw_size, uint64_t& done) {
  if (command.literal_length > raw_size - done) return Damaged("literals exceed the raw size");
  done += command.literal_length;
  if (command.distance > done) return Damaged("a copy reaches before the block");
  if (command.copy_length > raw_size - done) return Damaged("a copy exceeds the raw size");
  done += command.copy_length;
  return OkStatus();
}

// Copies `length` bytes to `to` from `distance` before it, perhaps within what it writes.
inline void CopyWithin(uint8_t* to, size_t distance, size_t length) {
  const uint8_t* from = to - distance;
  while (length != 0) {
    const size_t chunk = std::min(length, static_cast<size_t>(to - from));
    std::memcpy(to, from, chunk);
    to += chunk;
    length -= chunk;
  }
}

}  // namespace lmz::repeat
