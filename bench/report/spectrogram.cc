#include "bench/report/spectrogram.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace lmz::bench {

namespace {

constexpr double kRangeDb = 60;

// So many samples around `middle`, silence beyond both ends.
std::vector<double> Windowed(ByteSpan samples, double middle, size_t size) {
  std::vector<double> window(size);
  for (size_t i = 0; i < size; ++i) {
    const double at = std::floor(middle) - static_cast<double>(size) / 2 + static_cast<double>(i);
    if (at < 0 || at >= static_cast<double>(samples.size())) continue;
    const double share = static_cast<double>(i) / static_cast<double>(size);
    const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * share);
    window[i] = hann * (samples[static_cast<size_t>(at)] - 128.0) / 128;
  }
  return window;
}

// The loudness of one frequency, in dB below a tone of full scale.
double Decibels(const std::vector<double>& window, size_t frequency) {
  const std::complex<double> turn =
      std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(frequency) /
                          static_cast<double>(window.size()));
  std::complex<double> sum = 0, at = 1;
  for (const double sample : window) {
    sum += sample * at;
    at *= turn;
  }
  // A tone of full scale sums up to a quarter of the window.
  const double full = static_cast<double>(window.size()) / 4;
  return 20 * std::log10(std::max(std::abs(sum) / full, 1e-9));
}

}  // namespace

Picture Spectrogram(ByteSpan samples, uint32_t width, uint32_t height) {
  Picture picture{width, height, 1, Bytes(size_t{width} * height)};
  for (uint32_t x = 0; x < width; ++x) {
    const double middle = (x + 0.5) * static_cast<double>(samples.size()) / width;
    const std::vector<double> window = Windowed(samples, middle, 2 * size_t{height});
    for (uint32_t frequency = 0; frequency < height; ++frequency) {
      const double loudness = std::clamp(1 + Decibels(window, frequency) / kRangeDb, 0.0, 1.0);
      picture.pixels[size_t{height - 1 - frequency} * width + x] =
          static_cast<uint8_t>(std::lround(255 * (1 - loudness)));
    }
  }
  return picture;
}

}  // namespace lmz::bench
