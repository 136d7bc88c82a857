#include "codec/image/color_table.h"

#include <algorithm>

#include "codec/image/opinion.h"

namespace lmz::image {

namespace {

// A value never seen counts as 1, one seen n times as 1 + 100 n.
constexpr uint64_t kSeen = 100;
constexpr uint8_t kMaxCount = 255;

// What FindPeriod looks at, and what a table must save, in 1/256 bits of a pixel, to be worth it.
constexpr size_t kMinPixels = 1 << 10;
constexpr size_t kSample = 1 << 15;
constexpr uint64_t kMinGainQ8 = 64;

}  // namespace

ColorTable::ColorTable(uint32_t period)
    : period_(period), pairs_(size_t{period} * kSpan), triples_(size_t{kSpan} * period * kSpan) {}

uint64_t ColorTable::MemoryFor(uint32_t period) {
  return uint64_t{period} * kSpan * (kSpan + 1);
}

uint32_t ColorTable::FindPeriod(const Raster& raster) {
  if (raster.planes() < 3 || raster.bits() != 8) return 0;
  if (raster.width() * raster.height() < kMinPixels) return 0;
  // Rows spread over the image, so that one sky does not decide.
  const size_t rows = std::clamp<size_t>(kSample / raster.width(), 1, raster.height());
  const size_t every = raster.height() / rows;
  // The counter of each pixel sampled; three more on each side.
  std::vector<uint8_t> counts(size_t{kSpan} * kMaxPeriod * kSpan + 6);
  const auto for_each_counter = [&](uint32_t period, auto visit) {
    for (size_t row = 0; row < rows; ++row) {
      const auto y = static_cast<ptrdiff_t>(row * every);
      const uint16_t* const first = raster.Row(0, y);
      const uint16_t* const second = raster.Row(1, y);
      const uint16_t* const third = raster.Row(2, y);
      for (size_t x = 0; x < raster.width(); ++x) {
        const auto line = static_cast<size_t>(second[x] - first[x] + 255);
        const auto cell = static_cast<size_t>(third[x] - first[x] + 255);
        visit(&counts[(line * period + first[x] % period) * kSpan + cell]);
      }
    }
  };
  uint32_t best = 0;
  uint64_t best_cost_q8 = UINT64_MAX;
  for (uint32_t period = 1; period <= kMaxPeriod; ++period) {
    uint64_t cost_q8 = 0;
    for_each_counter(period, [&](uint8_t* around) {
      uint32_t whole = 7;
      for (int i = 0; i < 7; ++i) whole += 20u * around[i];
      cost_q8 += static_cast<uint64_t>(Log2Q8(whole) - Log2Q8(1 + 20u * around[3]));
      if (around[3] < kMaxCount) ++around[3];
    });
    for_each_counter(period, [](uint8_t* around) { around[3] = 0; });
    if (cost_q8 < best_cost_q8) {
      best_cost_q8 = cost_q8;
      best = period;
    }
  }
  // One value of seven, were all equally likely, takes 2.807 bits: 718 / 256.
  const uint64_t pixels = rows * raster.width();
  return best_cost_q8 + kMinGainQ8 * pixels <= 718 * pixels ? best : 0;
}

void ColorTable::Begin(const Prediction& prediction, int32_t first, const uint16_t* second) {
  const auto phase = static_cast<uint32_t>(first) % period_;
  if (second == nullptr) {
    counts_ = &pairs_[size_t{phase} * kSpan];
  } else {
    const auto line = static_cast<uint32_t>(*second - first + 255);
    counts_ = &triples_[(size_t{line} * period_ + phase) * kSpan];
  }
  counts_ += 255 - first;
  begin_ = std::max(prediction.center - kReach, 0);
  end_ = std::min(prediction.center + kReach, 256);
  const Opinion& opinion = prediction.opinions[kGuesses];
  uint32_t share = ShareBelow(opinion, begin_);
  for (int32_t value = begin_; value < end_; ++value) {
    const auto i = static_cast<size_t>(value - begin_);
    const uint32_t next = ShareBelow(opinion, value + 1);
    const uint64_t likely = (uint64_t{next - share} >> 4) + 1;
    share = next;
    plain_[i + 1] = plain_[i] + likely;
    weighted_[i + 1] = weighted_[i] + likely * (1 + kSeen * counts_[value]);
  }
}

int ColorTable::LogitQ8(int32_t low, int32_t boundary, int32_t high) const {
  if (boundary <= begin_ || boundary >= end_) return 0;
  const auto at = [this](int32_t value) {
    return static_cast<size_t>(std::clamp(value, begin_, end_) - begin_);
  };
  const size_t l = at(low), b = at(boundary), h = at(high);
  const auto log2_q8 = [](uint64_t sum) {
    const int shift = sum >> 32 != 0 ? 20 : 0;
    return Log2Q8(static_cast<uint32_t>(sum >> shift)) + 256 * shift;
  };
  const int weighted = log2_q8(weighted_[h] - weighted_[b]) - log2_q8(weighted_[b] - weighted_[l]);
  const int plain = log2_q8(plain_[h] - plain_[b]) - log2_q8(plain_[b] - plain_[l]);
  return std::clamp((weighted - plain) * 177 >> 8, -2047, 2047);
}

void ColorTable::Update(int32_t value) {
  if (counts_[value] < kMaxCount) ++counts_[value];
}

}  // namespace lmz::image
