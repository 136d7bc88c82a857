// What a user of a session may rely on: the same integers on every instruction set, whatever the
// lanes do and however they are divided; a lane that was reset is new.
#include "model/glr/glr_predictor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "tests/kernel_test.h"
#include "tests/reference/models/random_model.h"
#include "tests/session_checks.h"

namespace lmz {
namespace {

constexpr GlrShape kShape = {48, 2, 32, 80};

uint8_t InputByte(int lane, int step) {
  return step == 0 ? 0 : static_cast<uint8_t>(lane * 31 + step * step * 7);
}

using Weights = std::vector<uint32_t>;

// The weights [lanes][256] after `steps` steps, taken in stretches of at most `stretch` lanes.
Weights RunSteps(const GlrPredictor& network, int lanes, int steps, int stretch) {
  const auto session = network.Begin({.lanes = lanes, .workers = 1, .lanes_per_step = stretch});
  Weights weights(static_cast<size_t>(lanes) * kByteValues);
  Bytes input(static_cast<size_t>(lanes));
  for (int step = 0; step < steps; ++step) {
    for (int lane = 0; lane < lanes; ++lane) {
      input[static_cast<size_t>(lane)] = InputByte(lane, step);
    }
    for (int first = 0; first < lanes; first += stretch) {
      EXPECT_TRUE(session
                      ->Step(0, first, std::min(stretch, lanes - first),
                             &input[static_cast<size_t>(first)],
                             &weights[static_cast<size_t>(first) * kByteValues])
                      .ok());
    }
  }
  return weights;
}

// The weights [steps][lanes][256] of steps one by one, or in stretches of up to `ahead` steps.
Weights AllWeights(const GlrPredictor& network, int lanes, int steps, int ahead) {
  const auto session = network.Begin(
      {.lanes = lanes + 1, .workers = 1, .lanes_per_step = lanes, .steps_ahead = ahead});
  const auto position = static_cast<size_t>(lanes);
  Weights weights(static_cast<size_t>(steps) * position * kByteValues);
  Bytes input(static_cast<size_t>(steps) * position);
  for (int step = 0; step < steps; ++step) {
    for (int lane = 0; lane < lanes; ++lane) {
      input[static_cast<size_t>(step * lanes + lane)] = InputByte(lane, step);
    }
  }
  for (int step = 0; step < steps; step += ahead) {
    const size_t begin = static_cast<size_t>(step) * position;
    EXPECT_TRUE(session
                    ->StepAhead(0, 1, lanes, std::min(ahead, steps - step), &input[begin],
                                &weights[begin * kByteValues])
                    .ok());
  }
  return weights;
}

class GlrBuildTest : public KernelTest<NetworkKernels> {};

// Few and many lanes, in and beside whole units; the last stretch is shorter.
TEST_P(GlrBuildTest, StretchesGiveTheWeightsOfSingleSteps) {
  for (const GlrShape shape : {kShape, GlrShape{192, 2, 144, 320}}) {
    const ModelFile model = RandomModel(shape, 9, Wildness::kTame);
    const GlrPredictor scalar(model, PortableKernels(NetworkBuilds())), network(model, kernels_);
    for (const int lanes : {1, 2, 5, 16, 19}) {
      const Weights expected = AllWeights(scalar, lanes, 7, 1);
      for (const int ahead : {1, 3, 7}) {
        EXPECT_EQ(AllWeights(network, lanes, 7, ahead), expected) << lanes << " " << ahead;
      }
    }
  }
}

TEST_P(GlrBuildTest, GivesTheSameWeightsAsScalar) {
  for (const Wildness wildness : {Wildness::kTame, Wildness::kExtreme}) {
    for (uint32_t seed = 0; seed < 8; ++seed) {
      const ModelFile model = RandomModel(kShape, seed, wildness);
      const GlrPredictor scalar(model, PortableKernels(NetworkBuilds()));
      EXPECT_EQ(RunSteps(GlrPredictor(model, kernels_), 11, 12, 11), RunSteps(scalar, 11, 12, 11))
          << seed;
    }
  }
}

// Matrices large enough for every way of multiplying, and lanes for all of them.
TEST_P(GlrBuildTest, GivesTheSameWeightsAsScalarInLargeMatrices) {
  for (const GlrShape shape : {GlrShape{192, 2, 144, 320}, GlrShape{208, 1, 192, 336}}) {
    const ModelFile model = RandomModel(shape, 4, Wildness::kTame);
    const GlrPredictor scalar(model, PortableKernels(NetworkBuilds())), network(model, kernels_);
    const Weights expected = RunSteps(scalar, 18, 4, 18);
    for (const int stretch : {1, 3, 8, 18}) EXPECT_EQ(RunSteps(network, 18, 4, stretch), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, GlrBuildTest, testing::ValuesIn(NetworkBuilds()), BuildName());

TEST(GlrPredictorTest, RandomModelsPredictSomething) {
  const GlrPredictor network(RandomModel(kShape, 1, Wildness::kTame));
  const Weights weights = RunSteps(network, 1, 5, 1);
  EXPECT_EQ(*std::max_element(weights.begin(), weights.end()), 1u << 22);
  EXPECT_GE(*std::min_element(weights.begin(), weights.end()), 1u);
  EXPECT_GT(std::accumulate(weights.begin(), weights.end(), uint64_t{0}), uint64_t{1} << 23);
}

TEST(GlrPredictorTest, LanesDoNotInfluenceEachOther) {
  const GlrPredictor network(RandomModel(kShape, 2, Wildness::kTame));
  const Weights together = RunSteps(network, 19, 9, 19);
  for (const int stretch : {1, 2, 3, 8, 16}) EXPECT_EQ(RunSteps(network, 19, 9, stretch), together);
}

TEST(GlrPredictorTest, PartsOfAStepMakeAStep) {
  const GlrPredictor network(RandomModel({48, 5, 32, 80}, 6, Wildness::kTame));
  const Weights whole = RunSteps(network, 4, 6, 4);
  for (const int parts : {1, 2, 3, 5}) {
    const auto session = network.Begin({.lanes = 4, .workers = 1, .lanes_per_step = 2});
    Weights weights(4 * kByteValues);
    for (int step = 0; step < 6; ++step) {
      for (int part = 0; part < parts; ++part) {
        for (const int first : {0, 2}) {  // between them the worker serves the other lanes
          const Bytes input = {InputByte(first, step), InputByte(first + 1, step)};
          EXPECT_TRUE(session
                          ->Step(0, first, 2, StepPart{part, parts}, input.data(),
                                 &weights[static_cast<size_t>(first) * kByteValues])
                          .ok());
        }
      }
    }
    EXPECT_EQ(weights, whole) << parts;
  }
}

TEST(GlrPredictorTest, IsInPartsOnlyWhereThreadsHaveAllOfThem) {
  const GlrPredictor small(RandomModel(kShape, 7, Wildness::kTame));
  EXPECT_EQ(small.PartsFor(64), 1);
  const GlrPredictor large(RandomModel({512, 8, 512, 512}, 7, Wildness::kTame));  // 12 MB
  EXPECT_EQ(large.PartsFor(1), 1);
  const int parts = large.PartsFor(64);
  ASSERT_LE(parts, 8);  // it has no more layers
  if (parts == 1) GTEST_SKIP() << "an eighth of it does not fit in this CPU's caches, or all does";
  EXPECT_EQ(large.PartsFor(parts), parts);
  EXPECT_EQ(large.PartsFor(parts - 1), 1);
}

TEST(GlrPredictorTest, AResetLaneIsNew) {
  const GlrPredictor network(RandomModel(kShape, 3, Wildness::kTame));
  const auto session = network.Begin({.lanes = 2, .workers = 1, .lanes_per_step = 1});
  ExpectAResetLaneIsNew(*session);
}

TEST(GlrPredictorTest, ACopyGoesOnLikeItsOriginal) {
  const GlrPredictor network(RandomModel(kShape, 3, Wildness::kTame));
  const auto original = network.Begin({});
  const auto copy = network.Begin({});
  Weights expected(kByteValues), given(kByteValues);
  const uint8_t byte = 'x', next = 'y';
  ASSERT_TRUE(original->Step(0, 0, 1, &byte, expected.data()).ok());
  copy->CopyFrom(*original);
  ASSERT_TRUE(original->Step(0, 0, 1, &next, expected.data()).ok());
  ASSERT_TRUE(copy->Step(0, 0, 1, &next, given.data()).ok());
  EXPECT_EQ(given, expected);
}

TEST(GlrPredictorTest, ThreadsMayShareASession) {
  const GlrPredictor network(RandomModel(kShape, 4, Wildness::kTame));
  const Weights expected = RunSteps(network, 8, 20, 8);
  const auto session = network.Begin({.lanes = 8, .workers = 2, .lanes_per_step = 4});
  Weights weights(8 * kByteValues);
  const auto half = [&](int first) {
    for (int step = 0; step < 20; ++step) {
      uint8_t input[4];
      for (int i = 0; i < 4; ++i) input[i] = InputByte(first + i, step);
      EXPECT_TRUE(
          session
              ->Step(first / 4, first, 4, input, &weights[static_cast<size_t>(first) * kByteValues])
              .ok());
    }
  };
  std::thread other(half, 4);
  half(0);
  other.join();
  EXPECT_EQ(weights, expected);
}

}  // namespace
}  // namespace lmz
