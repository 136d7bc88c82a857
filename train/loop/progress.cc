#include "train/loop/progress.h"

#include <cmath>
#include <cstdio>

namespace lmz::train {

namespace {

std::string TimeText(double seconds) {
  if (!std::isfinite(seconds)) return "no limit";
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  char text[48];
  std::snprintf(text, sizeof text, "%lld:%02lld left", static_cast<long long>(whole / 60),
                static_cast<long long>(whole % 60));
  return text;
}

}  // namespace

std::string ProgressLine(const Progress& progress, double training_bits, double validation_bits,
                         double rate, double share_done) {
  char text[160];
  std::snprintf(text, sizeof text,
                "step %lld  %.1f MB seen  train %.4f  valid %.4f bits/byte  %.2f MB/s  %s",
                static_cast<long long>(progress.step), static_cast<double>(progress.seen) / 1e6,
                training_bits, validation_bits, rate / 1e6,
                TimeText(share_done > 0 ? progress.seconds * (1 - share_done) / share_done
                                        : std::numeric_limits<double>::infinity())
                    .c_str());
  return text;
}

}  // namespace lmz::train
