// The x86 filter: calls and jumps name their target by its position in the block.
//
// A relative call to one function has different bytes at every call site; the absolute target has
// the same ones, which the codec learns after the first. Stored most significant byte first, the
// predictable bytes come before those they help to predict. In the spirit of the known branch
// filters (LZX, 7-Zip's BCJ); the permutation is our own and is exactly reversible on any bytes.
// Format: x86.spec.md. Called through the filter registry (codec/filter/filter.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "codec/block.h"
#include "codec/filter/filter.h"

namespace lmz {

enum class BranchKind : uint8_t {
  kCall = 0,             // E8
  kJump = 1,             // E9
  kConditionalJump = 2,  // 0F 80 .. 0F 8F
};
inline constexpr size_t kBranchKinds = 3;

// Branches of one kind that reach no further than the block is long, and how often their target or
// their displacement equals one of the last few hundred. In machine code the targets of calls do;
// in other data that happens to hold the opcode they do not.
struct BranchCount {
  uint32_t branches = 0;
  uint32_t repeated_targets = 0;
  uint32_t repeated_displacements = 0;
};
using BranchCounts = std::array<BranchCount, kBranchKinds>;  // by BranchKind

// Counts the branches that begin in block[begin, end), end <= block.size() <= kMaxBlockRawSize.
// Thread-safe. Counts fewer once the watch is stopped.
BranchCounts CountBranches(ByteSpan block, size_t begin, size_t end, const Watch& watch = Watch());

// Whether the calls are those of machine code.
bool LooksLikeCode(const BranchCounts& counts);

// The transform itself, in place, and its inverse: for equal `absolute_kinds`, each undoes the
// other on any bytes, at most kMaxBlockRawSize of them. Bit k of `absolute_kinds` says that
// branches of BranchKind k name their target; others keep their displacement. All are stored most
// significant byte first. Thread-safe for distinct bytes. A watch that is stopped leaves the work
// half done.
void ConvertBranches(MutableByteSpan bytes, uint8_t absolute_kinds, const Watch& watch = Watch());
void RestoreBranches(MutableByteSpan bytes, uint8_t absolute_kinds, const Watch& watch = Watch());

// FilterRow::forward and FilterRow::inverse (codec/filter/filter.h). Forward takes at most
// kMaxBlockRawSize bytes, refuses what does not look like code and adds one byte. Thread-safe for
// distinct outputs.
bool X86Forward(ByteSpan in, const Watch& watch, Bytes& out);
Status X86Inverse(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out);

inline constexpr FilterRow kX86Filter = {.bit = kFilterX86,
                                         .name = "x86",
                                         .max_growth = 1,
                                         .forward = X86Forward,
                                         .inverse = X86Inverse};

}  // namespace lmz
