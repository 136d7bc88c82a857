#include "codec/image/predictor.h"

#include <algorithm>
#include <cstdlib>

#include "entropy/logistic_curve.h"

namespace lmz::image {

namespace {

struct Offset {
  int dx;
  int dy;
};

// What least squares looks at: in the plane itself, nearest first, and in those before it.
constexpr std::array<Offset, 16> kOwnOffsets = {{{-1, 0},
                                                 {0, -1},
                                                 {-1, -1},
                                                 {1, -1},
                                                 {-2, 0},
                                                 {0, -2},
                                                 {2, -1},
                                                 {-2, -1},
                                                 {1, -2},
                                                 {-1, -2},
                                                 {-3, 0},
                                                 {0, -3},
                                                 {2, -2},
                                                 {-2, -2},
                                                 {3, -1},
                                                 {-3, -1}}};
constexpr std::array<Offset, 11> kOtherOffsets = {{{0, 0},
                                                   {-1, 0},
                                                   {0, -1},
                                                   {1, 0},
                                                   {0, 1},
                                                   {1, -1},
                                                   {-1, -1},
                                                   {1, 1},
                                                   {-1, 1},
                                                   {-2, 0},
                                                   {0, -2}}};
// How many earlier planes it looks at.
constexpr size_t kOtherPlanes = 2;
static_assert(kOwnOffsets.size() + kOtherPlanes * kOtherOffsets.size() <= kMaxRegressors);

constexpr int32_t kInputLimit = 4095;

constexpr size_t kErrorMargin = 2;
constexpr size_t kSpreadContexts = 32 * kLevels;
constexpr uint32_t kMaxSpreadCount = 250;
// Spreads are never taken as smaller than this, about 1/15 of a sample step.
constexpr uint32_t kMinMeanQ14 = 1092;

// 65536 / (n + 1.5)
constexpr auto kRates = [] {
  std::array<uint32_t, kMaxSpreadCount + 1> rates{};
  for (uint32_t n = 0; n <= kMaxSpreadCount; ++n) rates[n] = 131072 / (2 * n + 3);
  return rates;
}();

// What an error of a level's middle is in 2^-14: about 0.3 * 2^((level - 8) / 2.5) + 0.1.
constexpr auto kFirstMeans = [] {
  constexpr std::array<uint32_t, 5> kRoots = {65536, 86475, 114105, 150562, 198668};  // 4^(i/5)
  std::array<uint32_t, kLevels> means{};
  for (uint32_t level = 0; level < kLevels; ++level) {
    // 0.3 * 2^(-3.2) = 0.03265
    const uint64_t power = uint64_t{kRoots[level % 5]} << (2 * (level / 5));
    means[level] = static_cast<uint32_t>((power * 535 >> 16) + 1638);
  }
  return means;
}();

// The level of v, `offset` being where level 0 begins, in steps of 2.5 to the octave.
uint32_t Level(uint32_t v, int offset) {
  return static_cast<uint32_t>(
      std::clamp((5 * Log2Q8(v) >> 9) - offset, 0, static_cast<int>(kLevels) - 1));
}

uint32_t Step(int32_t difference) {
  const int32_t size = std::abs(difference);
  const int level = size == 0    ? 0
                    : size == 1  ? 1
                    : size <= 3  ? 2
                    : size <= 7  ? 3
                    : size <= 16 ? 4
                                 : 5;
  return static_cast<uint32_t>(difference < 0 ? 5 - level : 5 + level);
}

}  // namespace

std::vector<Predictor::Neighbour> Predictor::NeighboursOf(size_t plane) {
  std::vector<Neighbour> neighbours;
  for (const Offset& at : kOwnOffsets) neighbours.push_back({plane, at.dx, at.dy});
  for (size_t back = 1; back <= std::min(plane, kOtherPlanes); ++back) {
    for (const Offset& at : kOtherOffsets) neighbours.push_back({plane - back, at.dx, at.dy});
  }
  return neighbours;
}

Predictor::Predictor(const Raster& raster, size_t plane, Raster& errors)
    : raster_(raster),
      plane_(plane),
      depth_shift_(raster.bits() - 8),
      input_up_(std::max(12 - raster.bits(), 0)),
      input_down_(std::max(raster.bits() - 12, 0)),
      maximum_((1 << raster.bits()) - 1),
      errors_(errors),
      neighbours_(NeighboursOf(plane)),
      least_squares_(BestKernels(LeastSquaresBuilds()), raster.width(),
                     static_cast<int>(neighbours_.size())),
      guess_errors_(2 * (raster.width() + 2 * kErrorMargin)),
      spreads_(kOpinions * kSpreadContexts) {
  Errors first;
  first.fill(128u << depth_shift_);
  std::fill(guess_errors_.begin(), guess_errors_.end(), first);
  for (size_t i = 0; i < spreads_.size(); ++i) {
    const size_t context = i % kSpreadContexts;
    const size_t level = i < kGuesses * kSpreadContexts ? context % 32 : context / 32;
    spreads_[i] = {kFirstMeans[level % kLevels] << depth_shift_, 0};
  }
}

uint64_t Predictor::MemoryFor(uint64_t width) {
  return LeastSquares::MemoryFor(width) + 2 * (width + 2 * kErrorMargin) * sizeof(Errors) +
         kOpinions * kSpreadContexts * sizeof(Spread);
}

void Predictor::BeginRow(size_t y) {
  y_ = y;
  const auto at = static_cast<ptrdiff_t>(y);
  row_ = raster_.Row(plane_, at);
  above_ = raster_.Row(plane_, at - 1);
  above_2_ = raster_.Row(plane_, at - 2);
  for (Neighbour& neighbour : neighbours_) {
    neighbour.row = raster_.Row(neighbour.plane, at + neighbour.dy) + neighbour.dx;
  }
  const size_t row_size = raster_.width() + 2 * kErrorMargin;
  row_errors_ = &guess_errors_[y % 2 * row_size + kErrorMargin];
  above_errors_ = &guess_errors_[(y + 1) % 2 * row_size + kErrorMargin];
  row_errors_[-1] = row_errors_[-2] = above_errors_[-1] = above_errors_[0];
  errors_.BeginRow(plane_, at);
  least_squares_.BeginRow();
}

void Predictor::EndRow() {
  row_errors_[raster_.width()] = row_errors_[raster_.width() - 1];
  errors_.EndRow(plane_, static_cast<ptrdiff_t>(y_));
  least_squares_.EndRow();
}

void Predictor::GuessBySquares(size_t x) {
  // Each plane's numbers are taken relative to the mean of its own west and north neighbours.
  auto& inputs = least_squares_.inputs();
  int32_t base = 0;
  for (size_t i = 0, known = 0; i < neighbours_.size(); ++i) {
    const Neighbour& neighbour = neighbours_[i];
    if (i == known) {
      const uint16_t* const row = raster_.Row(neighbour.plane, static_cast<ptrdiff_t>(y_));
      const uint16_t* const above = raster_.Row(neighbour.plane, static_cast<ptrdiff_t>(y_) - 1);
      base = (row[static_cast<ptrdiff_t>(x) - 1] + above[x]) >> 1;
      if (i == 0) base_ = base;
      known = i == 0 ? kOwnOffsets.size() : known + kOtherOffsets.size();
    }
    inputs[i] = std::clamp((neighbour.row[x] - base) * (1 << input_up_) >> input_down_,
                           -kInputLimit, kInputLimit);
  }
  const int64_t sum = least_squares_.Predict(x);
  const int64_t offset_q6 = (sum >> (14 + input_up_)) * (1 << input_down_);
  const int64_t guess_q6 = base_ * 64 + offset_q6;
  guess_q6_[0] = static_cast<int32_t>(std::clamp<int64_t>(guess_q6, 0, maximum_ * 64));
}

void Predictor::GuessByFormulas(size_t x) {
  const auto column = static_cast<ptrdiff_t>(x);
  const int32_t w = row_[column - 1], n = above_[column], nw = above_[column - 1];
  const int32_t ne = above_[column + 1], nne = above_2_[column + 1];
  const int32_t ww = row_[column - 2], nn = above_2_[column];
  guess_q6_[1] = n * 64 + (ne - nne) * 32;
  guess_q6_[2] = std::clamp(w + n - nw, std::min(w, n), std::max(w, n)) * 64;
  if (plane_ == 0) {
    guess_q6_[4] = (w + ne - n) * 64;
    guess_q6_[5] = (w + ne) * 32;
    guess_q6_[3] = (2 * w - ww + 2 * n - nn) * 32;
  } else {
    const uint16_t* const first = raster_.Row(0, static_cast<ptrdiff_t>(y_));
    const uint16_t* const last = raster_.Row(plane_ - 1, static_cast<ptrdiff_t>(y_));
    const uint16_t* const last_above = raster_.Row(plane_ - 1, static_cast<ptrdiff_t>(y_) - 1);
    guess_q6_[4] = (w + first[column] - first[column - 1]) * 64;
    guess_q6_[5] = (n + last[column] - last_above[column]) * 64;
    guess_q6_[3] = (w + n) * 32 + last[column] * 64 - (last[column - 1] + last_above[column]) * 32;
  }
}

Predictor::Errors Predictor::EnergyAround(size_t x) const {
  const Errors& w = row_errors_[static_cast<ptrdiff_t>(x) - 1];
  const Errors& ww = row_errors_[static_cast<ptrdiff_t>(x) - 2];
  const Errors& nw = above_errors_[static_cast<ptrdiff_t>(x) - 1];
  const Errors& n = above_errors_[x];
  const Errors& ne = above_errors_[x + 1];
  Errors energy;
  for (size_t k = 0; k < kGuesses; ++k) {
    energy[k] = (2 * (w[k] + n[k]) + nw[k] + ne[k] + ww[k]) >> depth_shift_;
  }
  return energy;
}

// The mean of the guesses, each weighted by the inverse square of its errors around here; formulas
// count a quarter.
void Predictor::Blend(const Errors& energy) {
  for (size_t k = 0; k < kBlend; ++k) guess_q6_[k] = std::clamp(guess_q6_[k], 0, maximum_ * 64);
  int64_t sum = guess_q6_[0];
  int64_t total = 1;
  for (size_t k = 0; k < kBlend; ++k) {
    const int64_t root = (1 << 22) / (energy[k] + 45);
    const int64_t weight = root * root >> (k == 0 ? 8 : 10);
    sum += weight * guess_q6_[k];
    total += weight;
  }
  guess_q6_[kBlend] = static_cast<int32_t>(sum / total);
}

// How hard the sample at this place was in the planes before.
uint32_t Predictor::LevelOfPlanes(size_t x) const {
  const auto y = static_cast<ptrdiff_t>(y_);
  const auto column = static_cast<ptrdiff_t>(x);
  const uint16_t* const last = errors_.Row(plane_ - 1, y);
  uint32_t energy = 2u * last[column] + last[column - 1] + last[column + 1] +
                    errors_.Row(plane_ - 1, y - 1)[column] + errors_.Row(plane_ - 1, y + 1)[column];
  if (plane_ > 1) energy = (2 * energy + 6u * errors_.Row(plane_ - 2, y)[column]) / 3;
  return Level(energy + 48, 13);
}

void Predictor::SetOpinion(size_t opinion, size_t guess, uint32_t context) {
  Spread& spread = spreads_[opinion * kSpreadContexts + context];
  spread_[opinion] = &spread;
  // A logistic distribution's scale is about 0.6 of its mean magnitude.
  const uint64_t inverse = (uint64_t{1} << 33) * 5 / 6 / std::max(spread.mean_q14, kMinMeanQ14);
  prediction_.opinions[opinion] = {guess_q6_[guess], static_cast<uint32_t>(inverse)};
}

void Predictor::SetContexts(size_t x, const Errors& energy) {
  const auto column = static_cast<ptrdiff_t>(x);
  const int32_t w = row_[column - 1], n = above_[column], nw = above_[column - 1];
  const int32_t ne = above_[column + 1], ww = row_[column - 2], nn = above_2_[column];
  const auto gradients = static_cast<uint32_t>(
      std::abs(w - nw) + std::abs(n - nw) + std::abs(n - ne) + std::abs(w - ww) + std::abs(n - nn));
  const uint32_t texture = Level((gradients * 64 >> depth_shift_) + 40, 13);
  const uint32_t level = Level(energy[kBlend] + 56, 14);
  const uint32_t planes = plane_ == 0 ? texture : LevelOfPlanes(x);
  for (size_t k = 0; k < kGuesses; ++k) SetOpinion(k, k, Level(energy[k] + 56, 14));
  SetOpinion(kGuesses, kBlend, level * 32 + planes);
  const int32_t dissent = std::abs(guess_q6_[0] - guess_q6_[2]) >> depth_shift_;
  SetOpinion(kGuesses + 1, kBlend, texture * 32 + Level(static_cast<uint32_t>(dissent) + 8, 7));

  const int32_t blend_q6 = guess_q6_[kBlend];
  const int32_t center = std::clamp((blend_q6 + 32) >> 6, 1, maximum_);
  const auto fraction = static_cast<uint32_t>(std::clamp(blend_q6 + 32 - center * 64, 0, 63));
  const auto step = [&](int32_t sample) { return Step((sample - center) >> depth_shift_); };
  const uint32_t near = (step(w) * kSteps + step(n)) * kSteps + step(ne);
  prediction_.center = center;
  prediction_.bit_contexts = {
      level * kLevels + planes,
      near,
      (step(nw) * kSteps + step(ww)) * kSteps + step(nn),
      static_cast<uint32_t>(center >> depth_shift_) * 4 + fraction / 16,
      0,
  };
  prediction_.weight_contexts = {level, near, level * kLevels + planes};
}

const Prediction& Predictor::Predict(size_t x) {
  GuessBySquares(x);
  GuessByFormulas(x);
  const Errors energy = EnergyAround(x);
  Blend(energy);
  SetContexts(x, energy);
  return prediction_;
}

void Predictor::Update(size_t x, int32_t value) {
  Errors& errors = row_errors_[x];
  for (size_t k = 0; k < kGuesses; ++k) {
    errors[k] = static_cast<uint32_t>(std::abs(value * 64 - guess_q6_[k]));
  }
  for (size_t k = 0; k < kOpinions; ++k) {
    Spread& spread = *spread_[k];
    const int64_t error_q14 = int64_t{errors[std::min(k, kBlend)]} << 8;
    spread.mean_q14 = static_cast<uint32_t>(
        spread.mean_q14 + ((error_q14 - int64_t{spread.mean_q14}) * kRates[spread.count] >> 16));
    if (spread.count < kMaxSpreadCount) ++spread.count;
  }
  errors_.Row(plane_, static_cast<ptrdiff_t>(y_))[x] =
      static_cast<uint16_t>(errors[kBlend] >> depth_shift_);
  const int32_t target = (value - base_) * (1 << input_up_) >> input_down_;
  least_squares_.Update(x, std::clamp(target, -kInputLimit, kInputLimit));
}

}  // namespace lmz::image
