// The learning rate over the course of training.
#pragma once

#include <cstdint>

namespace lmz::train {

enum class ScheduleKind {
  kCosine,  // half a cosine down to 2 % of the peak
  kStable,  // the peak, and in the last fifth straight down to 0
};

struct Schedule {
  ScheduleKind kind = ScheduleKind::kCosine;
  double peak = 3e-3;
  int64_t warmup_steps = 200;  // straight up from 0

  // `progress` is the share of the training that is done, 0 .. 1; `step` counts from 1.
  double RateAt(double progress, int64_t step) const;
};

}  // namespace lmz::train
