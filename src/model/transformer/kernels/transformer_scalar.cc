// The portable kernels: what every other instruction set is compared with.
#include <cstring>

#include "model/transformer/kernels/attend.h"

namespace lmz::internal {

namespace {

struct ScalarAttend {
  static constexpr int kRows = 4;
  static constexpr int kQueries = 1;
  static constexpr int kBlocks = 1;
  static constexpr int kMixes = 1;
  static constexpr int kMixRows = 1;
  static constexpr uint8_t kFlip = 0;
  struct Sums {
    int32_t row[kRows];
  };
  struct Cached {
    int8_t row[kRows][4];
  };
  using Broadcast = const int8_t*;

  static Sums Sums1(int32_t v) { return {{v, v, v, v}}; }
  static void Store(int32_t* to, const Sums& s) { std::memcpy(to, s.row, sizeof s.row); }
  static Cached LoadCached(const uint8_t* from) {
    Cached c;
    std::memcpy(c.row, from, sizeof c.row);
    return c;
  }
  static Broadcast Spread(const int8_t* x) { return x; }
  static Sums DotKeys(Sums s, const Cached& k, Broadcast x) {
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < 4; ++c) s.row[r] += k.row[r][c] * x[c];
    }
    return s;
  }
  static Sums DotValues(Sums s, const Cached& v, Broadcast p) { return DotKeys(s, v, p); }
};

}  // namespace

extern const TransformerKernels kTransformerScalar;
constinit const TransformerKernels kTransformerScalar = MakeTransformerKernels<ScalarAttend>();

}  // namespace lmz::internal
