// The elementwise part of the network kernels on explicit vectors: the same integers as
// elementwise.h. By hand because compilers do not find the saturating and rounding instructions on
// 16-bit words that most of this work comes down to.
//
// A vector class V (vector_avx2.h) names the instructions. V::Words holds kGroup words or half as
// many 32-bit numbers; V::Longs holds kGroup of those. Packing longs leaves words in packed order.
#pragma once

#include <cstdint>

#include "cpu/for_each.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/lane_by_lane.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/quantizer.h"
#include "model/glr/kernels/tables.h"

namespace lmz {
namespace {

template <class V>
inline typename V::Longs LoadLongs(const int32_t* from) {
  return {V::Load(from), V::Load(from + V::kGroup / 2)};
}
template <class V>
inline void StoreLongs(int32_t* to, const typename V::Longs& v) {
  V::Store(to, v.low);
  V::Store(to + V::kGroup / 2, v.high);
}

// A shift by the same number of bits for all, with what rounds it to nearest, halves up.
template <class V>
struct Rounding {
  using Words = typename V::Words;
  using Longs = typename V::Longs;
  explicit Rounding(int shift)
      : half(V::Longs1(static_cast<int32_t>((uint32_t{1} << shift) >> 1))), count(V::Bits(shift)) {}
  Words operator()(Words v) const { return V::Right32(V::Add32(v, half), count); }
  Longs operator()(const Longs& v) const { return {(*this)(v.low), (*this)(v.high)}; }
  Words half;
  typename V::Count count;
};

template <class V>
inline typename V::Words Clamp32(typename V::Words v, int32_t limit) {
  return V::Max32(V::Min32(v, V::Longs1(limit)), V::Longs1(-limit));
}

template <class V>
inline typename V::Words Largest(typename V::Words so_far, const typename V::Longs& v) {
  return V::Max32(so_far, V::Max32(V::Abs32(v.low), V::Abs32(v.high)));
}

// Saturated to -32767 .. 32767; in packed order.
template <class V>
inline typename V::Words Narrow(const typename V::Longs& v) {
  return V::Max16(V::Pack(v), V::Words1(-kInt16Limit));
}

// The products of words. Of words in packed order they ascend; otherwise they are such that Pack
// gives the words' order back.
template <class V>
inline typename V::Longs Products(typename V::Words a, typename V::Words b) {
  return V::Unpack(V::MulLow16(a, b), V::MulHigh16(a, b));
}

// What a Quantizer that shifts left does to words (spec 3.2, step 3).
template <class V>
struct WordQuantizer {
  explicit WordQuantizer(const Quantizer& by)
      : left(V::Bits(by.shift)), factor(V::Words1(by.factor)) {}
  typename V::Words operator()(typename V::Words words) const {
    return V::MulQ15(V::Left16(words, left), factor);
  }
  typename V::Count left;
  typename V::Words factor;
};

// Stores the bytes that `quantised` makes of each group of words, two groups at a time.
template <class V, class Quantised>
[[gnu::always_inline]] inline void StoreAll(uint8_t* q, int size, uint8_t flip,
                                            const Quantised& quantised) {
  int i = 0;
  for (; i + 2 * V::kGroup <= size; i += 2 * V::kGroup) {
    V::StoreBytes(q + i, quantised(i), quantised(i + V::kGroup), flip);
  }
  if (i < size) V::StoreBytes(q + i, quantised(i), flip);
}

template <class V>
inline QuantizedScale QuantizeBy(int32_t largest, const int16_t* x, int size, uint8_t flip,
                                 uint8_t* q) {
  const Quantizer by(largest);
  const WordQuantizer<V> quantised(by);
  StoreAll<V>(q, size, flip, [&](int i) { return quantised(V::Load(x + i)); });
  return by.scale();
}

// LaneSums as fixed-point numbers (spec 3.3).
template <class V>
struct Scaling {
  Scaling(const LaneSums& y, int shift)
      : sums(y.sums),
        row_scale(y.row_scale),
        mantissa(V::Words1(y.mantissa)),
        narrowing(y.sum_shift),
        rounding(shift) {}
  // In packed order.
  typename V::Words Narrowed(int i) const { return Narrow<V>(narrowing(LoadLongs<V>(sums + i))); }
  typename V::Longs operator()(int i) const {
    const auto scale = V::MulQ15(V::PackedFromAscending(V::Load(row_scale + i)), mantissa);
    return rounding(Products<V>(Narrowed(i), scale));
  }
  const int32_t* sums;
  const int16_t* row_scale;
  typename V::Words mantissa;
  Rounding<V> narrowing, rounding;
};

// x := x * (what `by` says) * weight, x being y of spec 3.1. From a shift by 15 on nothing
// saturates and 16 bits do: what a larger shift takes from the upper half of the product is rounded
// by a number that leaves the lower half out.
template <class V>
[[gnu::always_inline]] inline void ScaleByRoot(const InverseRoot& by, const int16_t* weight,
                                               int size, int16_t* x) {
  using Words = typename V::Words;
  const Words root = V::Words1(static_cast<int16_t>(by.root));
  const auto scale = [&](const auto& unit) __attribute__((always_inline)) {
    for (int i = 0; i < size; i += V::kGroup) {
      V::Store(x + i, V::MulQ15(unit(V::Load(x + i)), V::Load(weight + i)));
    }
  };
  if (by.shift < 15) {
    const Rounding<V> rounding(by.shift);
    scale([&](Words y) { return Narrow<V>(rounding(Products<V>(y, root))); });
  } else if (by.shift == 15) {
    scale([&](Words y) { return V::MulQ15(y, root); });
  } else if (by.shift == 16) {
    scale([&](Words y) {
      const Words rounds_up = V::template RightUnsigned16<15>(V::MulLow16(y, root));
      return V::Add16(V::MulHigh16(y, root), rounds_up);
    });
  } else {
    const auto count = V::Bits(by.shift - 16);
    const Words half = V::Words1(static_cast<int16_t>(1 << (by.shift - 17)));
    scale([&](Words y) { return V::Right16(V::Add16(V::MulHigh16(y, root), half), count); });
  }
}

template <class V>
void VectorNormalize(const int32_t* x, int size, uint64_t epsilon, const int16_t* weight,
                     int16_t* out) {
  using Words = typename V::Words;
  Words largest = V::Longs1(0);
  for (int i = 0; i < size; i += V::kGroup) largest = Largest<V>(largest, LoadLongs<V>(x + i));
  const int length = BitLength(static_cast<uint32_t>(V::Largest32(largest)));
  const int drop = length > 15 ? length - 15 : 0;
  const Rounding<V> dropping(drop);
  // All of the squares modulo 2^32 and their upper halves: at most 2^9 numbers below 2^31 per
  // column, so that the difference is the sum of the lower halves.
  Words all = V::Longs1(0), high = V::Longs1(0);
  for (int i = 0; i < size; i += V::kGroup) {
    const Words y = V::AscendingFromPacked(Narrow<V>(dropping(LoadLongs<V>(x + i))));
    V::Store(out + i, y);
    const Words squares = V::MulAddPairs(y, y);
    all = V::Add32(all, squares);
    high = V::Add32(high, V::template RightUnsigned32<16>(squares));
  }
  const Words low = V::Sub32(all, V::template Left32<16>(high));
  const uint64_t sum = (uint64_t{V::Sum32(high)} << 16) + V::Sum32(low);
  ScaleByRoot<V>(InverseRoot(sum + (epsilon >> (2 * drop))), weight, size, out);
}

template <class V>
QuantizedScale VectorQuantize(const int16_t* x, int size, uint8_t flip, uint8_t* q) {
  auto largest = V::Words1(0);
  for (int i = 0; i < size; i += V::kGroup) {
    largest = V::Max16(largest, V::Abs16(V::Load(x + i)));
  }
  return QuantizeBy<V>(V::Largest16(largest), x, size, flip, q);
}

// now + Round((before - now) * mix, 14) for vectors `now` and `before` and any number of mixes. As
// one sum of two products, if the second factor, 2^14 - mix, fits in 16 bits.
template <class V>
struct ShiftNear {
  using Words = typename V::Words;
  static bool Suits(int16_t least_mix) { return least_mix >= (1 << kMixFraction) - kInt16Limit; }
  ShiftNear(Words now, Words before) : both(V::Unpack(before, now)) {}
  Words operator()(Words mix) const {
    const auto w = V::Unpack(mix, V::Sub16(V::Words1(1 << kMixFraction), mix));
    const Rounding<V> rounding(kMixFraction);
    return Narrow<V>(
        rounding({V::MulAddPairs(both.low, w.low), V::MulAddPairs(both.high, w.high)}));
  }
  typename V::Longs both;
};

// By an instruction that saturates the sum of a number and two products, if -mix fits in 16 bits.
template <class V>
struct ShiftSaturated {
  using Words = typename V::Words;
  static bool Suits(int16_t least_mix) { return least_mix >= -kInt16Limit; }
  ShiftSaturated(Words now, Words before) : both(V::Unpack(before, now)) {
    const auto high = V::Unpack(V::Words1(0), now);  // times 2^16
    const Words half = V::Longs1(1 << (kMixFraction - 1));
    const auto count = V::Bits(16 - kMixFraction);
    start = {V::Add32(V::Right32(high.low, count), half),
             V::Add32(V::Right32(high.high, count), half)};
  }
  Words operator()(Words mix) const {
    const auto w = V::Unpack(mix, V::Sub16(V::Words1(0), mix));
    const auto count = V::Bits(kMixFraction);
    const auto sum = [&](Words from, Words x, Words by) {
      return V::Right32(V::AddPairsSaturated(from, x, by), count);
    };
    return Narrow<V>({sum(start.low, both.low, w.low), sum(start.high, both.high, w.high)});
  }
  typename V::Longs both, start;
};

// For any mix.
template <class V>
struct ShiftFar {
  using Words = typename V::Words;
  ShiftFar(Words now_words, Words before) : now(V::Widen(now_words)) {
    const auto p = V::Widen(before);
    change = {V::Sub32(p.low, now.low), V::Sub32(p.high, now.high)};
  }
  Words operator()(Words mix) const {
    const auto m = V::Widen(mix);
    const Rounding<V> rounding(kMixFraction);
    return V::AscendingFromPacked(
        Narrow<V>({V::Add32(now.low, rounding(V::Mul32(change.low, m.low))),
                   V::Add32(now.high, rounding(V::Mul32(change.high, m.high)))}));
  }
  typename V::Longs now, change;
};

template <class V, class Shift, int kCount>
void ShiftBy(const int16_t* now, int16_t* before, const MixWeights* mixes, int size,
             int16_t* scratch, uint8_t flip, QuantizedVector* out) {
  typename V::Words largest[kCount];
  ForEach<0, kCount>([&]<int k>() __attribute__((always_inline)) { largest[k] = V::Words1(0); });
  for (int i = 0; i < size; i += V::kGroup) {
    const auto x = V::Load(now + i);
    const Shift shift(x, V::Load(before + i));
    V::Store(before + i, x);
    ForEach<0, kCount>([&]<int k>() __attribute__((always_inline)) {
      const auto moved = shift(V::Load(mixes[k].weights + i));
      V::Store(scratch + k * size + i, moved);
      largest[k] = V::Max16(largest[k], V::Abs16(moved));
    });
  }
  for (int k = 0; k < kCount; ++k) {
    const int16_t* const moved = scratch + k * size;
    out[k].scale = QuantizeBy<V>(V::Largest16(largest[k]), moved, size, flip, out[k].q);
  }
}

template <class V, int kCount>
void ShiftCount(const int16_t* now, int16_t* before, const MixWeights* mixes, int size,
                int16_t* scratch, uint8_t flip, QuantizedVector* out) {
  const int16_t least = LeastWeight(mixes, kCount);
  auto* by = ShiftBy<V, ShiftFar<V>, kCount>;
  if (ShiftNear<V>::Suits(least)) {
    by = ShiftBy<V, ShiftNear<V>, kCount>;
  } else if constexpr (requires { V::AddPairsSaturated; }) {
    if (ShiftSaturated<V>::Suits(least)) by = ShiftBy<V, ShiftSaturated<V>, kCount>;
  }
  by(now, before, mixes, size, scratch, flip, out);
}

template <class V>
void VectorShiftQuantize(const int16_t* now, int16_t* before, const MixWeights* mixes, int count,
                         int size, int16_t* scratch, uint8_t flip, QuantizedVector* out) {
  auto* all = count == 1 ? ShiftCount<V, 1> : ShiftCount<V, kMaxMixes>;
  all(now, before, mixes, size, scratch, flip, out);
}

template <class V>
QuantizedScale VectorProductQuantize(const int16_t* a, const int16_t* b, int size, int32_t* scratch,
                                     uint8_t flip, uint8_t* q) {
  auto largest = V::Longs1(0);
  for (int i = 0; i < size; i += V::kGroup) {
    const auto y = Products<V>(V::Load(a + i), V::Load(b + i));
    StoreLongs<V>(scratch + i, y);
    largest = Largest<V>(largest, y);
  }
  Quantizer by(V::Largest32(largest));
  const QuantizedScale scale = by.scale();
  const auto right = V::Bits(by.shift < 0 ? -by.shift : 0);
  by.shift = by.shift > 0 ? by.shift : 0;
  const WordQuantizer<V> quantised(by);
  StoreAll<V>(q, size, flip, [&](int i) {
    const auto y = LoadLongs<V>(scratch + i);
    return quantised(V::Pack({V::Right32(y.low, right), V::Right32(y.high, right)}));
  });
  return scale;
}

template <class V>
QuantizedScale VectorSquareQuantize(const LaneSums& sums, int size, int16_t* scratch, uint8_t* q) {
  const Scaling<V> y(sums, 0);
  auto largest = V::Words1(0);
  for (int i = 0; i < size; i += V::kGroup) {
    const auto narrowed = V::AscendingFromPacked(y.Narrowed(i));
    const auto positive = V::Max16(V::MulQ15(narrowed, V::Load(sums.row_scale + i)), V::Words1(0));
    V::Store(scratch + i, positive);
    largest = V::Max16(largest, positive);
  }
  const SquareQuantizer by(V::Largest16(largest));
  const auto left = V::Bits(by.root_shift);
  const WordQuantizer<V> quantised(by.square);
  StoreAll<V>(q, size, 0, [&](int i) {
    const auto r = V::Left16(V::Load(scratch + i), left);
    return quantised(V::MulQ15(r, r));
  });
  return by.scale(sums.mantissa);
}

template <class V>
inline typename V::Words ClampGate(typename V::Words z) {
  return V::Max16(V::Min16(z, V::Words1(kGateLimit)), V::Words1(-kGateLimit));
}

// h + Round(D * (u >> 8) + Round(D * (u & 255), 8), 8) (spec 3.5).
template <class V>
inline typename V::Words NextState(typename V::Words h, typename V::Words value,
                                   typename V::Words u) {
  const Rounding<V> byte(8);
  const auto difference = V::Sub32(Clamp32<V>(value, kStateLimit), h);
  const auto low = byte(V::Mul32(difference, V::And(u, V::Longs1(255))));
  const auto high = V::Mul32(difference, V::template RightUnsigned32<8>(u));
  return V::Add32(h, byte(V::Add32(high, low)));
}

template <class V>
void VectorUpdateState(const LaneSums& value_sums, const LaneSums& forget_sums, const int16_t* bias,
                       int size, uint16_t* scratch, int32_t* state) {
  const Scaling<V> value(value_sums, value_sums.shift), forget(forget_sums, forget_sums.shift);
  for (int i = 0; i < size; i += V::kGroup) {
    const auto f = forget(i), b = V::Widen(V::Load(bias + i));
    const auto z = V::Pack({V::Add32(f.low, b.low), V::Add32(f.high, b.high)});
    V::Store(scratch + i, V::Sub16(V::Words1(4096), ClampGate<V>(V::AscendingFromPacked(z))));
  }
  for (int i = 0; i < size; i += V::kGroup) {
    const auto v = value(i), h = LoadLongs<V>(state + i);
    const auto u = V::WidenUnsigned(V::LookUp(kSigmoidTable.data(), scratch + i));
    StoreLongs<V>(state + i,
                  {NextState<V>(h.low, v.low, u.low), NextState<V>(h.high, v.high, u.high)});
  }
}

template <class V>
void VectorSilu(const LaneSums& sums, int size, uint16_t* scratch, int16_t* out) {
  const Scaling<V> gate(sums, sums.shift);
  constexpr int kDrop = kSiluFraction - kGateFraction;
  for (int i = 0; i < size; i += V::kGroup) {
    const auto g = V::AscendingFromPacked(Narrow<V>(gate(i)));
    // That the addition saturates changes nothing: those numbers are limited next.
    const auto rounded =
        V::template Right16<kDrop>(V::AddSaturated16(g, V::Words1(1 << (kDrop - 1))));
    V::Store(out + i, g);
    V::Store(scratch + i, V::Add16(V::Words1(4096), ClampGate<V>(rounded)));
  }
  for (int i = 0; i < size; i += V::kGroup) {
    // The upper half of signed g times unsigned u, rounded by the highest bit of the lower half.
    const auto g = V::Load(out + i), u = V::LookUp(kSigmoidTable.data(), scratch + i);
    const auto above = V::And(V::template Right16<15>(g), u);
    const auto rounds_up = V::template RightUnsigned16<15>(V::MulLow16(g, u));
    V::Store(out + i, V::Add16(V::Sub16(V::MulHighUnsigned16(g, u), above), rounds_up));
  }
}

template <class V>
void VectorAdd(const LaneSums& y, int size, int32_t* x) {
  using Words = typename V::Words;
  const int left = y.shift < 0 ? -y.shift : 0;
  const Scaling<V> scaling(y, y.shift + left);
  const auto add_all = [&](const auto& addend) __attribute__((always_inline)) {
    for (int i = 0; i < size; i += V::kGroup) {
      const auto v = scaling(i), to = LoadLongs<V>(x + i);
      StoreLongs<V>(x + i, {Clamp32<V>(V::Add32(to.low, addend(v.low)), kResidualLimit),
                            Clamp32<V>(V::Add32(to.high, addend(v.high)), kResidualLimit)});
    }
  };
  // Products are below 2^30: shifted by 5 or more they are within the limit.
  if (y.shift >= 5) {
    add_all([](Words v) { return v; });
  } else {
    const auto count = V::Bits(left);
    const int32_t limit = kResidualLimit >> left;
    add_all([&](Words v) { return V::Left32(Clamp32<V>(v, limit), count); });
  }
}

template <class V>
void VectorByteWeights(const LaneSums& sums, const int32_t* bias, int32_t* scratch,
                       uint32_t* weights) {
  const Scaling<V> logit(sums, sums.shift);
  auto largest = V::Longs1(INT32_MIN);
  for (int i = 0; i < 256; i += V::kGroup) {
    const auto y = logit(i), b = LoadLongs<V>(bias + i);
    const typename V::Longs sum = {V::Add32(y.low, b.low), V::Add32(y.high, b.high)};
    StoreLongs<V>(scratch + i, sum);
    largest = V::Max32(largest, V::Max32(sum.low, sum.high));
  }
  const auto top = V::Longs1(V::Largest32(largest));
  for (int i = 0; i < 256; i += V::kGroup / 2) {
    const auto below = V::Sub32(top, V::Load(scratch + i));
    const auto entry = V::LookUpLongs(kExp2Table.data(), V::And(below, V::Longs1(1023)));
    // A shift by 32 or more gives 0, as one by 31 would.
    const auto w = V::RightUnsigned32(entry, V::template RightUnsigned32<kLogitFraction>(below));
    V::Store(weights + i, V::MaxUnsigned32(w, V::Longs1(1)));
  }
}

// The table entries for V and, where a size is no multiple of its group, for Half, whose group is
// 16 words.
template <class V, class Half, uint8_t kFlip_>
struct VectorElementwise {
  static constexpr uint8_t kFlip = kFlip_;
  static bool IsWhole(int size) { return size % V::kGroup == 0; }

  static void Normalize(const int32_t* x, int size, uint64_t epsilon, const int16_t* weight,
                        int16_t* out) {
    (IsWhole(size) ? VectorNormalize<V> : VectorNormalize<Half>)(x, size, epsilon, weight, out);
  }
  static QuantizedScale Quantize(const int16_t* x, int size, uint8_t* q) {
    return (IsWhole(size) ? VectorQuantize<V> : VectorQuantize<Half>)(x, size, kFlip, q);
  }
  static void ShiftQuantize(const int16_t* now, int16_t* before, const MixWeights* mixes, int count,
                            int size, int16_t* scratch, QuantizedVector* out) {
    (IsWhole(size) ? VectorShiftQuantize<V> : VectorShiftQuantize<Half>)(now, before, mixes, count,
                                                                         size, scratch, kFlip, out);
  }
  static QuantizedScale ProductQuantize(const int16_t* a, const int16_t* b, int size,
                                        int32_t* scratch, uint8_t* q) {
    return (IsWhole(size) ? VectorProductQuantize<V>
                          : VectorProductQuantize<Half>)(a, b, size, scratch, kFlip, q);
  }
  static QuantizedScale SquareQuantize(const LaneSums& y, int size, int16_t* scratch, uint8_t* q) {
    return (IsWhole(size) ? VectorSquareQuantize<V> : VectorSquareQuantize<Half>)(y, size, scratch,
                                                                                  q);
  }
  static void UpdateState(const LaneSums& value, const LaneSums& forget, const int16_t* bias,
                          int size, uint16_t* scratch, int32_t* state) {
    (IsWhole(size) ? VectorUpdateState<V> : VectorUpdateState<Half>)(value, forget, bias, size,
                                                                     scratch, state);
  }
  static void Silu(const LaneSums& gate, int size, uint16_t* scratch, int16_t* out) {
    (IsWhole(size) ? VectorSilu<V> : VectorSilu<Half>)(gate, size, scratch, out);
  }
  static void Add(const LaneSums& y, int size, int32_t* x) {
    (IsWhole(size) ? VectorAdd<V> : VectorAdd<Half>)(y, size, x);
  }
  static constexpr auto ByteWeights = VectorByteWeights<V>;
};

}  // namespace
}  // namespace lmz
