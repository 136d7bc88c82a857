// Every build that this CPU can run is compared with the portable kernels, which in turn are
// compared with Python's integers (tests/reference/models/transformer_reference.py).
#include "model/transformer/kernels/transformer_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/kernel_test.h"
#include "tests/random.h"

namespace lmz {
namespace {

class TransformerKernelsTest : public KernelTest<TransformerKernels> {
 protected:
  static const TransformerKernels& portable() { return PortableKernels(TransformerBuilds()); }

  // Uniform in -limit .. limit, often an end.
  int32_t Upto(int32_t limit) {
    const uint64_t draw = random_.Next();
    if (draw % 8 == 0) return draw % 16 == 0 ? limit : -limit;
    const auto from_low =
        static_cast<int64_t>((draw >> 8) % (2 * static_cast<uint64_t>(limit) + 1));
    return static_cast<int32_t>(from_low - limit);
  }
  template <class T>
  std::vector<T> Vector(size_t size, int32_t limit) {
    std::vector<T> values(size);
    for (T& value : values) value = static_cast<T>(Upto(limit));
    return values;
  }

  TestRandom random_{1};
};

constexpr int kSize = 80;
constexpr int32_t kMost = kStreamLimit;

TEST_P(TransformerKernelsTest, NormalizeAgrees) {
  for (int bits = 0; bits <= 30; ++bits) {
    const auto x = Vector<int32_t>(kSize, (1 << bits) - (bits == 30));
    const auto weight = Vector<int16_t>(kSize, 32767);
    for (const uint64_t epsilon : {uint64_t{0}, uint64_t{1} << 20, uint64_t{1} << 60}) {
      std::vector<int32_t> out(kSize), expected(kSize);
      kernels_.normalize(x.data(), kSize, epsilon, weight.data(), out.data());
      portable().normalize(x.data(), kSize, epsilon, weight.data(), expected.data());
      ASSERT_EQ(out, expected) << bits;
    }
  }
}

TEST_P(TransformerKernelsTest, QuantizeAgrees) {
  for (int bits = 0; bits <= 30; ++bits) {
    const auto x = Vector<int32_t>(kSize, bits == 30 ? 1518633000 : 1 << bits);
    std::vector<uint8_t> q(kSize), expected(kSize), low(kSize), expected_low(kSize);
    const PlaneScale scale = kernels_.quantize(x.data(), kSize, 0x80, q.data());
    const PlaneScale other = portable().quantize(x.data(), kSize, 0x80, expected.data());
    ASSERT_EQ(scale.shift, other.shift);
    ASSERT_EQ(scale.factor, other.factor);
    ASSERT_EQ(q, expected);
    ASSERT_EQ(kernels_.quantize_two(x.data(), kSize, 0, q.data(), low.data()),
              portable().quantize_two(x.data(), kSize, 0, expected.data(), expected_low.data()));
    ASSERT_EQ(q, expected) << bits;
    ASSERT_EQ(low, expected_low) << bits;
    ASSERT_EQ(kernels_.magnitude(x.data(), kSize), portable().magnitude(x.data(), kSize));
  }
}

TEST_P(TransformerKernelsTest, ScaledProductsAgree) {
  for (int shift = 0; shift <= 47; ++shift) {
    for (const int size : {16, 64, 11}) {
      const auto n = static_cast<size_t>(size);
      const auto one = Vector<int32_t>(n, INT32_MAX), x = Vector<int32_t>(n, kMost);
      const auto high = Vector<int32_t>(n, 127 * 127 * 1000), low = Vector<int32_t>(n, 127 * 63000);
      auto row_scale = Vector<int16_t>(n, 32767);
      for (int16_t& scale : row_scale) scale = static_cast<int16_t>(scale < 0 ? -scale : scale);
      for (const bool two : {false, true}) {
        const PlaneSums sums = {two ? high.data() : one.data(),
                                two ? low.data() : nullptr,
                                row_scale.data(),
                                shift % 6,
                                16513,
                                shift};
        std::vector<int32_t> out(n), expected(n), sum = x, expected_sum = x;
        kernels_.scale(sums, size, out.data());
        portable().scale(sums, size, expected.data());
        ASSERT_EQ(out, expected) << shift << ' ' << size << ' ' << two;
        kernels_.add(sums, size, sum.data());
        portable().add(sums, size, expected_sum.data());
        ASSERT_EQ(sum, expected_sum) << shift << ' ' << size << ' ' << two;
      }
    }
  }
}

TEST_P(TransformerKernelsTest, HiddenLayersAgree) {
  for (int bits = 4; bits <= 30; ++bits) {
    const auto gate = Vector<int32_t>(kSize, (1 << bits) - (bits == 30));
    const auto up = Vector<int32_t>(kSize, kMost);
    std::vector<uint16_t> scratch(kSize);
    auto silu = gate, expected = gate, gelu = gate, expected_gelu = gate;
    ASSERT_EQ(kernels_.silu(silu.data(), kSize, scratch.data()),
              portable().silu(expected.data(), kSize, scratch.data()));
    ASSERT_EQ(silu, expected) << bits;
    ASSERT_EQ(kernels_.gelu(gelu.data(), kSize, scratch.data()),
              portable().gelu(expected_gelu.data(), kSize, scratch.data()));
    ASSERT_EQ(gelu, expected_gelu) << bits;
    kernels_.multiply(silu.data(), up.data(), kSize, bits);
    portable().multiply(expected.data(), up.data(), kSize, bits);
    ASSERT_EQ(silu, expected) << bits;
    kernels_.times(gelu.data(), kSize, 32767, 16 + bits);
    portable().times(expected_gelu.data(), kSize, 32767, 16 + bits);
    ASSERT_EQ(gelu, expected_gelu) << bits;
  }
}

TEST_P(TransformerKernelsTest, RotateAgrees) {
  const auto x = Vector<int32_t>(32, 32767), cosine = Vector<int32_t>(16, 23170);
  const auto sine = Vector<int32_t>(16, 23170);
  std::vector<int32_t> out(32), expected(32);
  kernels_.rotate(x.data(), 16, cosine.data(), sine.data(), out.data());
  portable().rotate(x.data(), 16, cosine.data(), sine.data(), expected.data());
  EXPECT_EQ(out, expected);
}

// Keys of a random cache as this build and as the portable one keep them.
TEST_P(TransformerKernelsTest, ScoresAgree) {
  constexpr int kBlocks = 7, kSlots = kBlocks * kKeyBlock;
  for (const int head_size : {16, 48, 64, 128, 256}) {
    const auto size = static_cast<size_t>(kSlots * head_size);
    const auto plain = Vector<uint8_t>(size, 127), plain_low = Vector<uint8_t>(size, 64);
    const auto flipped = [&](std::vector<uint8_t> bytes) {
      for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(byte ^ kernels_.key_flip);
      return bytes;
    };
    const auto keys = flipped(plain), low = flipped(plain_low);
    auto mantissa = Vector<int16_t>(kSlots, 8191), exponent = Vector<int16_t>(kSlots, 20);
    for (int16_t& m : mantissa) m = static_cast<int16_t>(m + 24576);
    constexpr int kQueries = 21;
    const auto q = Vector<int8_t>(static_cast<size_t>(kQueries * head_size), 127);
    const auto q_low = Vector<int8_t>(static_cast<size_t>(kQueries * head_size), 63);
    for (const bool two : {false, true}) {
      std::vector<QueryView> queries;
      for (int n = 0; n < kQueries; ++n) {
        queries.push_back({q.data() + n * head_size, two ? q_low.data() + n * head_size : nullptr,
                           16384 + 600 * n, n});
      }
      const KeyView mine = {keys.data(), two ? low.data() : nullptr, mantissa.data(),
                            exponent.data(), head_size};
      const KeyView other = {plain.data(), two ? plain_low.data() : nullptr, mantissa.data(),
                             exponent.data(), head_size};
      for (const auto& [first, last] : {std::pair(0, kBlocks), std::pair(2, 3), std::pair(1, 6)}) {
        for (const int count : {1, 2, 3, 4, 9, kQueries}) {
          std::vector<int32_t> scores(kQueries * kSlots, -7), expected = scores;
          kernels_.score(mine, first, last, 7, queries.data(), count, scores.data(), kSlots);
          portable().score(other, first, last, 7, queries.data(), count, expected.data(), kSlots);
          ASSERT_EQ(scores, expected) << head_size << ' ' << two << ' ' << count;
        }
      }
    }
  }
}

TEST_P(TransformerKernelsTest, AttentionWeightsAgree) {
  for (int bits = 2; bits <= 30; ++bits) {
    auto scores = Vector<int32_t>(kSize, (1 << bits) - (bits == 30));
    for (size_t i = 0; i < kSize; i += 5) scores[i] = kUnseen;
    const auto logs = Vector<int32_t>(kSize, bits < 20 ? 1 << bits : 1 << 19);
    ScorePeaks peaks, expected_peaks;
    kernels_.find_peaks(scores.data(), logs.data(), kSize, &peaks);
    portable().find_peaks(scores.data(), logs.data(), kSize, &expected_peaks);
    ASSERT_EQ(peaks.score, expected_peaks.score);
    ASSERT_EQ(peaks.weighted, expected_peaks.weighted);
    std::vector<uint8_t> high(kSize), low(kSize), expected_high(kSize), expected_low(kSize);
    ASSERT_EQ(kernels_.weigh(scores.data(), logs.data(), kSize, peaks, high.data(), low.data()),
              portable().weigh(scores.data(), logs.data(), kSize, peaks, expected_high.data(),
                               expected_low.data()));
    ASSERT_EQ(high, expected_high) << bits;
    ASSERT_EQ(low, expected_low) << bits;
    for (size_t i = 0; i < kSize; i += 5) ASSERT_EQ(high[i] + low[i], 0);
  }
}

TEST_P(TransformerKernelsTest, MixedValuesAgree) {
  constexpr int kSlots = 96;
  for (const int head_size : {16, 48, 64, 80, 256}) {
    const auto values = Vector<int8_t>(static_cast<size_t>(kSlots * head_size), 127);
    std::vector<uint8_t> high(5 * kSlots), low(5 * kSlots);
    for (size_t i = 0; i < high.size(); ++i) {
      const auto p = static_cast<uint32_t>(random_.Below(4) == 0 ? 4096 : random_.Below(4097));
      high[i] = static_cast<uint8_t>(p >> 6);
      low[i] = static_cast<uint8_t>(p & 63);
    }
    for (int count = 1; count <= 5; ++count) {
      std::vector<int32_t> sums(static_cast<size_t>(5 * head_size), 100), expected = sums;
      kernels_.mix(values.data(), head_size, 1, 5, high.data(), low.data(), kSlots, count,
                   sums.data());
      portable().mix(values.data(), head_size, 1, 5, high.data(), low.data(), kSlots, count,
                     expected.data());
      ASSERT_EQ(sums, expected) << head_size << ' ' << count;
    }
  }
}

TEST_P(TransformerKernelsTest, TokenWeightsAgree) {
  for (const int size : {1, 15, 16, 300}) {
    for (const int32_t limit : {4000, 40000, kMost}) {
      const auto logits = Vector<int32_t>(static_cast<size_t>(size), limit);
      const int32_t largest = portable().largest(logits.data(), size);
      ASSERT_EQ(kernels_.largest(logits.data(), size), largest);
      std::vector<uint32_t> weights(logits.begin(), logits.end()), expected = weights;
      kernels_.token_weights(weights.data(), size, largest);
      portable().token_weights(expected.data(), size, largest);
      ASSERT_EQ(weights, expected) << size << ' ' << limit;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, TransformerKernelsTest, testing::ValuesIn(TransformerBuilds()),
                         BuildName());

}  // namespace
}  // namespace lmz
