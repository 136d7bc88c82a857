#include "codec/bilevel/pixel_model.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "entropy/logistic.h"

namespace lmz::bilevel {

namespace {

// A cell: a probability in 18 bits, a count in six, and a check in eight.
constexpr uint32_t kCountShift = 8;
constexpr uint32_t kProbabilityShift = 14;
constexpr uint32_t kMaxCount = 60;
constexpr int kOne = (1 << 18) - 1;
constexpr uint32_t kNewCell = uint32_t{1 << 17} << kProbabilityShift;

constexpr uint32_t kWhite = 0;
constexpr uint32_t kBlack = 1;
constexpr uint32_t kMixed = 2;

constexpr uint64_t kMinCells = uint64_t{1} << 12;
constexpr uint64_t kMaxCells = uint64_t{1} << 23;
constexpr uint64_t kCellsPerByte = 16;

// Inputs of the mixer: a logit for each context, then what such logits have been worth.
constexpr size_t kTrustInputs = 16;
constexpr size_t kBias = 32;
constexpr int16_t kInitialWeight = 6554;  // a fifth

constexpr std::array<uint32_t, 4> kSetRows = {1 << 10, 1 << 6, 1 << 7, 1 << 8};
constexpr std::array<uint32_t, 2> kFinalSetRows = {1 << 8, 1 << 6};
constexpr uint32_t kNearMapContexts = 1 << 10;
constexpr uint32_t kWideMapContexts = 1 << 12;

constexpr uint32_t kPlainStart = uint32_t{1} << 22;
constexpr int kPlainRate = 10;

size_t CellsFor(uint64_t bytes) {
  return static_cast<size_t>(
      std::clamp(std::bit_ceil(kCellsPerByte * bytes), kMinCells, kMaxCells));
}

// [count]: the step of a probability, in 1/65536 of its distance.
constexpr auto kSteps = [] {
  std::array<int, kMaxCount + 1> steps{};
  for (int n = 0; n < static_cast<int>(steps.size()); ++n) {
    steps[static_cast<size_t>(n)] = 131072 / (2 * n + 3);
  }
  return steps;
}();

// Counts, coarser.
constexpr auto kCountClass = [] {
  constexpr std::array<int, 13> kFirst = {0, 1, 2, 3, 4, 5, 6, 8, 12, 18, 26, 40, 60};
  std::array<uint8_t, kMaxCount + 1> classes{};
  for (size_t n = 0; n < classes.size(); ++n) {
    while (classes[n] + 1u < kFirst.size() && kFirst[classes[n] + 1u] <= static_cast<int>(n)) {
      ++classes[n];
    }
  }
  return classes;
}();

// Coarser still.
uint32_t Grade(uint32_t count) {
  if (count < 3) return count == 0 ? 0 : 1;
  return count < 12 ? 2 : 3;
}

uint32_t RunClass(uint32_t run) {
  if (run < 16) return run;
  if (run < 64) return 16 + (run - 16) / 4;
  return run < 512 ? 28 + (run - 64) / 32 : 42;
}

}  // namespace

PixelModel::PixelModel(uint32_t width, uint64_t bytes, const MixerKernels& kernels)
    : width_(width),
      hash_shift_(32 - std::countr_zero(CellsFor(bytes))),
      memory_(ZeroedMemory::RoundUp(CellsFor(bytes) * sizeof(uint32_t))),
      cells_(static_cast<uint32_t*>(memory_.Take(CellsFor(bytes) * sizeof(uint32_t)))),
      ring_(std::bit_ceil(8 * width + 1)),
      ring_mask_(static_cast<uint32_t>(ring_.size()) - 1),
      trust_(kContexts * kCountClasses * kLogitClasses),
      mixer_(kernels, kSetRows, kFinalSetRows, Mixer::EvenRows(kInitialWeight)),
      near_map_(kNearMapContexts),
      wide_map_(kWideMapContexts) {
  for (size_t i = 0; i < plain_.size(); ++i) plain_[i] = i < 4 ? kPlainStart : ~kPlainStart;
  for (size_t i = 0; i < trust_.size(); ++i) {
    const int logit_q8 = (static_cast<int>(i % kLogitClasses) - 32) * 64 + 32;
    trust_[i] = DualRate(Squash(logit_q8));
  }
  LookAhead();
  LookAhead();
}

uint64_t PixelModel::Memory(uint32_t width, uint64_t bytes) {
  constexpr uint64_t kSmallParts = 1 << 12;
  uint64_t weights = 0;
  for (const uint32_t rows : kSetRows) weights += rows * Mixer::kInputs;
  for (const uint32_t rows : kFinalSetRows) weights += rows * Mixer::kMaxSets;
  return ZeroedMemory::MemoryFor(CellsFor(bytes) * sizeof(uint32_t)) +
         std::bit_ceil(8 * width + 1) +
         kContexts * kCountClasses * kLogitClasses * sizeof(DualRate) + weights * sizeof(int16_t) +
         ProbabilityMap::Memory(kNearMapContexts) + ProbabilityMap::Memory(kWideMapContexts) +
         kSmallParts;
}

void PixelModel::ShiftRows() {
  uint32_t from = ahead_ + 16;
  for (uint32_t up = 1; up < kRows; ++up) {
    from -= width_;
    if (up == 7) continue;
    rows_[up] = rows_[up] << 1 | ring_[from & ring_mask_];
  }
}

// How far the pixels beside the one above are like it, and how long the run to the left is.
uint64_t PixelModel::RunContext() const {
  const uint64_t above = Above(1, 0, 0);
  const uint64_t unlike = above != 0 ? ~rows_[1] : rows_[1];
  const auto right = static_cast<uint64_t>(std::countl_zero(static_cast<uint16_t>(unlike)));
  const auto left = static_cast<uint64_t>(std::countr_zero(static_cast<uint16_t>(unlike >> 17)));
  return RunClass(run_) | right << 6 | above << 12 | left << 13 | Left(3) << 20;
}

std::array<uint64_t, PixelModel::kContexts> PixelModel::Contexts() const {
  const auto far = [&](int at) { return recent_ >> (at - 3) & 1; };  // `at` pixels to the left
  return {
      Left(8) | Above(1, -4, 4) << 8 | Above(2, -3, 3) << 17 | Above(3, -1, 1) << 24,
      Left(10) | Above(1, -5, 5) << 10 | Above(2, -5, 5) << 21 | Above(3, -4, 4) << 32,
      (Left(14) | Above(1, -7, 7) << 14 | Above(2, -7, 7) << 29 | Above(3, -6, 6) << 44) *
              kGoldenRatio64 +
          Above(4, -4, 4),
      Left(3) | Above(1, -1, 1) << 3 | Above(2, -1, 1) << 6 | Above(3, -1, 1) << 9 |
          Above(4, -1, 1) << 12 | Above(5, -1, 1) << 15 | Above(6, -1, 1) << 18,
      Left(4) | Above(1, -8, 8) << 4,
      Left(20) | Above(1, 0, 2) << 20,
      RunContext(),
      far(4) | far(6) << 1 | far(8) << 2 | far(12) << 3 | far(16) << 4 | Above(4, 0, 0) << 5 |
          Above(8, 0, 0) << 6 | Above(4, -4, -4) << 7 | Above(4, 4, 4) << 8 |
          Above(2, -2, -2) << 9 | Above(2, 2, 2) << 10 | Above(8, -8, -8) << 11 |
          Above(8, 8, 8) << 12 | Above(1, -1, 1) << 13,
      column_ | Above(1, 0, 0) << 20,
      Above(1, -2, 1) << 2 | Above(2, -3, 3) << 6 | Above(3, -3, 3) << 13 | Above(4, -3, 3) << 20 |
          Above(5, -2, 2) << 27,
      (column_ & 7) | Left(40) << 3,
      Above(1, -2, 3) | Above(2, -2, 2) << 6 | Above(3, -2, 2) << 11 | Above(4, -1, 1) << 16 |
          Left(5) << 20 | Above(5, -1, 1) << 26,
  };
}

// Prepares the pixel two behind the next one, whose memory is asked for meanwhile.
void PixelModel::LookAhead() {
  ShiftRows();
  Outlook& outlook = outlooks_[ahead_ & 3];
  const std::array<uint64_t, kContexts> contexts = Contexts();
  for (size_t k = 0; k < kContexts; ++k) {
    const uint64_t mixed = (contexts[k] + (k + 1) * uint64_t{0xABCDEF1234567}) * kGoldenRatio64;
    const uint64_t hash = (mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9u >> 32;
    outlook.hashes[k] = static_cast<uint32_t>(hash);
    __builtin_prefetch(&cells_[static_cast<size_t>(hash >> hash_shift_) & ~size_t{3}]);
  }
  const uint64_t left = Left(16);
  const uint64_t ones = Above(1, -8, 8) & Above(2, -8, 8);
  const uint64_t fewer_ones = Above(3, -6, 6) << 9 | Above(4, -4, 4);
  const uint64_t any = left | Above(1, -8, 8) | Above(2, -8, 8) | fewer_ones;
  const bool is_black =
      left == (1 << 14) - 1 && ones == (1 << 17) - 1 && fewer_ones == (1 << 22) - 1;
  outlook.surroundings = any == 0 ? kWhite : is_black ? kBlack : kMixed;
  const uint64_t farther_left = recent_ >> 14 & 0xFFFF;
  outlook.farther = static_cast<uint32_t>(farther_left != (is_black ? 0xFFFF : 0)) |
                    static_cast<uint32_t>(Above(5, -2, 2) != (is_black ? 31 : 0)) << 1;
  outlook.nearest = static_cast<uint32_t>(Above(1, -2, 2) | Above(2, -1, 1) << 5);
  ++ahead_;
  if (++column_ == width_) column_ = 0;
}

uint32_t PixelModel::Predict() {
  LookAhead();
  const Outlook& outlook = outlooks_[position_ & 3];
  const uint32_t latest = static_cast<uint32_t>(recent_ & 3);
  is_plain_ = outlook.surroundings != kMixed && latest == (outlook.surroundings == kBlack ? 3 : 0);
  if (!is_plain_) return PredictMixed(outlook);
  plain_index_ = outlook.surroundings * 4 + outlook.farther;
  return std::clamp(plain_[plain_index_] >> 16, 1u, 65535u);
}

uint32_t PixelModel::PredictMixed(const Outlook& outlook) {
  const uint32_t latest = static_cast<uint32_t>(recent_ & 3);
  std::array<uint32_t, 3> grades{};
  for (size_t k = 0; k < kContexts; ++k) {
    const uint32_t hash = outlook.hashes[k];
    uint32_t* const stored = &cells_[(hash >> hash_shift_ & ~3u) | latest];
    if ((*stored & 0xFF) != (hash & 0xFF)) *stored = hash & 0xFF;
    const uint32_t cell = *stored ^ kNewCell;
    const uint32_t count = cell >> kCountShift & 63;
    const int logit_q8 = Stretch(static_cast<int>(cell >> 16));
    const size_t trust_class = (k * kCountClasses + kCountClass[count]) * kLogitClasses +
                               static_cast<size_t>((logit_q8 + 2048) >> 6);
    cell_[k] = stored;
    cell_trust_[k] = &trust_[trust_class];
    mixer_.SetInput(k, count != 0 ? logit_q8 : 0);
    mixer_.SetInput(kTrustInputs + k, count != 0 ? Stretch(trust_[trust_class].p_q16()) : 0);
    if (k < grades.size()) grades[k] = Grade(count);
  }
  mixer_.SetInput(kBias, 256);
  const uint32_t known = grades[2] * 16 + grades[1] * 4 + grades[0];
  const uint32_t nearest = outlook.nearest << 2 | latest;
  const int logit_q8 = mixer_.Predict(
      {{nearest, known, std::min(run_, 31u) * 4 + latest, static_cast<uint32_t>(recent_ & 0xFF)},
       {nearest & 0xFF, known}});
  const int near = near_map_.Predict(logit_q8, nearest);
  const int wide = wide_map_.Predict(logit_q8, (outlook.hashes[0] >> 18 ^ latest) & 4095);
  const int p_q16 = (2 * Squash(logit_q8) + near + wide) / 4;
  return static_cast<uint32_t>(std::clamp(p_q16, 1, 65535));
}

void PixelModel::UpdateMixed(int bit) {
  mixer_.Update(bit);
  near_map_.Update(bit);
  wide_map_.Update(bit);
  const int target = bit != 0 ? kOne : 0;
  for (size_t k = 0; k < kContexts; ++k) {
    const uint32_t cell = *cell_[k] ^ kNewCell;
    const uint32_t count = cell >> kCountShift & 63;
    const int p = static_cast<int>(cell >> kProbabilityShift);
    const int64_t step = int64_t{target - p} * kSteps[count] >> 16;
    const auto moved = static_cast<uint32_t>(p + static_cast<int>(step));
    const uint32_t counted = std::min(count + 1, kMaxCount) << kCountShift;
    *cell_[k] = (moved << kProbabilityShift | counted | (cell & 0xFF)) ^ kNewCell;
    cell_trust_[k]->Update<5, 8>(bit);
  }
}

void PixelModel::Update(int bit) {
  if (is_plain_) {
    uint32_t& p = plain_[plain_index_];
    p += (bit != 0 ? ~0u >> kPlainRate : 0) - (p >> kPlainRate);
  } else {
    UpdateMixed(bit);
  }
  run_ = bit == static_cast<int>(recent_ & 1) ? run_ + 1 : 0;
  recent_ = recent_ << 1 | static_cast<uint64_t>(bit);
  ring_[static_cast<size_t>(position_) & ring_mask_] = static_cast<uint8_t>(bit);
  ++position_;
}

}  // namespace lmz::bilevel
