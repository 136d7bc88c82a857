#include "records/records.h"

#include <gtest/gtest.h>

#include "tests/follower_model.h"
#include "tests/random.h"
#include "tests/replaced_new.h"
#include "tests/tiny_model.h"

namespace {
size_t allocations = 0;
}

void* lmz::testing::Allocate(size_t size, size_t alignment) {
  ++allocations;
  return TakeMemory(size, alignment);
}

namespace lmz {
namespace {

Bytes Record(int number) {
  return ToBytes("{\"id\": " + std::to_string(number * 7919) + ", \"name\": \"user" +
                 std::to_string(number % 37) + "\", \"active\": true, \"tags\": [\"a\", \"b\"]}\n");
}

Bytes Sample() {
  Bytes sample;
  for (int i = 0; i < 50; ++i) {
    const Bytes record = Record(i);
    sample.insert(sample.end(), record.begin(), record.end());
  }
  return sample;
}

RecordCoder MakeCoder(bool has_model, ByteSpan sample) {
  return RecordCoder::Make(has_model ? testing::TinyModel() : nullptr, sample).value();
}

TEST(RecordCoder, RecordsComeBackInAnyOrder) {
  for (const bool has_model : {false, true}) {
    RecordCoder encoder = MakeCoder(has_model, Sample());
    RecordCoder decoder = MakeCoder(has_model, Sample());
    std::vector<Bytes> codes;
    for (int i = 0; i < 20; ++i) {
      const Bytes record = Record(100 + i);
      Bytes code(record.size() + RecordCoder::kFraming);
      code.resize(encoder.Encode(record, code).value());
      EXPECT_LT(code.size(), record.size() / 2);
      codes.push_back(code);
    }
    for (int i = 19; i >= 0; --i) {
      Bytes record(RecordCoder::kMaxRecordSize);
      record.resize(decoder.Decode(codes[static_cast<size_t>(i)], record).value());
      EXPECT_EQ(record, Record(100 + i));
    }
  }
}

TEST(RecordCoder, TakesAnyKindOfPredictor) {
  RecordCoder encoder = RecordCoder::Make(testing::Follower(), Sample()).value();
  RecordCoder decoder = RecordCoder::Make(testing::Follower(), Sample()).value();
  RecordCoder alone = MakeCoder(false, Sample());
  for (int i = 0; i < 20; ++i) {
    const Bytes record = Record(100 + i);
    Bytes code(record.size() + RecordCoder::kFraming), other = code;
    code.resize(encoder.Encode(record, code).value());
    other.resize(alone.Encode(record, other).value());
    EXPECT_NE(code, other);  // its opinion counts
    Bytes back(RecordCoder::kMaxRecordSize);
    back.resize(decoder.Decode(code, back).value());
    EXPECT_EQ(back, record);
  }
}

TEST(RecordCoder, AnySizeWithinFourBytes) {
  TestRandom random(3);
  RecordCoder coder = MakeCoder(false, {});
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{127}, size_t{128}, RecordCoder::kMaxRecordSize}) {
    const Bytes record = random.Random(size);
    Bytes code(size + RecordCoder::kFraming);
    code.resize(coder.Encode(record, code).value());
    EXPECT_LE(code.size(), size + RecordCoder::kFraming);
    Bytes back(size);
    EXPECT_EQ(coder.Decode(code, back).value(), size);
    EXPECT_EQ(back, record);
  }
  Bytes code(RecordCoder::kMaxRecordSize + 100);
  EXPECT_EQ(coder.Encode(Bytes(RecordCoder::kMaxRecordSize + 1), code).status().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(coder.Encode(Bytes(10), MutableByteSpan(code).first(13)).status().code(),
            Code::kInvalidArgument);
}

TEST(RecordCoder, AllocatesNothing) {
  RecordCoder coder = MakeCoder(true, Sample());
  const Bytes record = Record(7);
  Bytes code(record.size() + RecordCoder::kFraming);
  Bytes back(record.size());
  const size_t before = allocations;
  for (int i = 0; i < 3; ++i) {
    const size_t size = coder.Encode(record, code).value();
    EXPECT_EQ(coder.Decode(ByteSpan(code).first(size), back).value(), record.size());
  }
  EXPECT_EQ(allocations, before);
}

TEST(RecordCoder, DamageAndOtherSamplesAreRefused) {
  RecordCoder coder = MakeCoder(true, Sample());
  RecordCoder other = MakeCoder(true, {});
  const Bytes record = Record(5);
  Bytes code(record.size() + RecordCoder::kFraming);
  code.resize(coder.Encode(record, code).value());
  Bytes back(RecordCoder::kMaxRecordSize);
  EXPECT_FALSE(other.Decode(code, back).ok());
  EXPECT_EQ(coder.Decode({}, back).status().code(), Code::kTruncated);
  EXPECT_EQ(coder.Decode(code, MutableByteSpan(back).first(3)).status().code(), Code::kLimit);
  for (size_t cut = 0; cut < code.size(); ++cut) {
    const Result<size_t> size = coder.Decode(ByteSpan(code).first(cut), back);
    EXPECT_FALSE(size.ok()) << cut;
  }
  for (size_t bit = 0; bit < 8 * code.size(); ++bit) {
    Bytes changed = code;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const Result<size_t> size = coder.Decode(changed, back);
    EXPECT_FALSE(size.ok() && Bytes(back.begin(), back.begin() + static_cast<std::ptrdiff_t>(
                                                                     size.value())) != record)
        << bit;
  }
}

TEST(RecordCoder, SaysWhetherACodeIsTooShortOrTooLong) {
  RecordCoder coder = MakeCoder(true, Sample());
  Bytes record;
  for (int i = 0; record.size() < 3000; ++i) AppendTo(record, Record(i));
  Bytes code(record.size() + RecordCoder::kFraming);
  code.resize(coder.Encode(record, code).value());
  ASSERT_LT(code.size() + 20, record.size());
  Bytes back(record.size());
  EXPECT_TRUE(coder.Decode(code, back).ok());
  const ByteSpan half = ByteSpan(code).first(code.size() / 2);
  EXPECT_EQ(coder.Decode(half, back).status().code(), Code::kTruncated);
  code.resize(code.size() + 7);  // up to six are within the decoder's look-ahead
  const Status status = coder.Decode(code, back).status();
  EXPECT_EQ(status.code(), Code::kDamaged);
  EXPECT_EQ(status.message(), "the record's code is too long");
}

}  // namespace
}  // namespace lmz
