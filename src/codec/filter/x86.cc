#include "codec/filter/x86.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/hash.h"

namespace lmz {
namespace {

constexpr size_t kOperandSize = 4;
constexpr uint8_t kAllKinds = (1 << kBranchKinds) - 1;

// First bytes of an instruction that may hold a 32-bit displacement: call, jmp, and the escape byte
// of the conditional jumps.
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

// Numbers [-reach, reach) as a ring, in which a displacement and the position of the next
// instruction add up to the target. The reach is the block's size rounded up to a power of two: a
// branch across more than that is hardly one, yet targets just outside the block keep one name.
class BranchRing {
 public:
  explicit BranchRing(size_t block_size)
      : reach_(std::bit_ceil(static_cast<uint32_t>(block_size))) {}

  bool Contains(uint32_t number) const { return number + reach_ < 2 * reach_; }
  uint32_t Add(uint32_t number, uint32_t position) const { return Wrap(number + position); }
  uint32_t Subtract(uint32_t number, uint32_t position) const { return Wrap(number - position); }

 private:
  uint32_t Wrap(uint32_t number) const { return ((number + reach_) & (2 * reach_ - 1)) - reach_; }

  uint32_t reach_;  // at most kMaxBlockRawSize = 2^28; negative numbers wrap at 2^32
};

struct Branch {
  BranchKind kind = BranchKind::kCall;
  size_t operand = 0;  // where its four bytes begin; they lie inside the block

  uint32_t Next() const { return static_cast<uint32_t>(operand + kOperandSize); }
};

// The first branch whose opcode begins in bytes[from, end).
std::optional<Branch> FindBranch(ByteSpan bytes, size_t from, size_t end) {
  for (size_t i = from; i < end; ++i) {
    const uint8_t opcode = bytes[i];
    if (!kMayBranch[opcode]) continue;
    Branch branch = {.kind = opcode == 0xE8 ? BranchKind::kCall : BranchKind::kJump,
                     .operand = i + 1};
    if (opcode == 0x0F) {
      if (branch.operand == bytes.size() || (bytes[branch.operand] & 0xF0) != 0x80) continue;
      branch = {.kind = BranchKind::kConditionalJump, .operand = i + 2};
    }
    if (bytes.size() - branch.operand < kOperandSize) return std::nullopt;
    return branch;
  }
  return std::nullopt;
}

// A plausible operand, little-endian in the set A, becomes a number of the same ring in big-endian,
// the set B = reversed A. Strings that are in B by chance take the places in A that this leaves
// free, reversed. All others stay. So the map is a permutation. Exact: x86_test
// EveryOperandComesBack.
void ConvertOperand(uint8_t* p, uint32_t origin, const BranchRing& ring) {
  const uint32_t little = LoadLe32(p);
  const uint32_t big = LoadBe32(p);
  if (ring.Contains(little)) {
    StoreBe32(p, ring.Add(little, origin));
  } else if (ring.Contains(big)) {
    StoreLe32(p, big);
  }
}

void RestoreOperand(uint8_t* p, uint32_t origin, const BranchRing& ring) {
  const uint32_t little = LoadLe32(p);
  const uint32_t big = LoadBe32(p);
  if (ring.Contains(big)) {
    StoreLe32(p, ring.Subtract(big, origin));
  } else if (ring.Contains(little)) {
    StoreBe32(p, little);
  }
}

// Calls visit(branch) for each branch that begins in bytes[begin, end), as long as the watch lets
// it. It steps over every operand, changed or not: operands never overlap and no opcode lies in
// one.
template <class Visit>
void ForEachBranch(ByteSpan bytes, size_t begin, size_t end, const Watch& watch, Visit visit) {
  constexpr size_t kStretch = 4096;  // from one question to the watch to the next
  while (begin < end && watch.Pass(std::min(kStretch, end - begin))) {
    const size_t stretch_end = std::min(begin + kStretch, end);
    while (begin < stretch_end) {
      const std::optional<Branch> branch = FindBranch(bytes, begin, stretch_end);
      if (branch) visit(*branch);
      begin = branch ? branch->Next() : stretch_end;
    }
  }
}

template <void (*kApply)(uint8_t*, uint32_t, const BranchRing&)>
void ForEachOperand(MutableByteSpan bytes, uint8_t absolute_kinds, const Watch& watch) {
  const BranchRing ring(bytes.size());
  ForEachBranch(bytes, 0, bytes.size(), watch, [&](const Branch& branch) {
    const bool is_absolute = (absolute_kinds >> static_cast<int>(branch.kind) & 1) != 0;
    kApply(bytes.data() + branch.operand, is_absolute ? branch.Next() : 0, ring);
  });
}

// Remembers some of the latest numbers that it has met. Few: a context mixer, too, gains most from
// those that came just before, and displacements of short jumps would all be found among many.
class RecentNumbers {
 public:
  RecentNumbers() { slots_.fill(UINT32_MAX); }
  bool Meet(uint32_t number) {
    uint32_t& slot = slots_[HashBits(number, kBits)];
    const bool is_known = slot == number;
    slot = number;
    return is_known;
  }

 private:
  static constexpr int kBits = 8;
  std::array<uint32_t, size_t{1} << kBits> slots_;
};

// The kinds whose targets repeat clearly more often than their displacements. Measured on programs
// in C and C++: calls always do; jumps do in some, and cost up to 1 % where they do not.
uint8_t ChooseAbsoluteKinds(const BranchCounts& counts) {
  uint8_t kinds = 0;
  for (size_t k = 0; k < kBranchKinds; ++k) {
    const bool is_better =
        2 * uint64_t{counts[k].repeated_targets} > 3 * uint64_t{counts[k].repeated_displacements};
    if (is_better) kinds = static_cast<uint8_t>(kinds | 1 << k);
  }
  return kinds;
}

}  // namespace

BranchCounts CountBranches(ByteSpan block, size_t begin, size_t end, const Watch& watch) {
  const BranchRing ring(block.size());
  BranchCounts counts;
  std::array<RecentNumbers, kBranchKinds> targets;
  std::array<RecentNumbers, kBranchKinds> displacements;
  ForEachBranch(block, begin, end, watch, [&](const Branch& branch) {
    const auto kind = static_cast<size_t>(branch.kind);
    const uint32_t displacement = LoadLe32(block.data() + branch.operand);
    if (!ring.Contains(displacement)) return;
    ++counts[kind].branches;
    counts[kind].repeated_targets += targets[kind].Meet(ring.Add(displacement, branch.Next()));
    counts[kind].repeated_displacements += displacements[kind].Meet(displacement);
  });
  return counts;
}

bool LooksLikeCode(const BranchCounts& counts) {
  const BranchCount& calls = counts[static_cast<size_t>(BranchKind::kCall)];
  return calls.branches >= 16 && calls.repeated_targets >= calls.branches / 4 &&
         calls.repeated_targets / 4 >= calls.repeated_displacements;
}

void ConvertBranches(MutableByteSpan bytes, uint8_t absolute_kinds, const Watch& watch) {
  ForEachOperand<ConvertOperand>(bytes, absolute_kinds, watch);
}

void RestoreBranches(MutableByteSpan bytes, uint8_t absolute_kinds, const Watch& watch) {
  ForEachOperand<RestoreOperand>(bytes, absolute_kinds, watch);
}

bool X86Forward(ByteSpan in, const Watch& watch, Bytes& out) {
  const BranchCounts counts = CountBranches(in, 0, in.size(), watch);
  if (!LooksLikeCode(counts)) return false;
  const uint8_t absolute_kinds = ChooseAbsoluteKinds(counts);
  out.clear();
  out.reserve(in.size() + 1);
  out.push_back(absolute_kinds);
  out.insert(out.end(), in.begin(), in.end());
  ConvertBranches(MutableByteSpan(out).subspan(1), absolute_kinds, watch);
  return !watch.is_stopped();
}

Status X86Inverse(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out) {
  if (in.empty() || in.size() - 1 > max_size) {
    return Status(Code::kDamaged, "the size does not fit the block");
  }
  const uint8_t absolute_kinds = in[0];
  if (absolute_kinds > kAllKinds) {
    return Status(Code::kDamaged, "a kind of branch that does not exist is set");
  }
  out.assign(in.begin() + 1, in.end());
  RestoreBranches(out, absolute_kinds, watch);
  return watch.is_stopped() ? CancelledStatus() : OkStatus();
}

}  // namespace lmz
