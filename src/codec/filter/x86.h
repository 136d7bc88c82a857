// The x86 filter: calls and jumps name their target by its position in the block.
//
// A relative call to one function has different bytes at every call site; the absolute target has
// the same ones, which the codec learns after the first. Stored most significant byte first, the
// predictable bytes come before those they help to predict. In the spirit of the known branch
// filters (LZX, 7-Zip's BCJ); the permutation is our own and is exactly reversible on any bytes.
// Format: x86.spec.md. Called through the filter registry (codec/filter/filter.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "codec/block.h"
#include "codec/filter/filter.h"

namespace lmz {

// Branches whose target lies inside the block, and how often a target or a displacement came again:
// in machine code targets do, in other data that happens to hold the opcodes they do not.
struct BranchCount {
  uint32_t opcodes = 0;   // bytes that look like a branch with a 32-bit displacement
  uint32_t branches = 0;  // those of them whose target lies inside the block
  uint32_t repeated_targets = 0;
  uint32_t repeated_displacements = 0;

  bool LooksLikeCode() const;
};

// Counts in block[begin, end), end <= block.size() <= kMaxBlockRawSize. Thread-safe.
BranchCount CountBranches(ByteSpan block, size_t begin, size_t end);

// FilterRow::forward and FilterRow::inverse (codec/filter/filter.h). Both keep the size and take at
// most kMaxBlockRawSize bytes; the inverse of any bytes exists, so its only error is a size above
// max_size. Thread-safe for distinct outputs.
bool X86Forward(ByteSpan in, Bytes& out);
Status X86Inverse(ByteSpan in, uint64_t max_size, Bytes& out);

inline constexpr FilterRow kX86Filter = {
    .bit = kFilterX86, .name = "x86", .forward = X86Forward, .inverse = X86Inverse};

}  // namespace lmz
