// A loop that is unrolled in any case. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

namespace lmz {
namespace {

// Calls body with 0 .. kCount - 1 as compile-time constants. A plain loop over an array of sums
// would do, but GCC 12 then keeps that array in memory rather than in registers.
template <int kIndex, int kCount, class Body>
[[gnu::always_inline]] inline void ForEach(const Body& body) {
  if constexpr (kIndex < kCount) {
    body.template operator()<kIndex>();
    ForEach<kIndex + 1, kCount>(body);
  }
}

}  // namespace
}  // namespace lmz
