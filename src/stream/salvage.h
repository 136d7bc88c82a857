// What is left of a damaged file: its good blocks, found even behind damage.
#pragma once

#include <functional>
#include <string>

#include "container/index.h"
#include "stream/compress.h"

namespace lmz {

// A piece of a damaged input, in order.
struct SalvagedPart {
  enum class Kind {
    kGood,   // a block that is as it was
    kZeros,  // a block that cannot be decoded: zeros stand for its bytes
    kCut,    // a block of which the input has the beginning: what that decodes to, unchecked, and
             // zeros
    kLost,   // one or more blocks, or other data, of which nothing is known: nothing was written
  };
  Kind kind = Kind::kGood;
  std::string name = {};    // "block 3 at offset 4711"
  uint64_t raw_offset = 0;  // in the output
  uint64_t raw_size = 0;    // bytes written for it
  Status why = {};          // but for kGood
};

// Writes what can be decoded of `input` to `sink` and returns how many bytes that came to. Blocks
// are known by the checks of their headers, so that they are found behind any damage; the sizes of
// blocks that are lost come from their headers or from the index of their frame. `tell` is called
// for each part, and must not throw. What is wrong with a block is no error of the call. Errors:
// those of the input and the sink; kNotLmz when there is neither a frame nor a block; kLimit by
// options.memory_limit and options.output_limit; kOutOfMemory; kCancelled.
Result<uint64_t> Salvage(const RandomAccess& input, Sink& sink, const DecompressOptions& options,
                         const std::function<void(const SalvagedPart&)>& tell);

}  // namespace lmz
