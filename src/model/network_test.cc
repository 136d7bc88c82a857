// What a user of Network may rely on: the same integers on every instruction set, whatever the
// lanes do and however they are divided; a lane that was reset is new.
#include "model/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "tests/kernel_test.h"
#include "tests/reference/random_model.h"

namespace lmz {
namespace {

constexpr GlrShape kShape = {48, 2, 32, 80};

uint8_t InputByte(int lane, int step) {
  return step == 0 ? 0 : static_cast<uint8_t>(lane * 31 + step * step * 7);
}

using Weights = std::vector<uint32_t>;

// The weights [lanes][256] after `steps` steps, taken in stretches of at most `stretch` lanes.
Weights RunSteps(const Network& network, int lanes, int steps, int stretch) {
  LaneStates states(network.shape(), lanes);
  StepScratch scratch(network.shape(), stretch);
  Weights weights(static_cast<size_t>(lanes) * kByteValues);
  Bytes input(static_cast<size_t>(lanes));
  for (int step = 0; step < steps; ++step) {
    for (int lane = 0; lane < lanes; ++lane) {
      input[static_cast<size_t>(lane)] = InputByte(lane, step);
    }
    for (int first = 0; first < lanes; first += stretch) {
      network.Step(states, first, std::min(stretch, lanes - first),
                   &input[static_cast<size_t>(first)],
                   &weights[static_cast<size_t>(first) * kByteValues], scratch);
    }
  }
  return weights;
}

class NetworkBuildTest : public KernelTest<NetworkKernels> {};

TEST_P(NetworkBuildTest, GivesTheSameWeightsAsScalar) {
  for (const Wildness wildness : {Wildness::kTame, Wildness::kExtreme}) {
    for (uint32_t seed = 0; seed < 8; ++seed) {
      const ModelFile model = RandomModel(kShape, seed, wildness);
      const Network scalar(model, PortableKernels(NetworkBuilds()));
      EXPECT_EQ(RunSteps(Network(model, kernels_), 11, 12, 11), RunSteps(scalar, 11, 12, 11))
          << seed;
    }
  }
}

// Matrices large enough for every way of multiplying, and lanes for all of them.
TEST_P(NetworkBuildTest, GivesTheSameWeightsAsScalarInLargeMatrices) {
  for (const GlrShape shape : {GlrShape{192, 2, 144, 320}, GlrShape{208, 1, 192, 336}}) {
    const ModelFile model = RandomModel(shape, 4, Wildness::kTame);
    const Network scalar(model, PortableKernels(NetworkBuilds())), network(model, kernels_);
    const Weights expected = RunSteps(scalar, 18, 4, 18);
    for (const int stretch : {1, 3, 8, 18}) EXPECT_EQ(RunSteps(network, 18, 4, stretch), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, NetworkBuildTest, testing::ValuesIn(NetworkBuilds()),
                         BuildName());

TEST(NetworkTest, RandomModelsPredictSomething) {
  const Network network(RandomModel(kShape, 1, Wildness::kTame));
  const Weights weights = RunSteps(network, 1, 5, 1);
  EXPECT_EQ(*std::max_element(weights.begin(), weights.end()), 1u << 22);
  EXPECT_GE(*std::min_element(weights.begin(), weights.end()), 1u);
  EXPECT_GT(std::accumulate(weights.begin(), weights.end(), uint64_t{0}), uint64_t{1} << 23);
}

TEST(NetworkTest, LanesDoNotInfluenceEachOther) {
  const Network network(RandomModel(kShape, 2, Wildness::kTame));
  const Weights together = RunSteps(network, 19, 9, 19);
  for (const int stretch : {1, 2, 3, 8, 16}) EXPECT_EQ(RunSteps(network, 19, 9, stretch), together);
}

TEST(NetworkTest, PartsOfAStepMakeAStep) {
  const Network network(RandomModel({48, 5, 32, 80}, 6, Wildness::kTame));
  const Weights whole = RunSteps(network, 4, 6, 4);
  for (const int parts : {1, 2, 3, 5}) {
    LaneStates states(network.shape(), 4);
    StepScratch scratch(network.shape(), 2);
    Weights weights(4 * kByteValues);
    for (int step = 0; step < 6; ++step) {
      for (int part = 0; part < parts; ++part) {
        for (const int first : {0, 2}) {  // between them the scratch serves the other lanes
          const Bytes input = {InputByte(first, step), InputByte(first + 1, step)};
          network.Step(states, first, 2, {part, parts}, input.data(),
                       &weights[static_cast<size_t>(first) * kByteValues], scratch);
        }
      }
    }
    EXPECT_EQ(weights, whole) << parts;
  }
}

TEST(NetworkTest, IsInPartsOnlyWhereThreadsHaveAllOfThem) {
  const Network small(RandomModel(kShape, 7, Wildness::kTame));
  EXPECT_EQ(small.PartsFor(64), 1);
  const Network large(RandomModel({512, 8, 512, 512}, 7, Wildness::kTame));  // 12 MB
  EXPECT_EQ(large.PartsFor(1), 1);
  const int parts = large.PartsFor(64);
  ASSERT_LE(parts, 8);  // it has no more layers
  if (parts == 1) GTEST_SKIP() << "an eighth of it does not fit in this CPU's caches, or all does";
  EXPECT_EQ(large.PartsFor(parts), parts);
  EXPECT_EQ(large.PartsFor(parts - 1), 1);
}

TEST(NetworkTest, AResetLaneIsNew) {
  const Network network(RandomModel(kShape, 3, Wildness::kTame));
  LaneStates states(network.shape(), 2);
  StepScratch scratch(network.shape(), 1);
  Weights fresh(kByteValues), other(kByteValues);
  const uint8_t start = 0, byte = 'x';
  network.Step(states, 1, 1, &start, fresh.data(), scratch);
  network.Step(states, 1, 1, &byte, other.data(), scratch);
  EXPECT_NE(other, fresh);
  states.Reset(1);
  network.Step(states, 1, 1, &start, other.data(), scratch);
  EXPECT_EQ(other, fresh);
}

TEST(NetworkTest, ThreadsMayShareTheStates) {
  const Network network(RandomModel(kShape, 4, Wildness::kTame));
  const Weights expected = RunSteps(network, 8, 20, 8);
  LaneStates states(network.shape(), 8);
  Weights weights(8 * kByteValues);
  const auto half = [&](int first) {
    StepScratch scratch(network.shape(), 4);
    for (int step = 0; step < 20; ++step) {
      uint8_t input[4];
      for (int i = 0; i < 4; ++i) input[i] = InputByte(first + i, step);
      network.Step(states, first, 4, input, &weights[static_cast<size_t>(first) * kByteValues],
                   scratch);
    }
  };
  std::thread other(half, 4);
  half(0);
  other.join();
  EXPECT_EQ(weights, expected);
}

}  // namespace
}  // namespace lmz
