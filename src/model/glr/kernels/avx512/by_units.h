// The elementwise kernels of all lanes by those of a unit of lanes, and by those of one lane where
// these do not suit. Anonymous for the reason given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/glr/kernels/avx512/mixes.h"
#include "model/glr/kernels/avx512/unit.h"
#include "model/glr/kernels/avx512/vectors.h"
#include "model/glr/kernels/lane_by_lane.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {
namespace {

template <class T>
inline Rows<T> From(const Rows<T>& rows, int lane) {
  return {RowOf(rows, lane), rows.stride};
}
inline LaneScales From(const LaneScales& scales, int lane) {
  return {scales.mantissa + lane, scales.exponent + lane};
}
inline QuantizedRows From(const QuantizedRows& out, int lane) {
  return {From(out.q, lane), From(out.scales, lane)};
}
inline ScaledSums From(const ScaledSums& y, int lane) {
  ScaledSums from = y;
  from.sums = From(y.sums, lane);
  from.input = From(y.input, lane);
  return from;
}

// The table entries: units of lanes, or where there are few lanes or parts of vectors, One.
template <class V, uint8_t kFlip_, class One>
struct LanesElementwise {
  static constexpr uint8_t kFlip = kFlip_;
  using Units = Unit<V, kFlip>;

  // What is worked out for sixteen lanes at once pays from half of them on.
  static bool Suits(int lanes, int size) { return lanes >= 8 && size % kWordGroup == 0; }
  template <class Body>
  static void ForUnits(int lanes, const Body& body) {
    for (int first = 0; first < lanes; first += kLaneUnit) {
      body(first, lanes - first < kLaneUnit ? lanes - first : kLaneUnit);
    }
  }

  static void Normalize(Rows<const int32_t> x, int lanes, int size, uint64_t epsilon,
                        const int16_t* weight, Rows<int16_t> out) {
    if (!Suits(lanes, size)) return One::Normalize(x, lanes, size, epsilon, weight, out);
    ForUnits(lanes, [&](int first, int count) {
      Units::Normalize(From(x, first), count, size, epsilon, weight, From(out, first));
    });
  }
  static void Quantize(Rows<const int16_t> x, int lanes, int size, int fraction,
                       const QuantizedRows& out) {
    if (!Suits(lanes, size)) return One::Quantize(x, lanes, size, fraction, out);
    ForUnits(lanes, [&](int first, int count) {
      Units::Quantize(From(x, first), count, size, fraction, From(out, first));
    });
  }
  static void ShiftQuantize(Rows<const int16_t> now, Rows<int16_t> before, const MixWeights* mixes,
                            int count, int lanes, int size, int fraction, int16_t* scratch,
                            const QuantizedRows* out) {
    const int16_t least = LeastWeight(mixes, count);
    if (!Suits(lanes, size) || !MixSaturated::Suits(least)) {
      return One::ShiftQuantize(now, before, mixes, count, lanes, size, fraction, scratch, out);
    }
    auto* by = count == 1 ? Units::template ShiftBy<MixSaturated, 1>
                          : Units::template ShiftBy<MixSaturated, kMaxMixes>;
    if (MixNear::Suits(least)) {
      by = count == 1 ? Units::template ShiftBy<MixNear, 1>
                      : Units::template ShiftBy<MixNear, kMaxMixes>;
    }
    ForUnits(lanes, [&](int first, int lanes_now) {
      QuantizedRows to[kMaxMixes];
      for (int k = 0; k < count; ++k) to[k] = From(out[k], first);
      by(From(now, first), From(before, first), mixes, lanes_now, size, fraction, scratch, to);
    });
  }
  static void ProductQuantize(Rows<const int16_t> a, Rows<const int16_t> b, int lanes, int size,
                              int fraction, int32_t* scratch, const QuantizedRows& out) {
    if (!Suits(lanes, size)) return One::ProductQuantize(a, b, lanes, size, fraction, scratch, out);
    ForUnits(lanes, [&](int first, int count) {
      Units::ProductQuantize(From(a, first), From(b, first), count, size, fraction, scratch,
                             From(out, first));
    });
  }
  static void SquareQuantize(const ScaledSums& y, int lanes, int size, int16_t* scratch,
                             const QuantizedRows& out) {
    if (!Suits(lanes, size)) return One::SquareQuantize(y, lanes, size, scratch, out);
    ForUnits(lanes, [&](int first, int count) {
      Units::SquareQuantize(From(y, first), count, size, scratch, From(out, first));
    });
  }
  static void UpdateState(const ScaledSums& value, const ScaledSums& forget, const int16_t* bias,
                          int lanes, int size, uint16_t* scratch, Rows<int32_t> state) {
    if (!Suits(lanes, size)) {
      return One::UpdateState(value, forget, bias, lanes, size, scratch, state);
    }
    ForUnits(lanes, [&](int first, int count) {
      Units::UpdateState(From(value, first), From(forget, first), bias, count, size,
                         From(state, first));
    });
  }
  static void Silu(const ScaledSums& gate, int lanes, int size, uint16_t* scratch,
                   Rows<int16_t> out) {
    if (!Suits(lanes, size)) return One::Silu(gate, lanes, size, scratch, out);
    ForUnits(lanes, [&](int first, int count) {
      Units::Silu(From(gate, first), count, size, From(out, first));
    });
  }
  static void Add(const ScaledSums& y, int lanes, int size, Rows<int32_t> x) {
    if (!Suits(lanes, size)) return One::Add(y, lanes, size, x);
    ForUnits(lanes, [&](int first, int count) {
      Units::Add(From(y, first), count, size, From(x, first));
    });
  }
  static void ByteWeights(const ScaledSums& y, const int32_t* bias, int lanes, int32_t* scratch,
                          uint32_t* weights) {
    if (!Suits(lanes, 256)) return One::ByteWeights(y, bias, lanes, scratch, weights);
    ForUnits(lanes, [&](int first, int count) {
      Units::ByteWeights(From(y, first), bias, count, scratch, weights + first * 256);
    });
  }
};

}  // namespace
}  // namespace lmz
