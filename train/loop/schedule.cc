#include "train/loop/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lmz::train {

namespace {
constexpr double kCosineFloor = 0.02;
constexpr double kDecayShare = 0.2;
}  // namespace

double Schedule::RateAt(double progress, int64_t step) const {
  const double at = std::clamp(progress, 0.0, 1.0);
  const double warm = std::min(
      1.0, static_cast<double>(step) / static_cast<double>(std::max<int64_t>(1, warmup_steps)));
  const double shape =
      kind == ScheduleKind::kCosine
          ? kCosineFloor + (1 - kCosineFloor) * 0.5 * (1 + std::cos(std::numbers::pi * at))
          : std::min(1.0, (1 - at) / kDecayShare);
  return peak * warm * shape;
}

}  // namespace lmz::train
