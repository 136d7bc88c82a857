#include "codec/bytes/bytes.h"

#include <gtest/gtest.h>

#include "tests/codec_round_trip.h"
#include "tests/random.h"

namespace lmz {
namespace {

Bytes Grid(size_t row, size_t rows) {
  TestRandom random(2);
  Bytes bytes(row * rows);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const bool is_new = random.Next() % 8 == 0;
    const uint8_t above = i >= row ? bytes[i - row] : 0;
    const uint8_t left = i > 0 ? bytes[i - 1] : 0;
    bytes[i] = is_new ? static_cast<uint8_t>(random.Next() % 20) : i % 3 != 0 ? above : left;
  }
  return bytes;
}

Bytes Coded(const Bytes& raw, const BytesOptions& options) {
  return testing::RoundTrip(kBytesCodec, raw, options);
}

TEST(BytesRecords, RowsLongerThanTheDetectorFindsTakeLess) {
  const Bytes raw = Grid(3000, 20);
  const BytesOptions records = {.profile = Profile::kRecords, .shape = {.row = 3000, .plane = 2}};
  EXPECT_LT(Coded(raw, records).size(), Coded(raw, {.profile = Profile::kBinary}).size() * 9 / 10);
}

TEST(BytesRecords, AnyShapeComesBack) {
  const Bytes raw = Grid(50, 40);
  for (const RecordShape shape :
       {RecordShape{.row = 2, .unit = 1, .plane = 1}, RecordShape{.row = 9, .unit = 8, .plane = 3},
        RecordShape{.row = 50, .unit = 2, .plane = 100},
        RecordShape{.row = RecordShape::kMaxRow, .unit = 8, .plane = RecordShape::kMaxPlane}}) {
    Coded(raw, {.profile = Profile::kRecords, .shape = shape});
  }
}

TEST(BytesRecords, OtherShapesAreRefused) {
  const Bytes raw = Grid(50, 4);
  Bytes payload;
  for (const RecordShape shape :
       {RecordShape{}, RecordShape{.row = 1}, RecordShape{.row = 8, .unit = 8},
        RecordShape{.row = 20, .unit = 9}, RecordShape{.row = 20, .unit = 0},
        RecordShape{.row = 20, .plane = 0}, RecordShape{.row = RecordShape::kMaxRow + 1},
        RecordShape{.row = 20, .plane = RecordShape::kMaxPlane + 1}}) {
    const BytesOptions options = {.profile = Profile::kRecords, .shape = shape};
    EXPECT_EQ(EncodeBytes(raw, options, {}, payload).status().code(), Code::kInvalidArgument);
  }
  Bytes back(raw.size());
  payload = Coded(raw, {.profile = Profile::kRecords, .shape = {.row = 50}});
  const auto error = [&](size_t at, uint8_t byte) {
    Bytes damaged = payload;
    damaged[at] = byte;
    return DecodeBytes(damaged, {}, back).status().code();
  };
  EXPECT_EQ(error(0, 3), Code::kNewerVersion);
  EXPECT_EQ(error(1, 1), Code::kDamaged);
  EXPECT_EQ(error(2, 50), Code::kDamaged);
  EXPECT_EQ(error(3, 0), Code::kDamaged);
  EXPECT_EQ(DecodeBytes(ByteSpan(payload).first(2), {}, back).status().code(), Code::kTruncated);
  EXPECT_EQ(DecodeBytes({}, {}, back).status().code(), Code::kTruncated);
}

}  // namespace
}  // namespace lmz
