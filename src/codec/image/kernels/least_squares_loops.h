// The code of the least squares kernels, in cpu/int32x8.h's vectors; included by the file of each
// instruction set (cpu/kernel_builds.h), which says how the set multiplies: Ops::AddLow(a, b,
// sums) adds the signed 64-bit products of every second number, those that are the low halves where
// the vectors are taken for 64-bit numbers: 0, 2, 4 and 6, or 1, 3, 5 and 7 on a big-endian
// machine.
#pragma once

#include <cstdint>

#include "codec/image/kernels/least_squares_kernels.h"
#include "cpu/int32x8.h"
#include "cpu/inverse_sqrt.h"

namespace lmz {
namespace {

static_assert(kRegressorLanes == kInt32Lanes);

// Where the lanes that hold row j begin.
inline int FirstRow(int j) {
  return j / kRegressorLanes * kRegressorLanes;
}

// 64-bit sums of eight numbers: those of the low halves and those of the high ones.
template <class Ops>
struct Sums {
  Uint64x4 lows = {};
  Uint64x4 highs = {};

  // a times the number that b holds in all places.
  void AddScaled(const StoredInt32x8& stored, const Int32x8& b) {
    const Int32x8 a = stored.v;
    Ops::AddLow(a, b, lows);
    Ops::AddLow((Int32x8)((Uint64x4)a >> 32), b, highs);
  }
  // The low 32 bits of each sum >> shift, 0 < shift < 32.
  void Shift(int shift, Int32x8& out) const {
    const Uint64x4 low = Uint64x4{} + 0xFFFFFFFF;
    out = (Int32x8)(((lows >> shift) & low) | ((highs << (32 - shift)) & ~low));
  }
  void AddProducts(const StoredInt32x8& stored_a, const StoredInt32x8& stored_b) {
    const Int32x8 a = stored_a.v;
    const Int32x8 b = stored_b.v;
    Ops::AddLow(a, b, lows);
    Ops::AddLow((Int32x8)((Uint64x4)a >> 32), (Int32x8)((Uint64x4)b >> 32), highs);
  }
  int64_t Total() const {
    const Uint64x4 both = lows + highs;
    return static_cast<int64_t>(both[0] + both[1] + both[2] + both[3]);
  }
};

inline void FadeBy(const Int32x8& v, int32_t* out) {
  At(out).v = v - (v >> 4) - (v >> 5);
}

void Accumulate(const int32_t* x, int inputs, int32_t* sums) {
  for (int j = 0; j <= inputs; ++j) {
    const Int32x8 factor = Int32x8{} + x[j];
    for (int i = FirstRow(j); i <= inputs; i += kRegressorLanes, sums += kRegressorLanes) {
      FadeBy(At(sums).v + factor * At(x + i).v, sums);
    }
  }
}

void Fade(int count, int32_t* sums) {
  for (int k = 0; k < count; k += kRegressorLanes) {
    const Int32x8 v = At(sums + k).v;
    FadeBy(v, sums + k);
  }
}

void Fold(const int32_t* sums, int count, int32_t* above) {
  for (int k = 0; k < count; k += kRegressorLanes) {
    const Int32x8 v = At(above + k).v + At(sums + k).v;
    At(above + k).v = v - (v >> 3);
  }
}

template <class Ops>
int64_t Dot(const int32_t* x, const int32_t* weights) {
  Sums<Ops> sums;
  for (int i = 0; i < kRegressorRow; i += kRegressorLanes) {
    sums.AddProducts(At(x + i), At(weights + i));
  }
  return sums.Total();
}

// 1 / sqrt(pivot) as mantissa / 2^shift.
struct InverseRoot {
  explicit InverseRoot(int32_t value) {
    const int32_t pivot = value < kMinPivot ? kMinPivot : value > kMaxPivot ? kMaxPivot : value;
    const int up = (29 - (31 - __builtin_clz(static_cast<uint32_t>(pivot)))) & ~1;
    const int64_t d = int64_t{pivot} << up;  // 2^28 .. 2^30
    const int64_t root = InverseSqrt(static_cast<uint32_t>(d >> 14));
    const int64_t error = (int64_t{1} << 58) - d * root * root;
    mantissa = static_cast<int32_t>((root << 15) + ((root * (error >> 14)) >> 30));
    shift = 30 - up / 2;
  }
  int32_t mantissa;
  int shift;
};

// The matrix and its factor, by columns: column j has the rows j .. inputs, the target's row last.
struct Factor {
  alignas(64) int32_t column[kMaxRegressors][kRegressorRow] = {};
  int32_t mantissa[kMaxRegressors];
  int shift[kMaxRegressors];
};

// Fills the columns with the sums, scaled so that the largest sum of squares has 28 bits, and the
// diagonal made a little heavier. Returns false when all sums of squares are 0.
bool LoadScaled(const int32_t* sums, const int32_t* above, int inputs, Factor& f) {
  int32_t largest = 0;
  for (int j = 0, at = 0; j <= inputs; ++j) {
    const int first = FirstRow(j);
    const int32_t square = sums[at + j - first] + above[at + j - first];
    largest = square > largest ? square : largest;
    at += FirstRow(inputs) + kRegressorLanes - first;
  }
  if (largest <= 0) return false;
  const int bits = 32 - __builtin_clz(static_cast<uint32_t>(largest));
  const int left = bits < 28 ? 28 - bits : 0;
  const int right = bits > 28 ? bits - 28 : 0;
  int64_t trace = 0;
  for (int j = 0; j < inputs; ++j) {
    for (int i = FirstRow(j); i <= inputs; i += kRegressorLanes) {
      const Uint32x8 sum = (Uint32x8)At(sums).v + (Uint32x8)At(above).v;
      At(f.column[j] + i).v = (Int32x8)(sum << left) >> right;
      sums += kRegressorLanes;
      above += kRegressorLanes;
    }
    trace += f.column[j][j];
  }
  const auto ridge = static_cast<int32_t>((trace >> kRidgeShift) + kRidge);
  for (int j = 0; j < inputs; ++j) f.column[j][j] += ridge;
  return true;
}

// Cholesky's factor in place, in 2^-28: the row of the target becomes the right side solved by it.
template <class Ops>
void Factorize(int inputs, Factor& f) {
  for (int j = 0; j < inputs; ++j) {
    int32_t* const column = f.column[j];
    for (int i = FirstRow(j); i <= inputs; i += kRegressorLanes) {
      Sums<Ops> sums;
      for (int k = 0; k < j; ++k) sums.AddScaled(At(f.column[k] + i), Int32x8{} + f.column[k][j]);
      Int32x8 known;
      sums.Shift(28, known);
      At(column + i).v = (Int32x8)((Uint32x8)At(column + i).v - (Uint32x8)known);
    }
    const InverseRoot root(column[j]);
    f.mantissa[j] = root.mantissa;
    f.shift[j] = root.shift;
    for (int i = FirstRow(j); i <= inputs; i += kRegressorLanes) {
      Sums<Ops> scaled;
      scaled.AddScaled(At(column + i), Int32x8{} + root.mantissa);
      Int32x8 factor;
      scaled.Shift(root.shift, factor);
      At(column + i).v = factor;
    }
  }
}

template <class Ops>
bool Solve(const int32_t* sums, const int32_t* above, int inputs, int32_t* weights) {
  Factor f;
  if (!LoadScaled(sums, above, inputs, f)) return false;
  Factorize<Ops>(inputs, f);
  for (int i = 0; i < kRegressorRow; ++i) weights[i] = 0;
  for (int j = inputs - 1; j >= 0; --j) {
    Sums<Ops> known;  // weights up to j are still 0
    for (int i = FirstRow(j); i < inputs; i += kRegressorLanes) {
      known.AddProducts(At(f.column[j] + i), At(weights + i));
    }
    int64_t rest = f.column[j][inputs] - (known.Total() >> 20);
    rest = rest > kMaxRest ? kMaxRest : rest < -kMaxRest ? -kMaxRest : rest;
    const int64_t weight = (rest * f.mantissa[j]) >> (f.shift[j] + 8);
    const int64_t clamped = weight > kMaxWeight    ? kMaxWeight
                            : weight < -kMaxWeight ? -kMaxWeight
                                                   : weight;
    weights[j] = static_cast<int32_t>(clamped);
  }
  return true;
}

template <class Ops>
constexpr LeastSquaresKernels MakeLeastSquaresKernels() {
  return {
      .accumulate = Accumulate, .fade = Fade, .fold = Fold, .solve = Solve<Ops>, .dot = Dot<Ops>};
}

}  // namespace
}  // namespace lmz
