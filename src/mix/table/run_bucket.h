// Contexts that were followed by one byte only, however often. Plain data, so that the kernels may
// know it.
#pragma once

#include <cstdint>

namespace lmz {

// A cache line of sixteen runs, four bytes for each, where slots would take 64. A run tells all
// that the slots of its context would.
struct alignas(64) RunBucket {
  static constexpr unsigned kRuns = 16;
  static constexpr uint8_t kMaxCount = 71;  // a longer run would predict the same
  static constexpr uint8_t kMoved = 255;  // the context was followed by another byte: see its slots

  static constexpr uint16_t CheckOf(uint32_t hash) { return static_cast<uint16_t>(hash); }

  uint16_t checks[kRuns];  // 16 bits of the context's hash
  uint8_t bytes[kRuns];    // what followed
  uint8_t counts[kRuns];   // how often, or kMoved; 0: the place is free
};
static_assert(sizeof(RunBucket) == 64);

}  // namespace lmz
