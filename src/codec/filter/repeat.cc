#include "codec/filter/repeat.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/hash.h"
#include "codec/filter/repeat_commands.h"

namespace lmz {
namespace {

using repeat::Command;
using repeat::CopyWithin;
using repeat::Damaged;
using repeat::kCommandUnits;
using repeat::PassCommand;
using repeat::ReadCommand;
using repeat::ReadNumber;

// The rolling hash shifts by one bit a byte, so its 64 bits depend on exactly this many bytes.
constexpr size_t kWindow = 64;

// One anchor is looked up and stored for so many positions.
constexpr size_t kGroup = 64;

// A shorter copy costs more as a command than context mixing spends on coding it again.
constexpr uint32_t kForwardMinLength = 512;

// Copies must cover this share of the block. Fewer save little time, and every gap that they leave
// shifts what lies behind it against the rest: branch targets, columns.
constexpr size_t kMinCopiedShare = 32;

// Of RepeatsItself.
constexpr size_t kRepeatedShare = 8;
constexpr size_t kMaxSeenWindows = size_t{1} << 20;

constexpr std::array<uint64_t, 256> kByteHash = [] {
  std::array<uint64_t, 256> table{};
  for (size_t i = 0; i < table.size(); ++i) table[i] = SplitMix64(i);
  return table;
}();

// How many bytes of a[0..limit) and b[0..limit) agree from the front.
size_t AgreeForward(const uint8_t* a, const uint8_t* b, size_t limit) {
  size_t n = 0;
  for (; n + 8 <= limit; n += 8) {
    const uint64_t difference = LoadLe64(a + n) ^ LoadLe64(b + n);
    if (difference != 0) return n + static_cast<size_t>(std::countr_zero(difference)) / 8;
  }
  while (n < limit && a[n] == b[n]) ++n;
  return n;
}

// How many bytes before a and b agree, at most `limit`.
size_t AgreeBackward(const uint8_t* a, const uint8_t* b, size_t limit) {
  size_t n = 0;
  for (; n + 8 <= limit; n += 8) {
    const uint64_t difference = LoadLe64(a - n - 8) ^ LoadLe64(b - n - 8);
    if (difference != 0) return n + static_cast<size_t>(std::countl_zero(difference)) / 8;
  }
  while (n < limit && *(a - n - 1) == *(b - n - 1)) ++n;
  return n;
}

// Where the latest window with a given hash ended.
class AnchorTable {
 public:
  explicit AnchorTable(size_t input_size)
      : slots_(std::bit_ceil(std::max<size_t>(input_size / kGroup, 16))),
        shift_(64 - std::countr_zero(slots_.size())) {}

  // Returns the stored end of a window with this hash, 0 if there is none, and stores `end`.
  uint32_t Exchange(uint64_t hash, uint32_t end) {
    const uint64_t mixed = hash * kGoldenRatio64;
    Slot& slot = slots_[static_cast<size_t>(mixed >> shift_)];
    const auto tag = static_cast<uint32_t>(mixed);
    const uint32_t found = slot.tag == tag ? slot.end : 0;
    slot = {.tag = tag, .end = end};
    return found;
  }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t end = 0;  // 0: empty, no window ends before the first byte
  };
  std::vector<Slot> slots_;
  int shift_;  // of a mixed hash, leaves the slot's number
};

struct Anchor {
  uint64_t hash = 0;
  size_t end = 0;
};

// The largest hash of all windows that end after one of the bytes [begin, end), the first of them
// when equal. `hash` enters as that of the window before `begin` and leaves as that of the last.
// Which window wins depends on the content alone, so that a copy picks the windows that the
// original picked, wherever the groups happen to begin; ties make it work for short periods too.
Anchor BestAnchor(const uint8_t* bytes, size_t begin, size_t end, uint64_t& hash) {
  Anchor best;
  uint64_t h = hash;
  for (size_t i = begin; i < end; ++i) {
    h = (h << 1) + kByteHash[bytes[i]];
    if (h > best.hash) best = {.hash = h, .end = i + 1};
  }
  hash = h;
  return best;
}

// Walks over all commands without output; returns the number of literals that they leave.
Result<uint64_t> CheckCommands(ByteReader& reader, uint64_t command_count, uint64_t raw_size,
                               const Watch& watch) {
  uint64_t done = 0;
  uint64_t copied = 0;
  for (uint64_t i = 0; i < command_count; ++i) {
    if (!watch.Pass(kCommandUnits)) return CancelledStatus();
    LMZ_ASSIGN(const Command command, ReadCommand(reader));
    LMZ_TRY(PassCommand(command, raw_size, done));
    copied += command.copy_length;
  }
  return raw_size - copied;
}

}  // namespace

std::vector<Repeat> FindRepeats(ByteSpan in, uint32_t min_length, const Watch& watch) {
  std::vector<Repeat> repeats;
  if (in.size() < kWindow + kGroup) return repeats;
  const uint8_t* const bytes = in.data();
  AnchorTable table(in.size());
  uint64_t hash = 0;
  size_t position = 0;
  for (size_t i = 0; i + 1 < kWindow; ++i) hash = (hash << 1) + kByteHash[bytes[i]];
  size_t free_from = 0;  // no copy covers the bytes from here on
  for (position = kWindow - 1; position < in.size() && watch.Pass(kGroup);) {
    const size_t group_end = std::min(position + kGroup, in.size());
    const Anchor anchor = BestAnchor(bytes, position, group_end, hash);
    position = group_end;
    const size_t earlier = table.Exchange(anchor.hash, static_cast<uint32_t>(anchor.end));
    if (earlier == 0) continue;
    const size_t before = AgreeBackward(bytes + anchor.end, bytes + earlier,
                                        std::min(anchor.end - free_from, earlier));
    const size_t after = AgreeForward(bytes + anchor.end, bytes + earlier, in.size() - anchor.end);
    if (before + after < min_length) continue;
    repeats.push_back({.position = static_cast<uint32_t>(anchor.end - before),
                       .length = static_cast<uint32_t>(before + after),
                       .distance = static_cast<uint32_t>(anchor.end - earlier)});
    free_from = anchor.end + after;
    if (free_from <= position) continue;
    position = free_from;
    hash = 0;
    for (size_t i = position - (kWindow - 1); i < position; ++i) {
      hash = (hash << 1) + kByteHash[bytes[i]];
    }
  }
  return repeats;
}

bool RepeatsItself(ByteSpan in) {
  constexpr size_t kSeen = 8;
  if (in.size() <= kSeen) return false;
  std::vector<uint32_t> latest(std::bit_ceil(std::clamp(in.size(), kSeen, kMaxSeenWindows)));
  const int bits = std::countr_zero(latest.size());
  size_t windows = 0, repeated = 0;
  for (size_t i = 0; i + kSeen <= in.size(); ++i) {
    const uint64_t seen = LoadLe64(in.data() + i);
    if (seen == std::rotl(seen, 8)) continue;
    ++windows;
    uint32_t& slot = latest[static_cast<size_t>(seen * kGoldenRatio64 >> (64 - bits))];
    repeated += slot != 0 && LoadLe64(in.data() + slot - 1) == seen;
    slot = static_cast<uint32_t>(i + 1);
  }
  return windows != 0 && repeated >= windows / kRepeatedShare;
}

size_t RemoveRepeats(ByteSpan in, const std::vector<Repeat>& repeats, Bytes& out) {
  out.clear();
  ByteWriter writer(out);
  writer.Varint(in.size());
  writer.Varint(repeats.size());
  size_t done = 0;
  for (const Repeat& repeat : repeats) {
    writer.Varint(repeat.position - done);
    writer.Varint(repeat.length - kMinCopyLength);
    writer.Varint(repeat.distance - 1);
    done = size_t{repeat.position} + repeat.length;
  }
  const size_t literals_begin = out.size();
  done = 0;
  for (const Repeat& repeat : repeats) {
    writer.Append(in.subspan(done, repeat.position - done));
    done = size_t{repeat.position} + repeat.length;
  }
  writer.Append(in.subspan(done));
  return literals_begin;
}

bool RepeatForward(ByteSpan in, const Watch& watch, Bytes& out) {
  const std::vector<Repeat> repeats = FindRepeats(in, kForwardMinLength, watch);
  if (watch.is_stopped()) return false;
  size_t copied = 0;
  for (const Repeat& repeat : repeats) copied += repeat.length;
  if (copied == 0 || copied < in.size() / kMinCopiedShare) return false;
  RemoveRepeats(in, repeats, out);
  return true;
}

Status RepeatInverse(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out) {
  ByteReader reader(in);
  LMZ_ASSIGN(const uint64_t raw_size, ReadNumber(reader));
  if (raw_size > max_size) return Damaged("the raw size exceeds that of the block");
  LMZ_ASSIGN(const uint64_t command_count, ReadNumber(reader));
  if (command_count == 0) return Damaged("there is no command");
  ByteReader commands = reader;
  LMZ_ASSIGN(const uint64_t literal_size, CheckCommands(reader, command_count, raw_size, watch));
  if (reader.remaining() != literal_size) return Damaged("the literals do not fill the raw size");

  out.resize(static_cast<size_t>(raw_size));
  const uint8_t* literals = in.data() + reader.position();
  const uint8_t* const literals_end = in.data() + in.size();
  uint8_t* to = out.data();
  for (uint64_t i = 0; i < command_count; ++i) {
    LMZ_ASSIGN(const Command command, ReadCommand(commands));
    const auto literal_length = static_cast<size_t>(command.literal_length);
    if (!watch.Pass(kCommandUnits + literal_length + command.copy_length)) return CancelledStatus();
    std::copy_n(literals, literal_length, to);
    literals += literal_length;
    to += literal_length;
    CopyWithin(to, static_cast<size_t>(command.distance), static_cast<size_t>(command.copy_length));
    to += command.copy_length;
  }
  std::copy(literals, literals_end, to);
  return OkStatus();
}

}  // namespace lmz
