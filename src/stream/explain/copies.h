// What the filter `repeat` had taken out of a block, put back into what was told of the rest.
#pragma once

#include <optional>

#include "stream/explain/explanation.h"

namespace lmz {

// A copy in a block, and where its command stands in the filter's output.
struct PlacedCopy {
  uint64_t begin = 0;  // in the block
  uint64_t size = 0;
  uint64_t command_begin = 0;
  uint64_t command_end = 0;
};

struct PlacedCopies {
  std::vector<PlacedCopy> copies;
  uint64_t literals_begin = 0;  // in the filter's output
};

// The copies of a block of `raw_size` bytes, as the beginning of the filter's output tells them.
// None where it does not.
std::optional<PlacedCopies> ReadCopies(ByteSpan filtered, uint64_t raw_size);

// Calls take(literal, begin, size) for each stretch of literals, from `literal` on in the filter's
// output and from `begin` on in the block.
template <class Take>
void ForEachLiterals(const PlacedCopies& placed, uint64_t raw_size, Take take) {
  uint64_t literal = placed.literals_begin, done = 0;
  for (const PlacedCopy& copy : placed.copies) {
    take(literal, done, copy.begin - done);
    literal += copy.begin - done;
    done = copy.begin + copy.size;
  }
  take(literal, done, raw_size - done);
}

// Makes the filter's output in a document the block, which is `raw`. What the numbers in front of
// all commands took counts to the first copy. False, and nothing is done, where the document does
// not have all bytes.
bool PutCopiesBack(ByteSpan raw, ExplainedDocument& document);

}  // namespace lmz
