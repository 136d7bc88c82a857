// What is known about a sample before it is coded: several guesses of its value, each with the
// spread of its errors so far, and the contexts that the coder learns in. Spec: spec.md, sections 4
// to 6. One object predicts one plane, sample by sample; Predict and Update alternate.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "codec/image/least_squares.h"
#include "codec/image/raster.h"

namespace lmz::image {

// One opinion: a logistic distribution.
struct Opinion {
  int32_t center_q6;        // in 1/64 of a sample step
  uint32_t inverse_spread;  // z_q12 = (distance_q6 * inverse_spread) >> 12
};

// The guesses: least squares, fixed formulas, and their blend as the last one.
inline constexpr size_t kGuesses = 7;
inline constexpr size_t kBlend = kGuesses - 1;
// The blend counts three times, with spreads from different contexts.
inline constexpr size_t kOpinions = kGuesses + 2;

inline constexpr size_t kBitContexts = 5;
inline constexpr size_t kWeightContexts = 3;

struct Prediction {
  std::array<Opinion, kOpinions> opinions;
  int32_t center;  // the first question is whether the sample is at least this: 1 .. maximum
  std::array<uint32_t, kBitContexts> bit_contexts;        // below kBitContextSizes
  std::array<uint32_t, kWeightContexts> weight_contexts;  // below kWeightContextSizes
};

// Levels of a quantised energy and of a quantised difference.
inline constexpr uint32_t kLevels = 24;
inline constexpr uint32_t kSteps = 11;

inline constexpr std::array<uint32_t, kBitContexts> kBitContextSizes = {
    kLevels * kLevels, kSteps* kSteps* kSteps, kSteps* kSteps* kSteps, 1024, 1};
inline constexpr std::array<uint32_t, kWeightContexts> kWeightContextSizes = {
    kLevels, kSteps* kSteps* kSteps, kLevels* kLevels};

class Predictor {
 public:
  // For plane `plane` of `raster`; those before it are known. `errors`, of the same shape, holds
  // how far the blend was off in each, in 1/64 at 8 bits; the predictor fills in its plane. Both
  // outlive it.
  Predictor(const Raster& raster, size_t plane, Raster& errors);

  // Bytes that an object holds for this width, from above.
  static uint64_t MemoryFor(uint64_t width);

  void BeginRow(size_t y);
  const Prediction& Predict(size_t x);
  void Update(size_t x, int32_t value);
  void EndRow();

 private:
  // Running mean of errors in a context, and how many they were.
  struct Spread {
    uint32_t mean_q14;
    uint32_t count;
  };
  using Errors = std::array<uint32_t, kGuesses>;  // magnitudes in 1/64

  // Of a sample in the same or an earlier plane.
  struct Neighbour {
    size_t plane;
    int dx;
    int dy;
    const uint16_t* row = nullptr;  // set for each row, moved by dx
  };

  static std::vector<Neighbour> NeighboursOf(size_t plane);

  void GuessBySquares(size_t x);
  void GuessByFormulas(size_t x);
  void Blend(const Errors& energy);
  Errors EnergyAround(size_t x) const;
  void SetContexts(size_t x, const Errors& energy);
  void SetOpinion(size_t opinion, size_t guess, uint32_t context);
  uint32_t LevelOfPlanes(size_t x) const;

  const Raster& raster_;
  size_t plane_;
  int depth_shift_;  // how many bits a sample has beyond 8
  int input_up_;     // shifts that bring differences to the 12 bits of least squares
  int input_down_;
  int32_t maximum_;
  Raster& errors_;

  std::vector<Neighbour> neighbours_;
  LeastSquares least_squares_;
  std::vector<Errors> guess_errors_;  // [2][width + 2 * kErrorMargin]: of this row and the last
  std::vector<Spread> spreads_;       // [opinion][kSpreadContexts]

  // Of the row.
  size_t y_ = 0;
  const uint16_t* row_ = nullptr;
  const uint16_t* above_ = nullptr;
  const uint16_t* above_2_ = nullptr;
  Errors* row_errors_ = nullptr;
  Errors* above_errors_ = nullptr;

  // Of the sample.
  std::array<int32_t, kGuesses> guess_q6_{};
  std::array<Spread*, kOpinions> spread_{};
  int32_t base_ = 0;  // what the inputs of least squares are relative to
  Prediction prediction_{};
};

}  // namespace lmz::image
