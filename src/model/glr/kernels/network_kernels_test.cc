// Every build that this CPU can run is compared with the scalar kernels, which in turn are
// compared with plain definitions (the matrix kernel here, the rest in tests/reference).
#include "model/glr/kernels/network_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/packed_matrix.h"
#include "tests/kernel_test.h"

namespace lmz {
namespace {

class Random {
 public:
  explicit Random(uint32_t seed) : bits_(seed) {}
  // Uniform in -limit .. limit, often an end.
  int32_t Upto(int32_t limit) {
    const auto draw = static_cast<uint32_t>(bits_());
    if (draw % 8 == 0) return draw % 16 == 0 ? limit : -limit;
    return static_cast<int32_t>((draw >> 4) % (2 * static_cast<uint32_t>(limit) + 1)) - limit;
  }
  template <class T>
  std::vector<T> Vector(size_t size, int32_t limit) {
    std::vector<T> values(size);
    for (T& value : values) value = static_cast<T>(Upto(limit));
    return values;
  }

 private:
  std::mt19937 bits_;
};

class NetworkKernelsTest : public KernelTest<NetworkKernels> {
 protected:
  const NetworkKernels& kernels() const { return kernels_; }
  static const NetworkKernels& scalar() { return PortableKernels(NetworkBuilds()); }

  // The quantised bytes of a kernel as numbers.
  std::vector<int8_t> Plain(const std::vector<uint8_t>& q, const NetworkKernels& by) const {
    std::vector<int8_t> plain;
    for (const uint8_t byte : q) plain.push_back(static_cast<int8_t>(byte ^ by.dense.flip));
    return plain;
  }
};

// A matrix with memory of its own.
struct PackedForTest {
  PackedForTest(const std::vector<int8_t>& weights, int rows, int columns,
                const MatrixKernels& kernels)
      : memory(ZeroedMemory::RoundUp(kernels.packed_size(rows, columns))),
        storage(weights, rows, columns, kernels, memory) {}
  ZeroedMemory memory;
  MatrixStorage storage;
};

void CheckMultiply(const NetworkKernels& kernels, int rows, int columns, int lanes, int limit) {
  Random random(static_cast<uint32_t>(rows * 31 + columns * 7 + lanes));
  const auto at = [](int i) { return static_cast<size_t>(i); };
  const auto weights = random.Vector<int8_t>(at(rows * columns), limit);
  const auto x = random.Vector<int8_t>(at(lanes * columns), limit);
  std::vector<uint8_t> quantised;
  for (const int8_t q : x) {
    quantised.push_back(static_cast<uint8_t>(static_cast<uint8_t>(q) ^ kernels.dense.flip));
  }
  const PackedForTest matrix(weights, rows, columns, kernels.dense);
  const int stride = rows + 16;
  std::vector<int32_t> sums(at(lanes * stride), -7);
  {
    const ProductScope scope(kernels.dense, lanes);
    matrix.storage.Multiply(quantised.data(), columns, lanes, sums.data(), stride);
  }
  for (int lane = 0; lane < lanes; ++lane) {
    for (int row = 0; row < stride; ++row) {
      int32_t expected = row < rows ? 0 : -7;  // what lies behind a lane's sums stays
      for (int c = 0; row < rows && c < columns; ++c) {
        expected += weights[at(row * columns + c)] * x[at(lane * columns + c)];
      }
      ASSERT_EQ(sums[at(lane * stride + row)], expected)
          << rows << 'x' << columns << " lane " << lane << '/' << lanes << " row " << row;
    }
  }
}

TEST_P(NetworkKernelsTest, MultiplyIsExactForAllShapesOfTiles) {
  for (int lanes = 1; lanes <= 19; ++lanes) CheckMultiply(kernels(), 16 * lanes, 32, lanes, 127);
  for (int blocks = 1; blocks <= 13; ++blocks) {
    for (const int lanes : {1, 2, 3, 5, 8}) CheckMultiply(kernels(), 16 * blocks, 16, lanes, 127);
  }
  for (const int lanes : {1, 2, 15, 16, 17, 31, 33, 64}) {
    CheckMultiply(kernels(), 80, 64, lanes, 127);
    CheckMultiply(kernels(), 80, 320, lanes, 127);
  }
  for (const int columns : {4, 60, 64, 68, 132, 192, 1020, 1024, 1028}) {
    for (const int rows : {16, 32, 48, 64, 192}) {
      CheckMultiply(kernels(), rows, columns, 1, 127);
      CheckMultiply(kernels(), rows, columns, 9, 127);
    }
  }
}

TEST_P(NetworkKernelsTest, MultiplyIsExactAtTheExtremes) {
  for (const int columns : {4, 16, 192, 576, kMaxColumns}) {
    const std::vector<int8_t> weights(static_cast<size_t>(16 * columns), -127);
    const PackedForTest matrix(weights, 16, columns, kernels().dense);
    for (const int q : {-127, 127}) {
      const auto byte = static_cast<uint8_t>(static_cast<uint8_t>(q) ^ kernels().dense.flip);
      const std::vector<uint8_t> x(static_cast<size_t>(columns), byte);
      std::vector<int32_t> sums(16);
      const ProductScope scope(kernels().dense, 1);
      matrix.storage.Multiply(x.data(), columns, 1, sums.data(), 16);
      EXPECT_EQ(sums, std::vector<int32_t>(16, -127 * q * columns));
    }
    const PackedForTest sparse(weights, 16, columns, kernels().sparse);
    const std::vector<uint8_t> x(static_cast<size_t>(columns), 127);
    std::vector<int32_t> sums(16);
    const ProductScope scope(kernels().sparse, 1);
    sparse.storage.Multiply(x.data(), columns, 1, sums.data(), 16);
    EXPECT_EQ(sums, std::vector<int32_t>(16, -127 * 127 * columns));
  }
}

TEST_P(NetworkKernelsTest, MultiplySparseIsExact) {
  Random random(5);
  for (const int rows : {16, 48, 112, 192, 400}) {
    for (const int columns : {4, 64, 580, 1600}) {
      for (const int zeros : {0, 50, 95, 100}) {
        constexpr int kLanes = 17;
        const auto at = [](int i) { return static_cast<size_t>(i); };
        const auto weights = random.Vector<int8_t>(at(rows * columns), 127);
        std::vector<uint8_t> x(at(kLanes * columns));
        for (uint8_t& q : x) {
          const auto positive = static_cast<uint8_t>(std::max(random.Upto(127), 0));
          q = std::abs(random.Upto(1000)) % 100 < zeros ? uint8_t{0} : positive;
        }
        const PackedForTest matrix(weights, rows, columns, kernels().sparse);
        std::vector<int32_t> sums(at(kLanes * rows), -7), expected(sums.size());
        for (int i = 0; i < kLanes * rows; ++i) {
          for (int c = 0; c < columns; ++c) {
            expected[at(i)] += weights[at(i % rows * columns + c)] * x[at(i / rows * columns + c)];
          }
        }
        for (const int lanes : {1, 9, kLanes}) {
          std::fill(sums.begin(), sums.end(), -7);
          const ProductScope scope(kernels().sparse, lanes);
          matrix.storage.Multiply(x.data(), columns, lanes, sums.data(), rows);
          const auto end = expected.begin() + ptrdiff_t{lanes} * rows;
          ASSERT_TRUE(std::equal(expected.begin(), end, sums.begin()))
              << rows << 'x' << columns << ' ' << zeros << ' ' << lanes;
        }
      }
    }
  }
}

constexpr size_t kSizes[] = {16, 32, 48, 96, 192, 240, 576};

TEST_P(NetworkKernelsTest, NormalizeEqualsScalar) {
  Random random(1);
  const auto check = [&](const std::vector<int32_t>& x, uint64_t epsilon) {
    const auto weights = random.Vector<int16_t>(x.size(), kInt16Limit);
    std::vector<int16_t> out(x.size()), expected(x.size());
    const int n = static_cast<int>(x.size());
    kernels().normalize(x.data(), n, epsilon, weights.data(), out.data());
    scalar().normalize(x.data(), n, epsilon, weights.data(), expected.data());
    ASSERT_EQ(out, expected) << n << " numbers, the first " << x[0] << ", epsilon " << epsilon;
  };
  for (const size_t size : kSizes) {
    for (int bits = 0; bits <= 26; ++bits) {
      for (const uint64_t epsilon : {uint64_t{0}, uint64_t{1000}}) {
        check(random.Vector<int32_t>(size, (1 << bits) - 1), epsilon);
      }
    }
  }
  // The largest sums of squares, and every magnitude of them: all shifts that a root may need.
  for (int bits = 0; bits <= 26; ++bits) {
    check(std::vector<int32_t>(4096, (1 << bits) - 1), 0);
    check(std::vector<int32_t>(4096, -(1 << bits)), 0);
  }
}

TEST_P(NetworkKernelsTest, QuantizersEqualScalar) {
  Random random(2);
  for (const size_t size : kSizes) {
    for (int bits = 0; bits < 16; ++bits) {
      const int n = static_cast<int>(size);
      const int limit = (1 << bits) - 1;
      const auto a = random.Vector<int16_t>(size, limit), b = random.Vector<int16_t>(size, limit);
      std::vector<int16_t> half(size);
      std::vector<int32_t> full(size);
      std::vector<uint8_t> q(size), expected(size);
      const auto check = [&](const char* what, QuantizedScale x, QuantizedScale y) {
        EXPECT_EQ(x.mantissa, y.mantissa) << what;
        EXPECT_EQ(x.exponent, y.exponent) << what;
        ASSERT_EQ(Plain(q, kernels()), Plain(expected, scalar())) << what << size << ' ' << bits;
      };
      check("quantize", kernels().quantize(a.data(), n, q.data()),
            scalar().quantize(a.data(), n, expected.data()));
      check("product", kernels().product_quantize(a.data(), b.data(), n, full.data(), q.data()),
            scalar().product_quantize(a.data(), b.data(), n, full.data(), expected.data()));
    }
  }
}

// For one mix and for three.
TEST_P(NetworkKernelsTest, ShiftQuantizeEqualsScalar) {
  Random random(6);
  const auto run = [](const NetworkKernels& by, const std::vector<int16_t>& now,
                      std::vector<int16_t> before, const std::vector<MixWeights>& mixes) {
    const size_t size = now.size();
    std::vector<std::vector<uint8_t>> q(mixes.size(), std::vector<uint8_t>(size));
    std::vector<QuantizedScale> scales(mixes.size());
    std::vector<QuantizedVector> out;
    for (size_t k = 0; k < mixes.size(); ++k) out.push_back({q[k].data(), &scales[k]});
    std::vector<int16_t> scratch(size * mixes.size());
    by.shift_quantize(now.data(), before.data(), mixes.data(), static_cast<int>(mixes.size()),
                      static_cast<int>(size), scratch.data(), out.data());
    EXPECT_EQ(before, now);
    std::vector<int> all;
    for (size_t k = 0; k < mixes.size(); ++k) {
      all.insert(all.end(), {scales[k].mantissa, scales[k].exponent});
      for (const uint8_t byte : q[k]) all.push_back(static_cast<int8_t>(byte ^ by.dense.flip));
    }
    return all;
  };
  // Mixing weights of the usual size, of nearly any and of any.
  constexpr int kLeast[] = {-16383, -32767, -32768};
  for (const size_t size : kSizes) {
    for (int i = 0; i < 48; ++i) {
      const int limit = (1 << (i / 3)) - 1;
      auto now = random.Vector<int16_t>(size, limit), before = random.Vector<int16_t>(size, limit);
      std::vector<std::vector<int16_t>> weights;
      std::vector<MixWeights> mixes;
      for (int k = 0; k < kMaxMixes; ++k) {
        weights.push_back(random.Vector<int16_t>(size, std::min(-kLeast[i % 3], kInt16Limit)));
        weights.back()[size / 2] = static_cast<int16_t>(kLeast[i % 3]);
        now[size / 2] = static_cast<int16_t>(-limit);
        before[size / 2] = static_cast<int16_t>(limit);
        mixes.push_back({weights.back().data(), *std::ranges::min_element(weights.back())});
      }
      ASSERT_EQ(run(kernels(), now, before, mixes), run(scalar(), now, before, mixes)) << i;
      mixes.resize(1);
      ASSERT_EQ(run(kernels(), now, before, mixes), run(scalar(), now, before, mixes)) << i;
    }
  }
}

TEST_P(NetworkKernelsTest, ScaledSumsEqualScalar) {
  Random random(3);
  for (const size_t size : kSizes) {
    for (int shift = -16; shift <= 31; ++shift) {
      const int n = static_cast<int>(size);
      const auto sums = random.Vector<int32_t>(size, 1 << (10 + random.Upto(8) + 8));
      auto scales = random.Vector<int16_t>(size, kInt16Limit);
      for (int16_t& scale : scales) scale = static_cast<int16_t>(scale < 0 ? -scale : scale);
      const auto bias = random.Vector<int16_t>(size, kInt16Limit);
      ScaledSums y = {sums.data(), scales.data(), 8 + random.Upto(8),
                      static_cast<int16_t>(8256 + (random.Upto(4259) + 4259)), shift};
      auto x = random.Vector<int32_t>(size, kResidualLimit), expected_x = x;
      kernels().add(y, n, x.data());
      scalar().add(y, n, expected_x.data());
      ASSERT_EQ(x, expected_x) << "add " << size << ' ' << shift;
      if (shift < 0) continue;
      std::vector<uint16_t> scratch(size);
      auto state = random.Vector<int32_t>(size, kStateLimit), expected_state = state;
      kernels().update_state(y, y, bias.data(), n, scratch.data(), state.data());
      scalar().update_state(y, y, bias.data(), n, scratch.data(), expected_state.data());
      ASSERT_EQ(state, expected_state) << "update_state " << size << ' ' << shift;
      for (const int32_t h : state) ASSERT_LE(h < 0 ? -h : h, kStateLimit);
      std::vector<int16_t> gate(size), expected_gate(size), half(size);
      kernels().silu(y, n, scratch.data(), gate.data());
      scalar().silu(y, n, scratch.data(), expected_gate.data());
      ASSERT_EQ(gate, expected_gate) << "silu " << size << ' ' << shift;
      std::vector<uint8_t> q(size), expected_q(size);
      const QuantizedScale a = kernels().square_quantize(y, n, half.data(), q.data());
      const QuantizedScale b = scalar().square_quantize(y, n, half.data(), expected_q.data());
      EXPECT_EQ(a.mantissa, b.mantissa);
      EXPECT_EQ(a.exponent, b.exponent);
      ASSERT_EQ(q, expected_q) << "square_quantize " << size;
    }
  }
}

TEST_P(NetworkKernelsTest, ByteWeightsEqualScalar) {
  Random random(4);
  for (int shift = 0; shift <= 31; ++shift) {
    const auto sums = random.Vector<int32_t>(256, 1 << 20);
    const std::vector<int16_t> scales(256, 20000);
    const auto bias = random.Vector<int32_t>(256, shift % 2 == 0 ? 1 << 24 : 3000);
    const ScaledSums y = {sums.data(), scales.data(), 5, 12000, shift};
    std::vector<int32_t> scratch(256);
    std::vector<uint32_t> weights(256), expected(256);
    kernels().byte_weights(y, bias.data(), scratch.data(), weights.data());
    scalar().byte_weights(y, bias.data(), scratch.data(), expected.data());
    ASSERT_EQ(weights, expected) << shift;
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, NetworkKernelsTest, testing::ValuesIn(NetworkBuilds()),
                         BuildName());

}  // namespace
}  // namespace lmz
