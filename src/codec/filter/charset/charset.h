// The charset filter: text in other encodings becomes UTF-8, which models have learnt.
//
// Any bytes come back, whether they are valid in their encoding or not, so a wrong guess costs
// bytes and nothing else. Format: spec.md. Called through the filter registry
// (codec/filter/filter.h); detect.h tells which encoding it is, and the planner whether that pays.
#pragma once

#include "codec/block.h"
#include "codec/filter/filter.h"

namespace lmz {

// FilterRow::forward and FilterRow::inverse. Thread-safe for distinct outputs.
bool CharsetForward(ByteSpan in, const Watch& watch, Bytes& out);
Status CharsetInverse(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out);

inline constexpr FilterRow kCharsetFilter = {.bit = kFilterCharset,
                                             .name = "charset",
                                             .max_growth = 2,
                                             .forward = CharsetForward,
                                             .inverse = CharsetInverse};

}  // namespace lmz
