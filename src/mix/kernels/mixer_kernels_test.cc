// Every build of the mixer kernels that this CPU can run against the scalar one, in one process.
#include "mix/kernels/mixer_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "entropy/logistic.h"
#include "tests/kernel_test.h"
#include "tests/random.h"

namespace lmz {
namespace {

class MixerKernelsTest : public KernelTest<MixerKernels> {
 protected:
  int16_t Within(int32_t bound) {
    // The extremes more often than chance would have them.
    const uint64_t r = random_.Next();
    if (r % 8 == 0) return static_cast<int16_t>(r & 8 ? bound : -bound);
    const auto offset = static_cast<int32_t>(r % (2 * static_cast<uint64_t>(bound) + 1));
    return static_cast<int16_t>(offset - bound);
  }

  const MixerKernels& scalar_ = PortableKernels(MixerBuilds());
  TestRandom random_{17};
};

TEST_P(MixerKernelsTest, MixAndTrainEqualScalar) {
  struct State {
    alignas(64) int16_t first[kMixerSets][kMixerInputs];
    alignas(64) int16_t final[kMixerFinalSets][kMixerSets];
    MixerRows rows{};
  };
  for (int trial = 0; trial < 2000; ++trial) {
    State state;
    // Sums that wrap around, too.
    const int32_t bound = trial % 2 == 0 ? 32767 : 3000;
    for (auto& row : state.first) {
      for (int16_t& w : row) w = Within(bound);
    }
    for (auto& row : state.final) {
      for (int16_t& w : row) w = Within(bound);
    }
    for (int16_t& x : state.rows.inputs) x = Within(4095);
    state.rows.sets = 1 + trial % kMixerSets;
    state.rows.final_sets = 1 + trial / kMixerSets % kMixerFinalSets;
    const auto run = [trial](const MixerKernels& kernels, State& s) {
      for (int i = 0; i < s.rows.sets; ++i) s.rows.first[i] = s.first[i];
      for (int i = 0; i < s.rows.final_sets; ++i) s.rows.final[i] = s.final[i];
      kernels.mix(&s.rows, 2047, 3071);
      kernels.train(&s.rows, trial / 32 % 2);
    };
    State other = state;
    run(kernels_, state);
    run(scalar_, other);
    ASSERT_TRUE(std::ranges::equal(state.rows.logits_q8, other.rows.logits_q8));
    const auto finals = static_cast<size_t>(state.rows.final_sets);
    ASSERT_TRUE(std::ranges::equal(std::span(state.rows.final_logits_q8).first(finals),
                                   std::span(other.rows.final_logits_q8).first(finals)));
    for (size_t s = 0; s < kMixerSets; ++s) {
      ASSERT_TRUE(std::ranges::equal(state.first[s], other.first[s]));
    }
    for (size_t f = 0; f < kMixerFinalSets; ++f) {
      ASSERT_TRUE(std::ranges::equal(state.final[f], other.final[f]));
    }
  }
}

TEST_P(MixerKernelsTest, SumsAndStepsAreThoseOfTheSpecification) {
  alignas(64) int16_t first[kMixerInputs] = {20000, -3};
  alignas(64) int16_t final[kMixerSets] = {32767};
  MixerRows rows{};
  rows.inputs[0] = -1000;
  rows.inputs[1] = 5;
  rows.sets = 1;
  rows.final_sets = 1;
  rows.first[0] = first;
  rows.final[0] = final;
  kernels_.mix(&rows, 2047, 3071);
  EXPECT_EQ(rows.logits_q8[0], -611);  // -20000015 >> 15
  EXPECT_EQ(rows.logits_q8[1], 0);
  EXPECT_EQ(rows.final_logits_q8[0], -611);  // -611 * 32767 >> 15
  ASSERT_EQ(Squash(-611), 5518);
  kernels_.train(&rows, 1);
  // The errors are 9377 and 5626, 60018 * 10 / 64 and 60018 * 6 / 64.
  EXPECT_EQ(first[0], 19714);  // (-9377000 + 2^14) >> 15 is -286
  EXPECT_EQ(first[1], -2);     // (46885 + 2^14) >> 15 is 1
  EXPECT_EQ(final[0], 32662);  // (-611 * 5626 + 2^14) >> 15 is -105
  final[0] = -32768;
  kernels_.train(&rows, 1);
  EXPECT_EQ(final[0], -32768);  // clamped
}

TEST_P(MixerKernelsTest, GatherAndLearnEqualScalar) {
  constexpr size_t kPairs = 3 * 256 * kMixerContexts;
  struct State {
    std::array<Slot, kMixerContexts> slots{};
    std::vector<uint32_t> map;
    std::array<int16_t, 2 * kMixerContexts> inputs;
    bool operator==(const State&) const = default;
  };
  NodeSteps steps;
  for (auto& of_bit : steps.history) {
    for (uint32_t& step : of_bit) {
      step = static_cast<uint32_t>(random_.Next() % 256 | random_.Next() % 24 << 16);
    }
  }
  for (uint8_t& b : steps.quick) b = static_cast<uint8_t>(random_.Next());
  for (int trial = 0; trial < 500; ++trial) {
    State state;
    for (Slot& slot : state.slots) {
      for (uint16_t& n : slot.nodes) n = static_cast<uint16_t>(random_.Next() >> (trial % 3 * 30));
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
      // Contexts that have the same slot: the last one counts.
      if (trial % 5 == 0)
        slots[static_cast<size_t>(trial % 16)] = slots[static_cast<size_t>(trial % 7)];
      ContextBit context_bit;
      const int seen = kernels.gather(slots.data(), node, s.map.data(), expected.data(), prefix,
                                      shift, &context_bit, s.inputs.data());
      for (const uint32_t i : context_bit.index) EXPECT_LT(i, kPairs);
      kernels.learn(slots.data(), node, s.map.data(), &context_bit, bit, &steps);
      return seen;
    };
    State other = state;
    ASSERT_EQ(run(kernels_, state), run(scalar_, other));
    ASSERT_TRUE(state == other);
  }
}

TEST_P(MixerKernelsTest, FindRunsEqualsScalar) {
  for (int trial = 0; trial < 500; ++trial) {
    std::array<RunBucket, kMixerContexts> buckets{};
    std::array<uint32_t, kMixerContexts> hashes;
    RunLookup lookup{};
    for (size_t i = 0; i < kMixerContexts; ++i) {
      for (size_t k = 0; k < RunBucket::kRuns; ++k) {
        buckets[i].checks[k] = static_cast<uint16_t>(random_.Next() % 40 * 1700);
        buckets[i].bytes[k] = static_cast<uint8_t>(random_.Next());
        buckets[i].counts[k] = static_cast<uint8_t>(random_.Next() >> (trial % 3 * 30));
      }
      hashes[i] = static_cast<uint32_t>(random_.Next() << 16 | random_.Next() % 40 * 1700);
      lookup.buckets[i] = &buckets[i];
    }
    RunLookup expected = lookup;
    kernels_.find_runs(hashes.data(), &lookup);
    scalar_.find_runs(hashes.data(), &expected);
    ASSERT_TRUE(std::ranges::equal(lookup.places, expected.places));
    ASSERT_TRUE(std::ranges::equal(lookup.bytes, expected.bytes));
    ASSERT_TRUE(std::ranges::equal(lookup.counts, expected.counts));
    for (size_t i = 0; i < kMixerContexts; ++i) {
      const RunBucket& bucket = buckets[i];
      const auto* found = std::ranges::find(bucket.checks, RunBucket::CheckOf(hashes[i]));
      const auto* least = std::ranges::min_element(bucket.counts);
      const bool is_known = found != std::end(bucket.checks);
      ASSERT_EQ(lookup.places[i], is_known ? found - bucket.checks : least - bucket.counts);
      ASSERT_EQ(lookup.counts[i], is_known ? bucket.counts[lookup.places[i]] : 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, MixerKernelsTest, testing::ValuesIn(MixerBuilds()),
                         BuildName());

}  // namespace
}  // namespace lmz
