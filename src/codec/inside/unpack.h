// A block taken apart: its streams out of it, each as its data and how it was made.
#pragma once

#include <vector>

#include "codec/inside/inside.h"

namespace lmz::inside {

struct Unpacked {
  Fields fields;
  Bytes code;  // the arithmetic code of the entries and streams
  uint32_t fingerprint = 0;
  std::array<Bytes, kGroups> groups;
  std::vector<Content> contents;  // by group and place
};

// Takes out the streams of `raw` that can be made again at a cost that pays, as far as the budget
// goes. Errors: kCancelled.
Result<Unpacked> Unpack(ByteSpan raw, const InsideOptions& options,
                        const BlockResources& resources);

// The way back: fills all of `raw`. `unpacked` holds the groups, in order. Returns the final state
// of the coder of `code`. Errors: kTruncated, kDamaged, kCancelled.
Result<uint32_t> Pack(const Fields& fields, ByteSpan code, ByteSpan unpacked,
                      const BlockResources& resources, MutableByteSpan raw);

}  // namespace lmz::inside
