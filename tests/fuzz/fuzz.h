// What the fuzz targets share. Each target is one file with one FuzzOne(); it is linked with
// libFuzzer (preset fuzz) and with replay.cc, which runs the corpus as an ordinary test.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/bytes.h"

namespace lmz::fuzz {

// Handles one input and returns; a broken promise of the library ends in Require.
void FuzzOne(ByteSpan input);

// Ends the process with the place when `condition` does not hold: the fuzzer's notion of a finding.
#define LMZ_REQUIRE(condition)                                                       \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: required: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (0)

// Takes choices from the end of an input, so that its beginning stays plain data and the fuzzer can
// change one without the other. All choices are 0 once nothing is left.
class Choices {
 public:
  explicit Choices(ByteSpan input) : rest_(input) {}

  // What no choice has taken yet.
  ByteSpan rest() const { return rest_; }

  // A number of `bytes` bytes (1 .. 8), little-endian.
  uint64_t Number(int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes && !rest_.empty(); ++i) {
      value = value << 8 | rest_.back();
      rest_ = rest_.first(rest_.size() - 1);
    }
    return value;
  }

  // 0 .. limit - 1; limit is at least 1.
  uint64_t Below(uint64_t limit) { return Number(limit <= 256 ? 1 : 4) % limit; }

  // Up to `size` bytes.
  ByteSpan Take(uint64_t size) {
    const size_t taken = static_cast<size_t>(std::min<uint64_t>(size, rest_.size()));
    const ByteSpan bytes = rest_.last(taken);
    rest_ = rest_.first(rest_.size() - taken);
    return bytes;
  }

 private:
  ByteSpan rest_;
};

}  // namespace lmz::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
