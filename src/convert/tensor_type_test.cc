// Each number format of tensors: known blocks, and what is refused. All bit patterns are compared
// with a second implementation by tests/convert/convert_check.py.
#include "convert/tensor_type.h"

#include <gtest/gtest.h>

#include <map>

#include "convert/number.h"

namespace lmz::convert {
namespace {

constexpr int64_t kOne = int64_t{1} << 24;  // 1 in units of 2^-24
constexpr uint8_t kHalfOne[] = {0x00, 0x3C}, kHalfMinusTwo[] = {0x00, 0xC0};

// A block of `size` bytes that begins with `begin`.
Bytes Block(size_t size, std::initializer_list<uint8_t> begin, uint8_t fill = 0) {
  Bytes block(begin);
  block.resize(size, fill);
  return block;
}

NumberRow Decoded(uint32_t number, ByteSpan block) {
  const TensorType* type = FindTensorType(number);
  NumberRow row;
  row.resize(type->block_elements);
  EXPECT_EQ(block.size(), type->block_size) << type->name;
  EXPECT_TRUE(DecodeRow(*type, block, row)) << type->name;
  return row;
}

TEST(TensorType, SinglesAreExact) {
  const NumberRow row = Decoded(0, Bytes{0x01, 0x00, 0x80, 0xBF});
  EXPECT_EQ(row.mantissa[0], -0x800001);
  EXPECT_EQ(row.exponent[0], -23);
  const NumberRow smallest = Decoded(0, Bytes{1, 0, 0, 0});
  EXPECT_EQ(smallest.mantissa[0], 1);
  EXPECT_EQ(smallest.exponent[0], -149);
  const NumberRow brain = Decoded(30, Bytes{0x80, 0x3F});
  EXPECT_EQ(brain.mantissa[0], 0x800000);
  EXPECT_EQ(brain.exponent[0], -23);
}

TEST(TensorType, HalvesAreExact) {
  const std::map<uint16_t, int64_t> halves = {{0x0001, 1},         {0x03FF, 1023},
                                              {0x0400, 1024},      {0x3C00, kOne},
                                              {0xC000, -2 * kOne}, {0x7BFF, 65504 * kOne}};
  for (const auto& [bits, value] : halves) {
    const Bytes raw = {static_cast<uint8_t>(bits), static_cast<uint8_t>(bits >> 8)};
    EXPECT_EQ(Decoded(1, raw).mantissa[0], value) << bits;
  }
}

TEST(TensorType, BlocksOf32) {
  // Low halves are the first 16 elements.
  const Bytes q4_0 = Block(18, {kHalfOne[0], kHalfOne[1], 0x9F});
  EXPECT_EQ(Decoded(2, q4_0).mantissa[0], 7 * kOne);
  EXPECT_EQ(Decoded(2, q4_0).mantissa[16], kOne);
  EXPECT_EQ(Decoded(2, q4_0).mantissa[1], -8 * kOne);
  const Bytes q4_1 =
      Block(20, {kHalfOne[0], kHalfOne[1], kHalfMinusTwo[0], kHalfMinusTwo[1], 0x9F});
  EXPECT_EQ(Decoded(3, q4_1).mantissa[0], 13 * kOne);
  EXPECT_EQ(Decoded(3, q4_1).mantissa[16], 7 * kOne);
  const Bytes q5_0 = Block(22, {kHalfOne[0], kHalfOne[1], 1, 0, 1, 0, 0x9F});
  EXPECT_EQ(Decoded(6, q5_0).mantissa[0], 15 * kOne);
  EXPECT_EQ(Decoded(6, q5_0).mantissa[16], 9 * kOne);
  EXPECT_EQ(Decoded(6, q5_0).mantissa[2], -16 * kOne);
  const Bytes q5_1 =
      Block(24, {kHalfOne[0], kHalfOne[1], kHalfMinusTwo[0], kHalfMinusTwo[1], 1, 0, 0, 0, 0x9F});
  EXPECT_EQ(Decoded(7, q5_1).mantissa[0], 29 * kOne);
  EXPECT_EQ(Decoded(7, q5_1).mantissa[16], 7 * kOne);
  const Bytes q8_0 = Block(34, {kHalfMinusTwo[0], kHalfMinusTwo[1], 0x80, 0x7F});
  EXPECT_EQ(Decoded(8, q8_0).mantissa[0], 256 * kOne);
  EXPECT_EQ(Decoded(8, q8_0).mantissa[1], -254 * kOne);
}

TEST(TensorType, LargestMagnitudesHaveLessThan54Bits) {
  for (const uint32_t number : {2u, 3u, 6u, 7u, 8u, 12u, 13u, 14u}) {
    for (const uint8_t fill : {uint8_t{0x00}, uint8_t{0x80}, uint8_t{0xFF}}) {
      Bytes block = Block(FindTensorType(number)->block_size, {}, fill);
      for (const size_t at : {size_t{0}, size_t{2}, block.size() - 2}) {
        block[at] = 0xFF;
        block[at + 1] = 0xFB;
      }
      const NumberRow row = Decoded(number, block);
      for (const int64_t mantissa : row.mantissa) EXPECT_LT(Magnitude(mantissa), 1ull << 53);
    }
  }
}

TEST(TensorType, NumbersThatAreNotFiniteAreRefused) {
  const auto is_finite = [](uint32_t number, ByteSpan block) {
    NumberRow row;
    row.resize(FindTensorType(number)->block_elements);
    return DecodeRow(*FindTensorType(number), block, row);
  };
  EXPECT_FALSE(is_finite(0, Bytes{0x00, 0x00, 0x80, 0x7F}));
  EXPECT_FALSE(is_finite(1, Bytes{0x00, 0xFC}));
  EXPECT_FALSE(is_finite(30, Bytes{0xC0, 0x7F}));
  for (const uint32_t number : {2u, 3u, 6u, 7u, 8u, 12u, 13u}) {
    EXPECT_FALSE(is_finite(number, Block(FindTensorType(number)->block_size, {0x00, 0x7C})));
  }
  Bytes q6_k(210);
  q6_k[209] = 0x7C;
  EXPECT_FALSE(is_finite(14, q6_k));
}

TEST(TensorType, OthersHaveTheNamesOfGgml) {
  EXPECT_EQ(FindTensorType(10), nullptr);
  EXPECT_EQ(TensorTypeName(10), "Q2_K");
  EXPECT_EQ(TensorTypeName(23), "IQ4_XS");
  EXPECT_EQ(TensorTypeName(39), "MXFP4");
  EXPECT_EQ(TensorTypeName(4), "number 4");
  EXPECT_EQ(TensorTypeName(4000000000), "number 4000000000");
}

}  // namespace
}  // namespace lmz::convert
