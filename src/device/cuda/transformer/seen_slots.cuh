// Which tokens a token sees (docs/spec/numerics.md, 6.7): what Context::Seen of
// model/transformer/lane_cache.h is for CPUs.
#pragma once

#include <cstdint>

#include "device/cuda/transformer/token_view.h"

namespace lmz::cuda {

namespace {

// Which slots a token sees: at most three ranges of them.
struct SeenSlots {
  int first[3], last[3];

  __device__ SeenSlots(const TokenContext& context, uint64_t place, int window) {
    for (int i = 0; i < 3; ++i) first[i] = last[i] = 0;
    const uint64_t reach = window == 0 ? place + 1 : min(place + 1, static_cast<uint64_t>(window));
    const uint64_t least = place + 1 - reach;  // the first place within the window
    const auto sinks = static_cast<uint64_t>(context.sinks);
    if (place < sinks) {
      first[0] = static_cast<int>(least);
      last[0] = static_cast<int>(place) + 1;
      return;
    }
    const uint64_t oldest = context.Oldest(place);
    // The first tokens stand directly before the oldest other one.
    const uint64_t moved = oldest - sinks;
    first[0] = static_cast<int>(min(max(least, moved), oldest) - moved);
    last[0] = context.sinks;
    const uint64_t begin = max(least, oldest);
    first[2] = context.SlotOf(begin);
    const int count = static_cast<int>(place + 1 - begin);
    const int behind = max(0, first[2] + count - context.size);
    first[1] = context.sinks;
    last[1] = context.sinks + behind;
    last[2] = first[2] + count - behind;
  }
  __device__ bool Has(int slot) const {
    return (slot >= first[0] && slot < last[0]) || (slot >= first[1] && slot < last[1]) ||
           (slot >= first[2] && slot < last[2]);
  }
  // Behind the last one.
  __device__ int end() const { return max(max(last[0], last[1]), last[2]); }
};

}  // namespace
}  // namespace lmz::cuda
