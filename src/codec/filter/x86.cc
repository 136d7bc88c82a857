#include "codec/filter/x86.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lmz {
namespace {

constexpr size_t kOperandSize = 4;

// First bytes of an instruction that may hold a 32-bit displacement: call, jmp, and the escape byte
// of the conditional jumps 0F 80 .. 0F 8F.
constexpr std::array<bool, 256> kMayBranch = [] {
  std::array<bool, 256> table{};
  table[0xE8] = table[0xE9] = table[0x0F] = true;
  return table;
}();

uint32_t LoadBe32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | uint32_t{p[3]};
}

void StoreBe32(uint8_t* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(v >> (24 - 8 * i));
}

// The displacements and targets that a branch may have in a block of `size` bytes when the next
// instruction is at `next`. Displacements [-next, size) are permuted among themselves: those whose
// target lies inside the block become the target, the others take the negative numbers left over.
struct Range {
  int64_t next;
  int64_t size;

  bool Contains(uint32_t number) const {
    const int64_t v = static_cast<int32_t>(number);
    return -next <= v && v < size;
  }
  uint32_t ToTarget(uint32_t displacement) const {
    const int64_t v = static_cast<int32_t>(displacement);
    return static_cast<uint32_t>(v + next < size ? v + next : v - size);
  }
  uint32_t ToDisplacement(uint32_t target) const {
    const int64_t v = static_cast<int32_t>(target);
    return static_cast<uint32_t>(v >= 0 ? v - next : v + size);
  }
};

// The offset of the operand of the first branch that begins in bytes[from, end); `end` when there
// is none or its operand would not lie inside `bytes`. The offset itself may be above `end`.
size_t FindOperand(ByteSpan bytes, size_t from, size_t end) {
  for (size_t i = from; i < end; ++i) {
    if (!kMayBranch[bytes[i]]) continue;
    size_t operand = i + 1;
    if (bytes[i] == 0x0F) {
      if (operand == bytes.size() || (bytes[operand] & 0xF0) != 0x80) continue;
      ++operand;
    }
    if (bytes.size() - operand < kOperandSize) return end;
    return operand;
  }
  return end;
}

// A plausible operand (little-endian in A) becomes its target (big-endian in B = reversed A).
// Strings that are in B by chance take the places in A that this leaves free, reversed. All others
// stay. So the map is a permutation. Exact: x86_test EveryOperandHasOneImage.
void ConvertOperand(uint8_t* p, const Range& range) {
  const uint32_t little = LoadLe32(p);
  const uint32_t big = LoadBe32(p);
  if (range.Contains(little)) {
    StoreBe32(p, range.ToTarget(little));
  } else if (range.Contains(big)) {
    StoreLe32(p, big);
  }
}

void RestoreOperand(uint8_t* p, const Range& range) {
  const uint32_t little = LoadLe32(p);
  const uint32_t big = LoadBe32(p);
  if (range.Contains(big)) {
    StoreLe32(p, range.ToDisplacement(big));
  } else if (range.Contains(little)) {
    StoreBe32(p, little);
  }
}

// The walk is the same in both directions because it steps over every operand, changed or not:
// operands never overlap and no opcode lies in one.
template <void (*kApply)(uint8_t*, const Range&)>
void ForEachOperand(MutableByteSpan bytes) {
  size_t i = FindOperand(bytes, 0, bytes.size());
  while (i != bytes.size()) {
    const size_t next = i + kOperandSize;
    kApply(bytes.data() + i,
           {.next = static_cast<int64_t>(next), .size = static_cast<int64_t>(bytes.size())});
    i = FindOperand(bytes, next, bytes.size());
  }
}

// Remembers some of the numbers that it has met.
class RecentNumbers {
 public:
  bool Meet(uint32_t number) {
    uint32_t& slot = slots_[(number * 0x9E3779B1u) >> (32 - kBits)];
    const bool is_known = slot == number;
    slot = number;
    return is_known;
  }

 private:
  static constexpr int kBits = 12;
  std::vector<uint32_t> slots_ = std::vector<uint32_t>(size_t{1} << kBits, UINT32_MAX);
};

}  // namespace

bool BranchCount::LooksLikeCode() const {
  return branches >= 16 && branches >= opcodes / 4 &&
         repeated_targets >= repeated_displacements + branches / 16;
}

BranchCount CountBranches(ByteSpan block, size_t begin, size_t end) {
  BranchCount count;
  RecentNumbers targets;
  RecentNumbers displacements;
  for (size_t i = FindOperand(block, begin, end); i < end;) {
    const size_t next = i + kOperandSize;
    const Range range = {.next = static_cast<int64_t>(next),
                         .size = static_cast<int64_t>(block.size())};
    const uint32_t displacement = LoadLe32(block.data() + i);
    ++count.opcodes;
    if (range.Contains(displacement)) {
      ++count.branches;
      count.repeated_targets += targets.Meet(range.ToTarget(displacement));
      count.repeated_displacements += displacements.Meet(displacement);
    }
    i = FindOperand(block, next, end);
  }
  return count;
}

bool X86Forward(ByteSpan in, Bytes& out) {
  if (!CountBranches(in, 0, in.size()).LooksLikeCode()) return false;
  out.assign(in.begin(), in.end());
  ForEachOperand<ConvertOperand>(out);
  return true;
}

Status X86Inverse(ByteSpan in, uint64_t max_size, Bytes& out) {
  if (in.size() > max_size) {
    return Status(Code::kDamaged, "x86 filter: the bytes exceed the size of the block");
  }
  out.assign(in.begin(), in.end());
  ForEachOperand<RestoreOperand>(out);
  return OkStatus();
}

}  // namespace lmz
