// Small records: any bytes as a record come back, any bytes as a code are refused or give a record
// that fits, and a damaged code never harms the coder, which the next record shows.
#include "records/records.h"

#include "tests/fuzz/fuzz.h"
#include "tests/tiny_model.h"

namespace lmz::fuzz {

namespace {

constexpr size_t kMostCoded = 2048;  // bytes; more takes time and finds nothing new

RecordCoder MakeCoder(bool has_model, bool has_sample) {
  constexpr std::string_view kSample = R"({"id": 17, "name": "first", "tags": ["red", "small"]})";
  const ByteSpan sample(reinterpret_cast<const uint8_t*>(kSample.data()),
                        has_sample ? kSample.size() : 0);
  return RecordCoder::Make(has_model ? testing::TinyModel() : nullptr, sample).value();
}

RecordCoder& CoderNumber(uint64_t number) {
  static std::array<RecordCoder, 4> coders = {MakeCoder(false, false), MakeCoder(false, true),
                                              MakeCoder(true, false), MakeCoder(true, true)};
  return coders[number];
}

Bytes Encode(RecordCoder& coder, ByteSpan record) {
  Bytes code(record.size() + RecordCoder::kFraming);
  const Result<size_t> size = coder.Encode(record, code);
  LMZ_REQUIRE(size.ok() && size.value() <= code.size());
  code.resize(size.value());
  return code;
}

void RequireRecord(RecordCoder& coder, ByteSpan code, ByteSpan record) {
  Bytes restored(record.size());
  const Result<size_t> size = coder.Decode(code, restored);
  LMZ_REQUIRE(size.ok() && size.value() == record.size());
  LMZ_REQUIRE(std::equal(record.begin(), record.end(), restored.begin()));
}

// Nothing is written behind `room` bytes, whatever the code says; nothing at all when it fails.
void DecodeAnything(RecordCoder& coder, ByteSpan code, size_t room) {
  constexpr uint8_t kUntouched = 0xA5;
  Bytes record(room + 1, kUntouched);
  const Result<size_t> size = coder.Decode(code, MutableByteSpan(record).first(room));
  if (size.ok()) {
    LMZ_REQUIRE(size.value() <= room);
  } else {
    const Code reason = size.status().code();
    LMZ_REQUIRE(reason == Code::kDamaged || reason == Code::kTruncated || reason == Code::kLimit);
  }
  const size_t written = size.ok() ? size.value() : 0;
  for (size_t i = written; i < record.size(); ++i) LMZ_REQUIRE(record[i] == kUntouched);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Choices choices(input);
  RecordCoder& coder = CoderNumber(choices.Below(4));
  const uint64_t place = choices.Number(2);
  const auto change = static_cast<uint8_t>(choices.Number(1));
  const size_t room = static_cast<size_t>(choices.Number(2) % (RecordCoder::kMaxRecordSize + 1));
  const ByteSpan rest = choices.rest();
  const ByteSpan record = rest.first(std::min(rest.size(), kMostCoded));

  const Bytes code = Encode(coder, record);
  DecodeAnything(coder, rest, room);
  Bytes damaged = code;
  damaged[place % damaged.size()] ^= change;
  DecodeAnything(coder, damaged, room);
  DecodeAnything(coder, ByteSpan(code).first(place % code.size()), record.size());
  RequireRecord(coder, code, record);
}

}  // namespace lmz::fuzz
