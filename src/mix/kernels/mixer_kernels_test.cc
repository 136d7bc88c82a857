// Every build of the mixer kernels that this CPU can run against the scalar one, in one process.
#include "mix/kernels/mixer_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "tests/kernel_test.h"
#include "tests/random.h"

namespace lmz {
namespace {

class MixerKernelsTest : public KernelTest<MixerKernels> {
 protected:
  int32_t Within(int32_t bound) {
    // The extremes more often than chance would have them.
    const uint64_t r = random_.Next();
    if (r % 8 == 0) return r & 8 ? bound : -bound;
    return static_cast<int32_t>(r % (2 * static_cast<uint64_t>(bound) + 1)) - bound;
  }

  const MixerKernels& scalar_ = PortableKernels(MixerBuilds());
  TestRandom random_{17};
};

TEST_P(MixerKernelsTest, DotAndTrainEqualScalar) {
  constexpr int kSets = 5;
  for (int trial = 0; trial < 2000; ++trial) {
    const int count = kMixerLanes * (1 + trial % 8);
    std::vector<int32_t> inputs(static_cast<size_t>(count));
    for (int32_t& x : inputs) x = Within(4095);
    std::array<std::vector<int32_t>, kSets> weights;
    std::array<int32_t*, kSets> rows;
    std::array<int32_t, kSets> errors;
    for (size_t s = 0; s < kSets; ++s) {
      weights[s].resize(static_cast<size_t>(count) + 1);
      for (int32_t& w : weights[s]) w = Within(1 << 19);
      rows[s] = weights[s].data() + 1;  // rows need no alignment
      errors[s] = Within((1 << 18) - 1);
    }
    auto expected_weights = weights;
    std::array<int32_t*, kSets> expected_rows;
    for (size_t s = 0; s < kSets; ++s) expected_rows[s] = expected_weights[s].data() + 1;

    std::array<int32_t, kSets> sums, expected_sums;
    kernels_.dot(inputs.data(), rows.data(), kSets, count, sums.data());
    scalar_.dot(inputs.data(), expected_rows.data(), kSets, count, expected_sums.data());
    ASSERT_EQ(sums, expected_sums);
    kernels_.train(inputs.data(), rows.data(), errors.data(), kSets, count);
    scalar_.train(inputs.data(), expected_rows.data(), errors.data(), kSets, count);
    ASSERT_EQ(weights, expected_weights);
  }
}

TEST_P(MixerKernelsTest, GatherAndLearnEqualScalar) {
  constexpr size_t kPairs = 3 * 256 * kMixerContexts;
  struct State {
    std::array<Slot, kMixerContexts> slots{};
    std::vector<uint32_t> map;
    std::array<uint32_t, kMixerContexts> index;
    std::array<int32_t, 2 * kMixerContexts> inputs;
    bool operator==(const State&) const = default;
  };
  std::array<uint8_t, 512> history_next;
  std::array<uint8_t, 256> row;
  std::vector<uint8_t> quick_next(12 * 2 * 256);
  for (uint8_t& b : history_next) b = static_cast<uint8_t>(random_.Next());
  for (uint8_t& b : row) b = static_cast<uint8_t>(random_.Next() % 12);
  for (uint8_t& b : quick_next) b = static_cast<uint8_t>(random_.Next());
  for (int trial = 0; trial < 500; ++trial) {
    State state;
    for (Slot& slot : state.slots) {
      for (uint8_t& b : slot.history) b = static_cast<uint8_t>(random_.Next() >> (trial % 3 * 3));
      for (uint8_t& b : slot.quick) b = static_cast<uint8_t>(random_.Next() >> (trial % 3 * 3));
    }
    state.map.resize(kPairs);
    for (uint32_t& pair : state.map) pair = static_cast<uint32_t>(random_.Next());
    std::array<uint32_t, kMixerContexts> expected;
    const int shift = trial % 8;
    const uint32_t prefix = (256 | static_cast<uint32_t>(random_.Next() % 256)) >> (shift + 1);
    for (uint32_t& e : expected) {
      e = 256 | static_cast<uint32_t>(random_.Next() % 256);
      if (random_.Next() % 2) e = (prefix << (shift + 1)) | (e & ((2u << shift) - 1));
    }
    const int node = 1 + trial % 15;
    const int bit = trial / 7 % 2;
    const auto run = [&](const MixerKernels& kernels, State& s) {
      std::array<Slot*, kMixerContexts> slots;
      for (size_t i = 0; i < slots.size(); ++i) slots[i] = &s.slots[i];
      const int seen = kernels.gather(slots.data(), node, s.map.data(), expected.data(), prefix,
                                      shift, s.index.data(), s.inputs.data());
      kernels.learn(slots.data(), node, s.map.data(), s.index.data(), bit, history_next.data(),
                    row.data(), quick_next.data());
      return seen;
    };
    State other = state;
    ASSERT_EQ(run(kernels_, state), run(scalar_, other));
    ASSERT_TRUE(state == other);
    for (const uint32_t i : state.index) ASSERT_LT(i, kPairs);
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, MixerKernelsTest, testing::ValuesIn(MixerBuilds()),
                         BuildName());

}  // namespace
}  // namespace lmz
