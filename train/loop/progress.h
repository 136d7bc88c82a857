// How far a training has come.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace lmz::train {

struct Progress {
  int64_t step = 0;
  int64_t seen = 0;  // bytes
  double seconds = 0;
  double best_bits = std::numeric_limits<double>::infinity();
  int64_t validations_since_best = 0;
};

// One line for people. `rate` is in bytes per second; `share_done`, 0 .. 1, gives the time left.
std::string ProgressLine(const Progress& progress, double training_bits, double validation_bits,
                         double rate, double share_done);

}  // namespace lmz::train
