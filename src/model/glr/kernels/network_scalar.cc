// The portable kernels: what every other instruction set is compared with.
#include <cstring>

#include "model/glr/kernels/elementwise.h"
#include "model/glr/kernels/multiply.h"

namespace lmz::internal {

namespace {

struct ScalarOps {
  static constexpr int kRows = 4;
  static constexpr int kLanes = 1;
  static constexpr int kSums = 4;
  static constexpr int kSparseTiles = 1;
  struct Sums {
    int32_t row[kRows];
  };
  struct Weights {
    int8_t row[kRows][4];
  };
  using Broadcast = const uint8_t*;

  static Sums Load(const int32_t* from) {
    Sums s;
    std::memcpy(s.row, from, sizeof s.row);
    return s;
  }
  static void Store(int32_t* to, const Sums& s) { std::memcpy(to, s.row, sizeof s.row); }
  static Weights LoadWeights(const int8_t* from) {
    Weights w;
    std::memcpy(w.row, from, sizeof w.row);
    return w;
  }
  static Broadcast Spread(const uint8_t* x) { return x; }
  static Sums Dot(Sums s, const Weights& w, Broadcast x) {
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < 4; ++c) s.row[r] += w.row[r][c] * static_cast<int8_t>(x[c]);
    }
    return s;
  }
  static Sums DotSparse(Sums s, const Weights& w, Broadcast x) { return Dot(s, w, x); }
  static void Weave(const int8_t* const* columns, int at, Weights* woven) {
    for (int i = 0; i < 4 * kRows; ++i) {
      for (int c = 0; c < 4; ++c) woven[i / kRows].row[i % kRows][c] = columns[c][at + i];
    }
  }
  static void Unweave(Sums*) {}
};

}  // namespace

extern const NetworkKernels kNetworkScalar;
constinit const NetworkKernels kNetworkScalar =
    MakeNetworkKernels<ScalarOps, LaneByLane<PortableElementwise<0>>>();

}  // namespace lmz::internal
