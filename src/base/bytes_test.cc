#include "base/bytes.h"

#include <gtest/gtest.h>

namespace lmz {
namespace {

TEST(Bytes, VarintRoundTripsAtEveryLengthBoundary) {
  for (int bit = 0; bit < 64; ++bit) {
    for (const uint64_t v : {(uint64_t{1} << bit) - 1, uint64_t{1} << bit}) {
      Bytes out;
      ByteWriter(out).Varint(v);
      ByteReader reader(out);
      const Result<uint64_t> back = reader.Varint();
      ASSERT_TRUE(back.ok());
      EXPECT_EQ(back.value(), v);
      EXPECT_EQ(reader.remaining(), 0u);
      for (size_t cut = 0; cut < out.size(); ++cut) {
        ByteReader shorter(ByteSpan(out).first(cut));
        EXPECT_EQ(shorter.Varint().status().code(), Code::kTruncated);
        EXPECT_EQ(shorter.position(), 0u);
      }
    }
  }
}

TEST(Bytes, VarintHasOneSpelling) {
  const Bytes padded = {0x81, 0x00};
  EXPECT_EQ(ByteReader(padded).Varint().status().code(), Code::kDamaged);
  const Bytes above_64_bits = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
  EXPECT_EQ(ByteReader(above_64_bits).Varint().status().code(), Code::kDamaged);
  const Bytes zero = {0x00};
  EXPECT_EQ(ByteReader(zero).Varint().value(), 0u);
}

TEST(Bytes, NumbersAreLittleEndian) {
  Bytes out;
  ByteWriter writer(out);
  writer.U32(0x04030201);
  writer.U64(0x0807060504030201);
  const Bytes expected = {1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(out, expected);
  ByteReader reader(out);
  EXPECT_EQ(reader.U32().value(), 0x04030201u);
  EXPECT_EQ(reader.U64().value(), 0x0807060504030201u);
  EXPECT_EQ(reader.U8().status().code(), Code::kTruncated);
}

// Where addresses have 32 bits, these sizes are 1 byte and none.
TEST(Bytes, SizesBeyondAllAddressesAreNotCutOff) {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes);
  for (const uint64_t size : {(uint64_t{1} << 32) + 1, uint64_t{1} << 63}) {
    EXPECT_EQ(reader.Take(size).status().code(), Code::kTruncated);
    EXPECT_EQ(reader.position(), 0u);
  }
  EXPECT_EQ(reader.Take(3).value().size(), 3u);
}

}  // namespace
}  // namespace lmz
