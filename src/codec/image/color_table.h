// Which colours the image has used: pictures that were once stored in another colour space have
// only some of all colours, and these repeat when all three samples grow by the same step. Counts
// of what was seen, taken relative to the first plane and modulo that step, tell the likely values
// of a sample from the unlikely ones. Spec: spec.md, section 8.
//
// For three planes of 8 bits or the first three of four.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "codec/image/predictor.h"

namespace lmz::image {

class ColorTable {
 public:
  static constexpr uint32_t kMaxPeriod = 32;

  // Period 0: no table, no opinion.
  explicit ColorTable(uint32_t period);

  static uint64_t MemoryFor(uint32_t period);

  uint32_t period() const { return period_; }

  // The period that fits the image best, by looking at a part of it; 0 when none fits.
  static uint32_t FindPeriod(const Raster& raster);

  // Prepares for a sample of the plane behind those whose samples at this place are `first` and,
  // if not null, `second`; `prediction` is the sample's.
  void Begin(const Prediction& prediction, int32_t first, const uint16_t* second);

  // What the counts alone say about "at least `boundary`", in 1/256 nats, given that the sample is
  // low .. high - 1.
  int LogitQ8(int32_t low, int32_t boundary, int32_t high) const;

  void Update(int32_t value);

 private:
  static constexpr int32_t kReach = 24;  // values on each side of the centre that are looked at
  static constexpr int32_t kSpan = 511;  // differences of two samples

  uint32_t period_;
  std::vector<uint8_t> pairs_;    // [first % period][second - first + 255]
  std::vector<uint8_t> triples_;  // [second - first + 255][first % period][third - first + 255]
  uint8_t* counts_ = nullptr;     // [value] of the sample
  int32_t begin_ = 0;             // the values looked at: begin_ .. end_ - 1
  int32_t end_ = 0;
  std::array<uint64_t, 2 * kReach + 1> plain_{};     // sums up to begin_ + i of how likely it is
  std::array<uint64_t, 2 * kReach + 1> weighted_{};  // the same times the counts
};

}  // namespace lmz::image
