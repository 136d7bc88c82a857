// The elementwise kernels of all lanes by those of one lane. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <cstdint>

#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {
namespace {

// One lane's numbers of LaneScales.
struct QuantizedScale {
  int16_t mantissa;
  int32_t exponent;
};

// ScaledSums for one lane.
struct LaneSums {
  const int32_t* sums;       // [rows]
  const int16_t* row_scale;  // [rows], >= 0
  int sum_shift;             // 0 .. 16
  int16_t mantissa;          // of the quantised input
  int shift;                 // 0 .. 31 (for add -16 .. 31): to the result's fraction
};

// Where a lane's quantised vector goes.
struct QuantizedVector {
  uint8_t* q;
  QuantizedScale scale;
};

template <class T>
inline T* RowOf(const Rows<T>& rows, int lane) {
  return rows.first + lane * rows.stride;
}

// ScaledSums of one lane that are to have so many fraction bits.
inline LaneSums LaneOf(const ScaledSums& y, int lane, int fraction, int least_shift = 0) {
  const int shift = y.base_exponent + y.input.exponent[lane] - fraction;
  const int below = shift < 31 ? shift : 31;
  return {RowOf(y.sums, lane), y.row_scale, y.sum_shift,
          static_cast<int16_t>(y.input.mantissa[lane]), below > least_shift ? below : least_shift};
}

inline void SetScale(const LaneScales& scales, int lane, const QuantizedScale& scale,
                     int more_exponent) {
  scales.mantissa[lane] = scale.mantissa;
  scales.exponent[lane] = scale.exponent + more_exponent;
}

// What no weight of the mixes is below, 0 at most.
inline int16_t LeastWeight(const MixWeights* mixes, int count) {
  int16_t least = 0;
  for (int k = 0; k < count; ++k) least = mixes[k].least < least ? mixes[k].least : least;
  return least;
}

// `One`: a class of static functions such as PortableElementwise.
template <class One>
struct LaneByLane {
  static constexpr uint8_t kFlip = One::kFlip;

  static void Normalize(Rows<const int32_t> x, int lanes, int size, uint64_t epsilon,
                        const int16_t* weight, Rows<int16_t> out) {
    for (int lane = 0; lane < lanes; ++lane) {
      One::Normalize(RowOf(x, lane), size, epsilon, weight, RowOf(out, lane));
    }
  }
  static void Quantize(Rows<const int16_t> x, int lanes, int size, int fraction,
                       const QuantizedRows& out) {
    for (int lane = 0; lane < lanes; ++lane) {
      const QuantizedScale scale = One::Quantize(RowOf(x, lane), size, RowOf(out.q, lane));
      SetScale(out.scales, lane, scale, fraction);
    }
  }
  static void ShiftQuantize(Rows<const int16_t> now, Rows<int16_t> before, const MixWeights* mixes,
                            int count, int lanes, int size, int fraction, int16_t* scratch,
                            const QuantizedRows* out) {
    for (int lane = 0; lane < lanes; ++lane) {
      QuantizedVector vectors[kMaxMixes];
      for (int k = 0; k < count; ++k) vectors[k].q = RowOf(out[k].q, lane);
      One::ShiftQuantize(RowOf(now, lane), RowOf(before, lane), mixes, count, size, scratch,
                         vectors);
      for (int k = 0; k < count; ++k) SetScale(out[k].scales, lane, vectors[k].scale, fraction);
    }
  }
  static void ProductQuantize(Rows<const int16_t> a, Rows<const int16_t> b, int lanes, int size,
                              int fraction, int32_t* scratch, const QuantizedRows& out) {
    for (int lane = 0; lane < lanes; ++lane) {
      const QuantizedScale scale =
          One::ProductQuantize(RowOf(a, lane), RowOf(b, lane), size, scratch, RowOf(out.q, lane));
      SetScale(out.scales, lane, scale, fraction);
    }
  }
  static void SquareQuantize(const ScaledSums& y, int lanes, int size, int16_t* scratch,
                             const QuantizedRows& out) {
    for (int lane = 0; lane < lanes; ++lane) {
      const int exponent = y.base_exponent + y.input.exponent[lane];
      const QuantizedScale scale =
          One::SquareQuantize(LaneOf(y, lane, 0), size, scratch, RowOf(out.q, lane));
      SetScale(out.scales, lane, scale, 2 * exponent);
    }
  }
  static void UpdateState(const ScaledSums& value, const ScaledSums& forget, const int16_t* bias,
                          int lanes, int size, uint16_t* scratch, Rows<int32_t> state) {
    for (int lane = 0; lane < lanes; ++lane) {
      One::UpdateState(LaneOf(value, lane, kStateFraction), LaneOf(forget, lane, kGateFraction),
                       bias, size, scratch, RowOf(state, lane));
    }
  }
  static void Silu(const ScaledSums& gate, int lanes, int size, uint16_t* scratch,
                   Rows<int16_t> out) {
    for (int lane = 0; lane < lanes; ++lane) {
      One::Silu(LaneOf(gate, lane, kSiluFraction), size, scratch, RowOf(out, lane));
    }
  }
  static void Add(const ScaledSums& y, int lanes, int size, Rows<int32_t> x) {
    for (int lane = 0; lane < lanes; ++lane) {
      One::Add(LaneOf(y, lane, kResidualFraction, kLeastAddShift), size, RowOf(x, lane));
    }
  }
  static void ByteWeights(const ScaledSums& y, const int32_t* bias, int lanes, int32_t* scratch,
                          uint32_t* weights) {
    for (int lane = 0; lane < lanes; ++lane) {
      One::ByteWeights(LaneOf(y, lane, kLogitFraction), bias, scratch, weights + lane * 256);
    }
  }
};

}  // namespace
}  // namespace lmz
