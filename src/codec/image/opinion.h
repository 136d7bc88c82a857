// What an Opinion says in numbers.
#pragma once

#include <algorithm>
#include <cstdint>

#include "codec/image/predictor.h"
#include "entropy/logistic_curve.h"

namespace lmz::image {

// How likely it is, in 2^-31, that the sample is below `boundary`.
inline uint32_t ShareBelow(const Opinion& opinion, int32_t boundary) {
  const int64_t distance_q6 = int64_t{boundary} * 64 - 32 - opinion.center_q6;
  const int64_t z_q12 = distance_q6 * opinion.inverse_spread >> 12;
  return LogisticCurve(
      static_cast<int32_t>(std::clamp<int64_t>(z_q12, -kMaxCurveQ12, kMaxCurveQ12)));
}

}  // namespace lmz::image
