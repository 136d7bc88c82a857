// What a prediction says about a sample: a cumulative distribution around it, as wide as its errors
// have been, in one of three shapes (spec.md, 7). All by integer tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/audio/fixed.h"

namespace lmz::audio {

enum class Shape : uint8_t { kLogistic, kLaplace, kNormal };

// Table steps per mean error, and how many mean errors the tables reach to either side.
inline constexpr int kShapeStepBits = 5;
inline constexpr int kShapeReach = 24;
inline constexpr int kShapeSize = (2 * kShapeReach << kShapeStepBits) + 1;

// The probability, in 1/2^31, of a value below (i - kShapeSize / 2) / 2^kShapeStepBits for a mean
// error of 1: [shape][kShapeSize].
using ShapeTable = std::array<uint32_t, kShapeSize>;
extern const std::array<ShapeTable, 3> kShapes;

// The mean of the magnitudes of a prediction's errors, the last ones counting most.
class MeanError {
 public:
  // Errors lose weight by 2^-decay with each new one.
  explicit MeanError(int decay) : decay_(decay) {}

  void Add(int64_t error_q8) { mean_q20_ += ((Magnitude(error_q8) << 12) - mean_q20_) >> decay_; }
  // Never less than 1/16 of a unit.
  int64_t q8() const { return (mean_q20_ >> 12) + 16; }

 private:
  int decay_;
  int64_t mean_q20_ = int64_t{64} << 12;
};

class Distribution {
 public:
  Distribution() = default;
  // Around `center_q8` with a mean error of `mean_q8`, 16 .. 2^34.
  Distribution(Shape shape, int64_t center_q8, int64_t mean_q8)
      : table_(&kShapes[static_cast<size_t>(shape)]),
        center_q8_(center_q8),
        reach_q8_(mean_q8 * kShapeReach - 1),
        inverse_q40_((int64_t{1} << 40) / mean_q8) {}

  // The probability of less than value - 1/2, in 1/2^31 and plus a little that grows with the
  // value, so that no interval is impossible.
  int64_t Below(int64_t value) const {
    const int64_t distance_q8 = Clamp(value * 256 - 128 - center_q8_, reach_q8_);
    constexpr int kFractionBits = 16;
    constexpr int64_t kMiddle = int64_t{kShapeReach} << (kShapeStepBits + kFractionBits);
    const int64_t offset =
        (distance_q8 * inverse_q40_ >> (40 - kFractionBits - kShapeStepBits)) + kMiddle;
    const auto step = static_cast<size_t>(offset >> kFractionBits);
    const int64_t fraction = offset & ((1 << kFractionBits) - 1);
    const int64_t low = (*table_)[step];
    const int64_t high = (*table_)[step + 1];
    return low + ((high - low) * fraction >> kFractionBits) + (offset >> 11);
  }

 private:
  const ShapeTable* table_ = nullptr;
  int64_t center_q8_ = 0;
  int64_t reach_q8_ = 0;
  int64_t inverse_q40_ = 0;
};

}  // namespace lmz::audio
