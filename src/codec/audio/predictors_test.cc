// The parts of the predictor alone: regression, adaptive filter, and both at the ends of their
// ranges.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "codec/audio/channel_predictor.h"
#include "codec/audio/fixed.h"
#include "codec/audio/least_squares.h"
#include "codec/audio/lms_filter.h"
#include "codec/audio/pitch_tracker.h"
#include "tests/random.h"

namespace lmz::audio {
namespace {

const AudioKernels& Kernels() {
  return BestKernels(AudioBuilds());
}

TEST(Divisor, IsCloseToDivision) {
  TestRandom random(1);
  for (int trial = 0; trial < 100000; ++trial) {
    const int64_t value = (1 << 16) + static_cast<int64_t>(random.Below((1 << 28) - (1 << 16)));
    const int64_t quotient =
        static_cast<int64_t>(random.Below(uint64_t{1} << 29)) - (int64_t{1} << 28);
    const int64_t dividend = quotient * value + static_cast<int64_t>(random.Below(1 << 16));
    ASSERT_LE(Magnitude(Divisor(value).Divide(dividend) - dividend / value), 2);
  }
  const Divisor divisor(1 << 16);
  EXPECT_GT(divisor.Divide(int64_t{1} << 60), (int64_t{1} << 28) - 2);
  EXPECT_LE(divisor.Divide(-(int64_t{1} << 60)), -((int64_t{1} << 28) - 2));
}

// y = 3/4 a - 5/4 b + noise-free: the weights are found, whatever the level.
TEST(LeastSquares, FindsTheWeightsOfALinearLaw) {
  for (const int level : {40, 4000, 16000}) {
    LeastSquares regression(Kernels(), {.inputs = 2, .decay = 5, .regularization = 24});
    FrameBlock block;
    TestRandom random(2);
    const auto value = [&] {
      return 4 * (static_cast<int32_t>(random.Below(static_cast<uint64_t>(level) / 2)) - level / 4);
    };
    for (int frame = 0; frame < 400; ++frame) {
      int32_t* columns = block.next();
      columns[1] = value();
      columns[2] = value();
      columns[0] = (3 * columns[1] - 5 * columns[2]) / 4;
      if (block.Add(3, 100)) regression.Learn(block);
    }
    const int32_t first[] = {1 << 10, 0};
    const int32_t second[] = {0, 1 << 10};
    EXPECT_NEAR(static_cast<int>(regression.Predict(first) >> 20), 768, 1) << level;
    EXPECT_NEAR(static_cast<int>(regression.Predict(second) >> 20), -1280, 1) << level;
  }
}

TEST(LeastSquares, PredictsNothingBeforeItHasLearned) {
  LeastSquares regression(Kernels(), {.inputs = 8, .decay = 5, .regularization = 24});
  const std::array<int32_t, 8> inputs = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(regression.Predict(inputs.data()), 0);
  FrameBlock zeros;
  for (int frame = 0; frame < kCorrelateFrames; ++frame) {
    if (zeros.Add(9, 1)) regression.Learn(zeros);
  }
  EXPECT_EQ(regression.Predict(inputs.data()), 0);
}

// A lower order is the regression that has no more inputs than that.
TEST(LeastSquares, LowerOrdersAreSmallerRegressions) {
  constexpr int kInputs = 24;
  LeastSquares whole(
      Kernels(), {.inputs = kInputs, .decay = 4, .regularization = 24, .lower_orders = {4, 8, 16}});
  std::vector<LeastSquares> smaller;
  for (const int order : {4, 8, 16}) {
    smaller.emplace_back(Kernels(),
                         LeastSquares::Options{.inputs = order, .decay = 4, .regularization = 24});
  }
  TestRandom random(5);
  FrameBlock block;
  std::array<int32_t, kInputs> inputs;
  for (int frame = 0; frame < 200; ++frame) {
    // The target is the first column, so that the greatest power is part of all.
    int32_t* columns = block.next();
    for (int32_t& input : inputs) input = static_cast<int32_t>(random.Below(2001)) - 1000;
    columns[0] = 8 * inputs[0] + 4 * inputs[6] - 2 * inputs[12] + inputs[20];
    std::copy(inputs.begin(), inputs.end(), columns + 1);
    if (!block.Add(kInputs + 1, 100)) continue;
    whole.Learn(block);
    for (size_t i = 0; i < smaller.size(); ++i) {
      smaller[i].Learn(block);
      ASSERT_EQ(whole.PredictLower(i, inputs.data()), smaller[i].Predict(inputs.data()));
    }
  }
  EXPECT_NE(whole.PredictLower(0, inputs.data()), whole.Predict(inputs.data()));
}

TEST(PitchTracker, FindsThePeriodAndItsErrors) {
  for (const int period : {40, 161, 415}) {
    PitchTracker pitch(Kernels());
    TestRandom random(6);
    std::vector<int64_t> errors;
    for (int i = 0; i < 9000; ++i) {
      int64_t error_q8 = static_cast<int64_t>(random.Below(200001)) - 100000;
      if (i >= period) error_q8 += errors[static_cast<size_t>(i - period)] * 15 / 16;
      errors.push_back(error_q8);
      pitch.Update(error_q8, 200000);
    }
    ASSERT_EQ(pitch.lag(), period);
    for (int tap = 0; tap < PitchTracker::kTaps; ++tap) {
      const auto at = static_cast<size_t>(9000 - period - PitchTracker::kTaps / 2 + tap);
      EXPECT_EQ(pitch.taps()[tap], errors[at]);
    }
  }
}

TEST(LmsFilter, LearnsAPeriodLongerThanARegression) {
  LmsFilter filter(Kernels(), 256, 20000);
  TestRandom random(3);
  std::array<int, 100> period;
  for (int& value : period) value = static_cast<int>(random.Below(2001)) - 1000;
  int64_t early = 0;
  int64_t late = 0;
  for (int i = 0; i < 20000; ++i) {
    const int value = period[static_cast<size_t>(i % 100)];
    const int64_t error_q4 = value * 16 - (filter.Predict() >> 8);
    if (i < 1000) early += std::abs(error_q4);
    if (i >= 19000) late += std::abs(error_q4);
    filter.Update(error_q4, value);
  }
  EXPECT_LT(late * 10, early);
}

// Feeds a predictor with all that could overflow; the sanitizers watch.
void Drive(int headroom, int64_t low, int64_t high, uint64_t seed) {
  TestRandom random(seed);
  for (const bool has_partner : {false, true}) {
    ChannelPredictor predictor(Kernels(), has_partner, headroom);
    SampleHistory own, partner;
    for (int i = 0; i < 6000; ++i) {
      const Predictions& q8 = predictor.Predict(own, has_partner ? &partner : nullptr);
      for (const int64_t prediction : q8) ASSERT_LE(Magnitude(prediction), int64_t{1} << 32);
      // Constant, alternating and random stretches.
      int64_t sample = high;
      if (i / 500 % 3 == 1 && i % 2 == 0) sample = low;
      if (i / 500 % 3 == 2 && random.Below(2) == 0) sample = low;
      predictor.Update(static_cast<int32_t>(sample));
      own.Push(static_cast<int32_t>(sample));
      partner.Push(static_cast<int32_t>(random.Below(2) == 0 ? low : sample));
    }
  }
}

TEST(ChannelPredictor, KeepsItsBoundsAtTheExtremes) {
  Drive(0, -32768, 32767, 1);
  Drive(-8, -(1 << 23), (1 << 23) - 1, 2);
  Drive(8, -128, 127, 3);
  Drive(8, -1, 0, 4);
}

TEST(ChannelPredictor, LearnsToPredictARecurrence) {
  ChannelPredictor predictor(Kernels(), false, 0);
  SampleHistory own;
  // x[n] = 2 cos(w) x[n-1] - x[n-2], in 1/4096.
  int64_t a = 10000 * 4096, b = 9000 * 4096;
  int64_t worst_q8 = 0;
  for (int i = 0; i < 2000; ++i) {
    const int64_t next = b * 7900 / 4096 - a;
    a = b;
    b = next;
    const auto sample = static_cast<int32_t>(next >> 12);
    const int64_t error_q8 = sample * 256 - predictor.Predict(own, nullptr)[kCombined];
    if (i >= 1500) worst_q8 = std::max(worst_q8, Magnitude(error_q8));
    predictor.Update(sample);
    own.Push(sample);
  }
  EXPECT_LT(worst_q8, 3 * 256);
}

}  // namespace
}  // namespace lmz::audio
