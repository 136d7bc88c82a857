// Every build of the audio kernels that this CPU can run against the scalar one, in one process.
#include "codec/audio/kernels/audio_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/kernel_test.h"
#include "tests/random.h"

namespace lmz {
namespace {

class AudioKernelsTest : public KernelTest<AudioKernels> {
 protected:
  // The extremes more often than chance would have them.
  int32_t Within(int32_t bound) {
    const uint64_t r = random_.Next();
    if (r % 8 == 0) return r & 8 ? bound : -bound;
    return static_cast<int32_t>((r >> 8) % (2 * static_cast<uint64_t>(bound) + 1)) - bound;
  }
  std::vector<int32_t> Numbers(size_t count, int32_t bound) {
    std::vector<int32_t> numbers(count);
    for (int32_t& number : numbers) number = Within(bound);
    return numbers;
  }

  const AudioKernels& scalar_ = PortableKernels(AudioBuilds());
  TestRandom random_{23};
};

TEST_P(AudioKernelsTest, DotAndSubtractRowEqualScalar) {
  for (size_t count = 0; count < 200; ++count) {
    const std::vector<int32_t> a = Numbers(count, 1 << 28);
    const std::vector<int32_t> b = Numbers(count, 1 << 26);
    const int length = static_cast<int>(count);
    ASSERT_EQ(kernels_.dot(a.data(), b.data(), length), scalar_.dot(a.data(), b.data(), length));
    std::vector<int64_t> sums(count + 1);
    for (int64_t& sum : sums) sum = int64_t{Within(1 << 30)} << 20;
    std::vector<int64_t> expected = sums;
    const int32_t factor = Within(1 << 25);
    kernels_.subtract_row(sums.data(), a.data(), factor, length);
    scalar_.subtract_row(expected.data(), a.data(), factor, length);
    ASSERT_EQ(sums, expected);
  }
}

TEST_P(AudioKernelsTest, CorrelateEqualsScalarAndTheDefinition) {
  constexpr int kStride = 56;
  for (const int size : {1, 5, 8, 9, 25, 33, 49, 56}) {
    const std::vector<int32_t> left = Numbers(kCorrelateFrames * kStride, 1 << 30);
    const std::vector<int32_t> right = Numbers(kCorrelateFrames * kStride, 1 << 15);
    std::vector<int64_t> matrix(kStride * kStride, 7);
    std::vector<int64_t> expected = matrix;
    kernels_.correlate(left.data(), right.data(), size, kStride, matrix.data());
    scalar_.correlate(left.data(), right.data(), size, kStride, expected.data());
    ASSERT_EQ(matrix, expected);
    for (int i = 0; i < size; ++i) {
      for (int j = 0; j <= i; ++j) {
        int64_t sum = 7;
        for (int f = 0; f < kCorrelateFrames; ++f) {
          sum += int64_t{left[static_cast<size_t>(f * kStride + i)]} *
                 right[static_cast<size_t>(f * kStride + j)];
        }
        ASSERT_EQ(matrix[static_cast<size_t>(i * kStride + j)], sum);
      }
    }
  }
}

TEST_P(AudioKernelsTest, FilterAndAdaptEqualScalar) {
  for (int trial = 0; trial < 500; ++trial) {
    const int count = 8 * (1 + trial % 40);
    std::vector<int16_t> history(static_cast<size_t>(count) + 1);
    for (int16_t& x : history) x = static_cast<int16_t>(Within(32767));
    const int16_t* at = history.data() + 1;  // needs no alignment
    std::vector<int32_t> weights = Numbers(static_cast<size_t>(count), kMaxFilterWeight);
    std::vector<int32_t> expected = weights;
    const int32_t gain = Within(32767);
    const int shift = trial % 31;
    kernels_.adapt(at, weights.data(), count, gain, shift);
    scalar_.adapt(at, expected.data(), count, gain, shift);
    ASSERT_EQ(weights, expected);
    ASSERT_EQ(kernels_.filter(at, weights.data(), count),
              scalar_.filter(at, weights.data(), count));
  }
}

TEST_P(AudioKernelsTest, TrackEqualsScalarAndKeepsItsBound) {
  std::vector<int16_t> history(385);
  std::vector<int32_t> sums(384);
  for (int trial = 0; trial < 3000; ++trial) {
    for (int16_t& x : history) x = static_cast<int16_t>(Within(2047));
    const int32_t value = Within(2047);
    const bool is_loud = trial % 1000 < 900;  // long enough to come near the bound
    if (is_loud) history.assign(history.size(), static_cast<int16_t>(value));
    std::vector<int32_t> expected = sums;
    kernels_.track(history.data() + 1, sums.data(), 384, value);
    scalar_.track(history.data() + 1, expected.data(), 384, value);
    ASSERT_EQ(sums, expected);
    ASSERT_EQ(*std::max_element(sums.begin(), sums.end()) >> 30, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, AudioKernelsTest, testing::ValuesIn(AudioBuilds()),
                         BuildName());

}  // namespace
}  // namespace lmz
