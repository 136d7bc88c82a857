// The repeat filter: long copies of earlier bytes leave the block before the codec sees it.
//
// Context mixing predicts a repeat almost for free, but still spends a microsecond on each of its
// bytes. Taking long repeats out (zero pages, the second copy of a file in an archive) costs a few
// bytes each and saves all that time. Format: repeat.spec.md. Called through the filter registry
// (codec/filter/filter.h); the planner uses FindRepeats to see what belongs together.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "codec/block.h"
#include "codec/filter/filter.h"

namespace lmz {

// The shortest copy that a filtered block may hold, in bytes: it bounds the number of commands by
// the raw size. Encoders should ask for more (see repeat.cc).
inline constexpr uint32_t kMinCopyLength = 32;

// in[position + i] == in[position + i - distance] for all i < length; distance may be shorter than
// length.
struct Repeat {
  uint32_t position = 0;
  uint32_t length = 0;
  uint32_t distance = 0;
};

// Repeats of at least `min_length` (>= 1) bytes in `in` (at most kMaxBlockRawSize bytes), ascending
// and disjoint. Finds nearly all that are 512 bytes or longer, few that are shorter than 128. Time
// is linear in in.size() for any fixed min_length; memory is at most in.size() / 4 bytes and the
// result. Deterministic; thread-safe. Finds less once the watch is stopped.
std::vector<Repeat> FindRepeats(ByteSpan in, uint32_t min_length, const Watch& watch = Watch());

// Whether an eighth or more of the windows of eight bytes came before; those of eight equal bytes
// do not count. A sign of tiles, loops and other copies too short for FindRepeats. Time is linear.
bool RepeatsItself(ByteSpan in);

// Replaces `out` with `in`, filtered: `repeats` (not empty, ascending, disjoint, each at least
// kMinCopyLength bytes long) become commands. Returns how many bytes of `out` are in front of the
// literals.
size_t RemoveRepeats(ByteSpan in, const std::vector<Repeat>& repeats, Bytes& out);

// FilterRow::forward and FilterRow::inverse (codec/filter/filter.h). Forward takes at most
// kMaxBlockRawSize bytes. Thread-safe for distinct outputs.
bool RepeatForward(ByteSpan in, const Watch& watch, Bytes& out);
Status RepeatInverse(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out);

inline constexpr FilterRow kRepeatFilter = {.bit = kFilterRepeat,
                                            .name = "repeat",
                                            .max_growth = 1,
                                            .forward = RepeatForward,
                                            .inverse = RepeatInverse};

}  // namespace lmz
