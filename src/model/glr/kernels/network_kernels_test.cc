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

constexpr int kSizes[] = {16, 32, 48, 96, 192, 240, 576};

// Below, at and above what kernels take together.
constexpr int kLaneCounts[] = {1, 7, 8, 9, 16, 21};
constexpr int kMostLanes = 32;  // in whole units

size_t At(int i) {
  return static_cast<size_t>(i);
}

// What a kernel quantises.
struct QuantizedForTest {
  QuantizedForTest(int lanes, int size)
      : q(At(lanes * size)), mantissa(kMostLanes), exponent(kMostLanes), lanes_(lanes) {}
  QuantizedRows rows() {
    return {{q.data(), static_cast<ptrdiff_t>(q.size()) / lanes_},
            {mantissa.data(), exponent.data()}};
  }
  // All of it in plain numbers.
  std::vector<int> Plain(uint8_t flip) const {
    std::vector<int> all(mantissa.begin(), mantissa.begin() + lanes_);
    all.insert(all.end(), exponent.begin(), exponent.begin() + lanes_);
    for (const uint8_t byte : q) all.push_back(static_cast<int8_t>(byte ^ flip));
    return all;
  }
  std::vector<uint8_t> q;
  std::vector<int32_t> mantissa, exponent;

 private:
  int lanes_;
};

TEST_P(NetworkKernelsTest, NormalizeEqualsScalar) {
  Random random(1);
  const auto check = [&](const std::vector<int32_t>& x, int lanes, uint64_t epsilon) {
    const int n = static_cast<int>(x.size()) / lanes;
    const auto weights = random.Vector<int16_t>(At(n), kInt16Limit);
    std::vector<int16_t> out(x.size()), expected(x.size());
    const ProductScope scope(kernels().dense, lanes);
    kernels().normalize({x.data(), n}, lanes, n, epsilon, weights.data(), {out.data(), n});
    scalar().normalize({x.data(), n}, lanes, n, epsilon, weights.data(), {expected.data(), n});
    ASSERT_EQ(out, expected) << n << " numbers, " << lanes << " lanes, epsilon " << epsilon;
  };
  for (const int size : kSizes) {
    for (const int lanes : kLaneCounts) {
      // Each lane has a magnitude of its own.
      for (int bits = 0; bits <= 26; ++bits) {
        std::vector<int32_t> x;
        for (int lane = 0; lane < lanes; ++lane) {
          const auto row = random.Vector<int32_t>(At(size), (1 << (bits + lane) % 27) - 1);
          x.insert(x.end(), row.begin(), row.end());
        }
        check(x, lanes, 0);
        check(x, lanes, 1000);
      }
    }
  }
  // The largest sums of squares, and every magnitude of them: all shifts that a root may need.
  for (const int lanes : {1, 8}) {
    for (int bits = 0; bits <= 26; ++bits) {
      check(std::vector<int32_t>(At(4096 * lanes), (1 << bits) - 1), lanes, 0);
      check(std::vector<int32_t>(At(4096 * lanes), -(1 << bits)), lanes, 0);
    }
  }
}

// By a sum of one square and an epsilon: roots of all mantissas.
TEST_P(NetworkKernelsTest, NormalizeEqualsScalarForAllRoots) {
  constexpr int kSize = 32, kLanes = 16;
  const std::vector<int16_t> weights(kSize, kInt16Limit);
  std::vector<int32_t> x(kSize * kLanes);
  for (size_t lane = 0; lane < kLanes; ++lane) x[lane * kSize] = static_cast<int32_t>(100 * lane);
  for (uint64_t epsilon = 1 << 14; epsilon < 1 << 16; ++epsilon) {
    std::vector<int16_t> out(x.size()), expected(x.size());
    const ProductScope scope(kernels().dense, kLanes);
    kernels().normalize({x.data(), kSize}, kLanes, kSize, epsilon, weights.data(),
                        {out.data(), kSize});
    scalar().normalize({x.data(), kSize}, kLanes, kSize, epsilon, weights.data(),
                       {expected.data(), kSize});
    ASSERT_EQ(out, expected) << epsilon;
  }
}

TEST_P(NetworkKernelsTest, QuantizersEqualScalar) {
  Random random(2);
  for (const int size : kSizes) {
    for (const int lanes : kLaneCounts) {
      for (int bits = 0; bits < 16; ++bits) {
        std::vector<int16_t> a, b;
        for (int lane = 0; lane < lanes; ++lane) {
          const int limit = (1 << (bits + lane) % 16) - 1;
          for (auto* to : {&a, &b}) {
            const auto row = random.Vector<int16_t>(At(size), limit);
            to->insert(to->end(), row.begin(), row.end());
          }
        }
        std::vector<int32_t> full(At(size * kMostLanes));
        QuantizedForTest q(lanes, size), expected(lanes, size);
        const ProductScope scope(kernels().dense, lanes);
        kernels().quantize({a.data(), size}, lanes, size, 5, q.rows());
        scalar().quantize({a.data(), size}, lanes, size, 5, expected.rows());
        ASSERT_EQ(q.Plain(kernels().dense.flip), expected.Plain(scalar().dense.flip))
            << "quantize " << size << ' ' << lanes << ' ' << bits;
        kernels().product_quantize({a.data(), size}, {b.data(), size}, lanes, size, 9, full.data(),
                                   q.rows());
        scalar().product_quantize({a.data(), size}, {b.data(), size}, lanes, size, 9, full.data(),
                                  expected.rows());
        ASSERT_EQ(q.Plain(kernels().dense.flip), expected.Plain(scalar().dense.flip))
            << "product_quantize " << size << ' ' << lanes << ' ' << bits;
      }
    }
  }
}

// The factors and mantissas of all magnitudes.
TEST_P(NetworkKernelsTest, QuantizeEqualsScalarForAllMagnitudes) {
  constexpr int kSize = 32, kLanes = 16;
  std::vector<int16_t> x(kSize * kLanes);
  for (int first = 0; first < 32768; first += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      x[At(lane * kSize + lane)] = static_cast<int16_t>(-(first + lane));
    }
    QuantizedForTest q(kLanes, kSize), expected(kLanes, kSize);
    const ProductScope scope(kernels().dense, kLanes);
    kernels().quantize({x.data(), kSize}, kLanes, kSize, 0, q.rows());
    scalar().quantize({x.data(), kSize}, kLanes, kSize, 0, expected.rows());
    ASSERT_EQ(q.Plain(kernels().dense.flip), expected.Plain(scalar().dense.flip)) << first;
  }
}

// For one mix and for three.
TEST_P(NetworkKernelsTest, ShiftQuantizeEqualsScalar) {
  Random random(6);
  const auto run = [](const NetworkKernels& by, const std::vector<int16_t>& now,
                      std::vector<int16_t> before, int lanes,
                      const std::vector<MixWeights>& mixes) {
    const int size = static_cast<int>(now.size()) / lanes;
    std::vector<QuantizedForTest> q(mixes.size(), QuantizedForTest(lanes, size));
    std::vector<QuantizedRows> out;
    for (QuantizedForTest& one : q) out.push_back(one.rows());
    std::vector<int16_t> scratch(At(size * kMostLanes) * mixes.size());
    const ProductScope scope(by.dense, lanes);
    by.shift_quantize({now.data(), size}, {before.data(), size}, mixes.data(),
                      static_cast<int>(mixes.size()), lanes, size, 3, scratch.data(), out.data());
    EXPECT_EQ(before, now);
    std::vector<int> all;
    for (const QuantizedForTest& one : q) {
      const std::vector<int> plain = one.Plain(by.dense.flip);
      all.insert(all.end(), plain.begin(), plain.end());
    }
    return all;
  };
  // Mixing weights of the usual size, of nearly any and of any.
  constexpr int kLeast[] = {-16383, -32767, -32768};
  for (const int size : kSizes) {
    for (int i = 0; i < 96; ++i) {
      const int lanes = kLaneCounts[i % 6];
      const int limit = (1 << (i / 6)) - 1;
      auto now = random.Vector<int16_t>(At(size * lanes), limit);
      auto before = random.Vector<int16_t>(now.size(), limit);
      const int least = kLeast[i / 2 % 3];
      std::vector<std::vector<int16_t>> weights;
      std::vector<MixWeights> mixes;
      for (int k = 0; k < kMaxMixes; ++k) {
        weights.push_back(random.Vector<int16_t>(At(size), std::min(-least, kInt16Limit)));
        weights.back()[At(size / 2)] = static_cast<int16_t>(least);
        now[At(size / 2)] = static_cast<int16_t>(-limit);
        before[At(size / 2)] = static_cast<int16_t>(limit);
        mixes.push_back({weights.back().data(), *std::ranges::min_element(weights.back())});
      }
      ASSERT_EQ(run(kernels(), now, before, lanes, mixes), run(scalar(), now, before, lanes, mixes))
          << size << ' ' << i;
      mixes.resize(1);
      ASSERT_EQ(run(kernels(), now, before, lanes, mixes), run(scalar(), now, before, lanes, mixes))
          << size << ' ' << i;
    }
  }
}

// Sums of `lanes` lanes whose shifts to the fraction 0 are `shift`, shift + 1 and so on, up to 31.
struct SumsForTest {
  SumsForTest(Random& random, int lanes, int size, int shift)
      : sums(random.Vector<int32_t>(At(lanes * size), 1 << (10 + random.Upto(8) + 8))),
        scales(random.Vector<int16_t>(At(size), kInt16Limit)),
        mantissa(kMostLanes),
        exponent(kMostLanes) {
    for (int16_t& scale : scales) scale = static_cast<int16_t>(scale < 0 ? -scale : scale);
    for (int lane = 0; lane < lanes; ++lane) {
      mantissa[At(lane)] = 8256 + (random.Upto(4259) + 4259 - 261);
      exponent[At(lane)] = 40 + std::min(shift + lane, 32);
    }
    view = {.sums = {sums.data(), size},
            .row_scale = scales.data(),
            .sum_shift = 8 + random.Upto(8),
            .input = {mantissa.data(), exponent.data()},
            .base_exponent = -40};
  }
  // Of numbers with so many fraction bits.
  ScaledSums WithFraction(int fraction) const {
    ScaledSums y = view;
    y.base_exponent += fraction;
    return y;
  }
  std::vector<int32_t> sums;
  std::vector<int16_t> scales;
  std::vector<int32_t> mantissa, exponent;
  ScaledSums view;
};

TEST_P(NetworkKernelsTest, ScaledSumsEqualScalar) {
  Random random(3);
  for (const int size : kSizes) {
    for (int shift = -17; shift <= 32; ++shift) {
      const int lanes = kLaneCounts[(shift + 17) % 6];
      const SumsForTest y(random, lanes, size, shift), other(random, lanes, size, shift);
      const auto bias = random.Vector<int16_t>(At(size), kInt16Limit);
      auto x = random.Vector<int32_t>(At(size * lanes), kResidualLimit), expected_x = x;
      const ProductScope scope(kernels().dense, lanes);
      kernels().add(y.WithFraction(kResidualFraction), lanes, size, {x.data(), size});
      scalar().add(y.WithFraction(kResidualFraction), lanes, size, {expected_x.data(), size});
      ASSERT_EQ(x, expected_x) << "add " << size << ' ' << shift;
      std::vector<uint16_t> scratch(At(size * kMostLanes));
      auto state = random.Vector<int32_t>(x.size(), kStateLimit), expected_state = state;
      const ScaledSums value = y.WithFraction(kStateFraction);
      const ScaledSums forget = other.WithFraction(kGateFraction);
      kernels().update_state(value, forget, bias.data(), lanes, size, scratch.data(),
                             {state.data(), size});
      scalar().update_state(value, forget, bias.data(), lanes, size, scratch.data(),
                            {expected_state.data(), size});
      ASSERT_EQ(state, expected_state) << "update_state " << size << ' ' << shift;
      for (const int32_t h : state) ASSERT_LE(h < 0 ? -h : h, kStateLimit);
      std::vector<int16_t> gate(x.size()), expected_gate(x.size());
      kernels().silu(y.WithFraction(kSiluFraction), lanes, size, scratch.data(),
                     {gate.data(), size});
      scalar().silu(y.WithFraction(kSiluFraction), lanes, size, scratch.data(),
                    {expected_gate.data(), size});
      ASSERT_EQ(gate, expected_gate) << "silu " << size << ' ' << shift;
      std::vector<int16_t> half(At(size * kMostLanes));
      QuantizedForTest q(lanes, size), expected(lanes, size);
      kernels().square_quantize(y.view, lanes, size, half.data(), q.rows());
      scalar().square_quantize(y.view, lanes, size, half.data(), expected.rows());
      ASSERT_EQ(q.Plain(0), expected.Plain(0)) << "square_quantize " << size << ' ' << shift;
    }
  }
}

TEST_P(NetworkKernelsTest, SquareQuantizeMayReplaceTheScalesOfItsInput) {
  constexpr int kLanes = 21, kSize = 64;
  Random random(8);
  SumsForTest y(random, kLanes, kSize, 3);
  std::vector<int16_t> scratch(kSize * kMostLanes);
  QuantizedForTest expected(kLanes, kSize);
  scalar().square_quantize(y.view, kLanes, kSize, scratch.data(), expected.rows());
  std::vector<uint8_t> q(expected.q.size());
  const ProductScope scope(kernels().dense, kLanes);
  kernels().square_quantize(y.view, kLanes, kSize, scratch.data(),
                            {{q.data(), kSize}, y.view.input});
  EXPECT_EQ(q, expected.q);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(y.mantissa[lane], expected.mantissa[lane]);
    EXPECT_EQ(y.exponent[lane], expected.exponent[lane]);
  }
}

TEST_P(NetworkKernelsTest, ByteWeightsEqualScalar) {
  Random random(4);
  for (int shift = 0; shift <= 31; ++shift) {
    const int lanes = kLaneCounts[shift % 6];
    const SumsForTest y(random, lanes, 256, shift);
    const auto bias = random.Vector<int32_t>(256, shift % 2 == 0 ? 1 << 24 : 3000);
    std::vector<int32_t> scratch(At(256 * kMostLanes));
    std::vector<uint32_t> weights(At(256 * lanes)), expected(weights.size());
    const ScaledSums logits = y.WithFraction(kLogitFraction);
    const ProductScope scope(kernels().dense, lanes);
    kernels().byte_weights(logits, bias.data(), lanes, scratch.data(), weights.data());
    scalar().byte_weights(logits, bias.data(), lanes, scratch.data(), expected.data());
    ASSERT_EQ(weights, expected) << shift;
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, NetworkKernelsTest, testing::ValuesIn(NetworkBuilds()),
                         BuildName());

}  // namespace
}  // namespace lmz
