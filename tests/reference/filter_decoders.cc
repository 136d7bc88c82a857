#include "tests/reference/filter_decoders.h"

#include <algorithm>

#include "tests/reference/input.h"

namespace lmz::reference {

namespace {

struct Command {
  uint64_t literal_length;
  uint64_t copy_length;
  uint64_t distance;
};

Command ReadCommand(Input& input) {
  Command command = {};
  command.literal_length = input.Varint();
  const uint64_t copy_length_less_32 = input.Varint();
  const uint64_t distance_less_1 = input.Varint();
  constexpr uint64_t kLimit = uint64_t{1} << 28;
  if (copy_length_less_32 > kLimit) throw Damage("repeat: Copy_Length");
  if (distance_less_1 >= kLimit) throw Damage("repeat: Distance");
  command.copy_length = copy_length_less_32 + 32;
  command.distance = distance_less_1 + 1;
  return command;
}

void AppendLiterals(Input& literals, uint64_t size, Bytes& out) {
  const Bytes bytes = literals.Take(size);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

Bytes UndoRepeat(const Bytes& filtered, uint64_t max_size) {
  Input input(filtered);
  const uint64_t raw_size = input.Varint();
  const uint64_t command_count = input.Varint();
  if (raw_size > max_size) throw Damage("repeat: Raw_Size");
  if (command_count == 0) throw Damage("repeat: Command_Count");
  std::vector<Command> commands;
  for (uint64_t i = 0; i < command_count; ++i) commands.push_back(ReadCommand(input));
  Bytes out;
  for (const Command& command : commands) {
    AppendLiterals(input, command.literal_length, out);
    if (command.distance > out.size()) throw Damage("repeat: Distance before the beginning");
    if (out.size() + command.copy_length > raw_size) throw Damage("repeat: more than Raw_Size");
    for (uint64_t i = 0; i < command.copy_length; ++i) {
      out.push_back(out[out.size() - command.distance]);
    }
  }
  AppendLiterals(input, input.Left(), out);
  if (out.size() != raw_size) throw Damage("repeat: another size than Raw_Size");
  return out;
}

namespace {

// The number in [-reach, reach) that differs from x by a multiple of 2 * reach.
int64_t Wrap(int64_t x, int64_t reach) {
  while (x < -reach) x += 2 * reach;
  while (x >= reach) x -= 2 * reach;
  return x;
}

// The operand at bytes[at], which ends at position `end`.
void RestoreOperand(Bytes& bytes, size_t at, bool is_absolute, int64_t reach) {
  uint32_t big_bits = 0;
  uint32_t little_bits = 0;
  for (size_t i = 0; i < 4; ++i) {
    big_bits = big_bits * 256 + bytes[at + i];
    little_bits = little_bits * 256 + bytes[at + 3 - i];
  }
  const int64_t big = static_cast<int32_t>(big_bits);
  const int64_t little = static_cast<int32_t>(little_bits);
  const auto is_in_range = [reach](int64_t x) { return x >= -reach && x < reach; };
  if (is_in_range(big)) {
    const int64_t origin = is_absolute ? static_cast<int64_t>(at + 4) : 0;
    const uint32_t restored = static_cast<uint32_t>(Wrap(big - origin, reach));
    for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(restored >> (8 * i));
  } else if (is_in_range(little)) {
    std::reverse(bytes.begin() + static_cast<ptrdiff_t>(at),
                 bytes.begin() + static_cast<ptrdiff_t>(at + 4));
  }
}

}  // namespace

Bytes UndoX86(const Bytes& filtered) {
  if (filtered.empty()) throw Damage("x86: no Absolute_Kinds");
  const unsigned absolute_kinds = filtered[0];
  if (absolute_kinds > 7) throw Damage("x86: Absolute_Kinds");
  Bytes bytes(filtered.begin() + 1, filtered.end());
  const size_t n = bytes.size();
  int64_t reach = 1;
  while (reach < static_cast<int64_t>(n)) reach *= 2;
  size_t i = 0;
  while (i < n) {
    unsigned kind = 3;
    size_t operand = i + 1;
    if (bytes[i] == 0xE8) kind = 0;
    if (bytes[i] == 0xE9) kind = 1;
    if (bytes[i] == 0x0F && i + 1 < n && bytes[i + 1] >= 0x80 && bytes[i + 1] <= 0x8F) {
      kind = 2;
      operand = i + 2;
    }
    if (kind == 3) {
      ++i;
      continue;
    }
    if (operand + 4 > n) break;
    RestoreOperand(bytes, operand, (absolute_kinds >> kind & 1) != 0, reach);
    i = operand + 4;
  }
  return bytes;
}

}  // namespace lmz::reference
