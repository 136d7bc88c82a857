// The network's non-linear functions over their whole domains: against extended precision, and
// against the checksums that docs/spec/numerics.md prints.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "base/checksum.h"
#include "cpu/inverse_sqrt.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/tables.h"
#include "tests/paths.h"
#include "tests/reference/models/reference_glr.h"

namespace lmz {
namespace {

// XXH3-64 of the values as little-endian 32-bit numbers, in hexadecimal.
template <class Function>
std::string TableChecksum(int64_t first, int64_t last, Function function) {
  Bytes bytes;
  ByteWriter out(bytes);
  for (int64_t i = first; i <= last; ++i) out.U32(static_cast<uint32_t>(function(i)));
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(Checksum64(bytes)));
  return text;
}

bool SpecificationSays(const std::string& function, const std::string& checksum) {
  std::ifstream in(testing::SourcePath("docs/spec/numerics.md"));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return text.find("| " + function + " | `" + checksum + "` |") != std::string::npos;
}

TEST(NumericsTest, SigmoidIsCorrectlyRounded) {
  for (int z = -4095; z <= 4095; ++z) {
    ASSERT_EQ(kSigmoidTable[static_cast<size_t>(4096 + z)], ReferenceSigmoid(z)) << z;
  }
  const std::string checksum = TableChecksum(
      -4095, 4095, [](int64_t z) { return kSigmoidTable[static_cast<size_t>(4096 + z)]; });
  EXPECT_TRUE(SpecificationSays("Sigmoid", checksum)) << checksum;
}

TEST(NumericsTest, LookUpIsTheTable) {
  std::vector<uint16_t> numbers(8191);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<uint16_t>(i + 1);
  LookUpSigmoid(numbers.data(), static_cast<int>(numbers.size()));
  EXPECT_TRUE(std::equal(numbers.begin(), numbers.end(), kSigmoidTable.begin() + 1));
}

TEST(NumericsTest, Exp2IsCorrectlyRounded) {
  for (int i = 0; i < 1024; ++i) {
    ASSERT_EQ(kExp2Table[static_cast<size_t>(i)], ReferenceExp2(i)) << i;
  }
  const std::string checksum =
      TableChecksum(0, 1023, [](int64_t i) { return kExp2Table[static_cast<size_t>(i)]; });
  EXPECT_TRUE(SpecificationSays("Exp2", checksum)) << checksum;
}

TEST(NumericsTest, InverseSqrtIsTheFloorOverItsWholeDomain) {
  double largest_error = 0;
  for (uint32_t m = 1 << 14; m < 1 << 16; ++m) {
    const int64_t root = InverseSqrt(m);
    ASSERT_LE(root * root * m, int64_t{1} << 44) << m;
    if (root < 32767) {
      ASSERT_GT((root + 1) * (root + 1) * m, int64_t{1} << 44) << m;
    }
    const double exact = std::ldexp(1.0, 22) / std::sqrt(static_cast<double>(m));
    largest_error = std::max(largest_error, std::abs(exact - static_cast<double>(root)));
  }
  EXPECT_LE(largest_error, 1.0);
  const std::string checksum = TableChecksum(
      1 << 14, (1 << 16) - 1, [](int64_t m) { return InverseSqrt(static_cast<uint32_t>(m)); });
  EXPECT_TRUE(SpecificationSays("InverseSqrt", checksum)) << checksum;
}

// A quantised vector with its scale stands for the vector to within half a step of 1/126.
TEST(NumericsTest, QuantisedVectorsAreCloseToWhatTheyStandFor) {
  const NetworkKernels& kernels = PortableKernels(NetworkBuilds());
  for (int largest = 1; largest <= 32767; ++largest) {
    std::vector<int16_t> x(16);
    for (size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<int16_t>(largest * (static_cast<int>(i) - 8) / 8);
    }
    std::vector<uint8_t> q(x.size());
    int32_t mantissa = 0, exponent = 0;
    kernels.quantize({x.data(), 16}, 1, static_cast<int>(x.size()), 0,
                     {{q.data(), 16}, {&mantissa, &exponent}});
    const double step = std::ldexp(mantissa, -exponent);
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_LE(std::abs(static_cast<int8_t>(q[i])), 127);
      ASSERT_NEAR(static_cast<int8_t>(q[i]) * step, x[i], 0.51 * largest / 126.0) << largest;
    }
  }
}

// Norm against extended precision for inputs of very different sizes.
TEST(NumericsTest, NormIsCloseToARootMeanSquareNorm) {
  const NetworkKernels& kernels = PortableKernels(NetworkBuilds());
  std::mt19937 random(3);
  for (int bits = 3; bits <= 26; ++bits) {
    constexpr int kSize = 192;
    std::vector<int32_t> x(kSize);
    double squares = 0;
    for (int32_t& v : x) {
      v = static_cast<int32_t>(random() >> (32 - bits)) - (1 << (bits - 1));
      squares += static_cast<double>(v) * v;
    }
    const std::vector<int16_t> weights(kSize, 32767);
    std::vector<int16_t> out(kSize);
    kernels.normalize({x.data(), kSize}, 1, kSize, 0, weights.data(), {out.data(), kSize});
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_NEAR(out[i], x[i] / std::sqrt(squares) * 32767, 3.0) << bits;
    }
  }
}

}  // namespace
}  // namespace lmz
