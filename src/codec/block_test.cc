#include "codec/block.h"

#include <gtest/gtest.h>

#include "base/checksum.h"
#include "tests/choices.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using testing::AllChoices;
using testing::ChoiceName;
using testing::Generator;
using testing::kGenerators;

TEST(Block, HeadersOfTheEncoderAreValid) {
  for (const BlockChoice& choice : AllChoices()) {
    for (const Generator& generator : kGenerators) {
      for (const size_t size : {1u, 3u, 64u, 1000u, 20000u}) {
        if (size > 1000 && generator.make != testing::MakeWords) continue;  // for its time
        const Bytes raw = generator.make(size);
        Bytes payload = {1, 2, 3};  // is replaced
        const Result<BlockHeader> header = EncodeBlock(raw, choice, payload);
        ASSERT_TRUE(header.ok()) << header.status().message();
        EXPECT_EQ(header.value().raw_size, size);
        EXPECT_EQ(header.value().payload_size, payload.size());
        EXPECT_EQ(header.value().checksum, Checksum64(raw));
        EXPECT_LE(payload.size(), size) << "never longer than stored";
        EXPECT_TRUE(ValidateBlockHeader(header.value()).ok());
        if (payload.size() == size) {
          EXPECT_EQ(header.value().codec, kStoredCodec.id);
          EXPECT_EQ(header.value().filters, 0);
        }
        if (header.value().codec == kStoredCodec.id) {
          EXPECT_EQ(header.value().fingerprint, 0u);
        }

        Bytes back(size);
        const Status status = DecodeBlock(header.value(), payload, back, testing::WithTinyModels());
        ASSERT_TRUE(status.ok()) << status.message();
        ASSERT_EQ(back, raw) << ChoiceName(choice) << " " << generator.name << " " << size;
      }
    }
  }
}

TEST(Block, ImpossibleChoicesAndSizesAreRefused) {
  const Bytes raw = testing::MakeRamp(10);
  Bytes payload;
  EXPECT_EQ(EncodeBlock({}, {.options = StoredOptions{}}, payload).status().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(
      EncodeBlock(raw, {.options = StoredOptions{}, .filters = 0x80}, payload).status().code(),
      Code::kInvalidArgument);
}

// The fingerprint agrees, and so do the raw bytes: only what was not read tells.
TEST(Block, SuperfluousBytesAreRefused) {
  const Bytes raw = testing::MakeWords(3000);
  for (const BlockChoice& choice : AllChoices()) {
    Bytes payload;
    const Result<BlockHeader> coded = EncodeBlock(raw, choice, payload);
    ASSERT_TRUE(coded.ok());
    BlockHeader header = coded.value();
    if (header.codec == kStoredCodec.id) continue;
    payload.resize(payload.size() + 7);  // up to six are within the decoder's look-ahead
    header.payload_size = payload.size();
    Bytes back(raw.size());
    EXPECT_EQ(DecodeBlock(header, payload, back, testing::WithTinyModels()).code(), Code::kDamaged)
        << ChoiceName(choice);
  }
}

// A decoder's memory follows from the header, whatever the payload asks for.
TEST(Block, FiltersGrowNoMoreThanTheyMay) {
  const auto message_of = [](uint8_t filters, uint64_t raw_size, uint64_t filtered_size) {
    Bytes payload;
    ByteWriter(payload).Varint(filtered_size);
    payload.resize(40, 0x55);
    BlockHeader header;
    header.codec = kBytesCodec.id;
    header.filters = filters;
    header.raw_size = raw_size;
    header.payload_size = payload.size();
    Bytes back(raw_size);
    return DecodeBlock(header, payload, back, testing::WithTinyModels()).message();
  };
  const std::string impossible = "the size before the filters is impossible";
  const auto both = static_cast<uint8_t>(kFilterRepeat | kFilterCharset);
  for (const auto& [filters, most] : {std::pair<uint8_t, uint64_t>{kFilterRepeat, 1000 + 64},
                                      {kFilterX86, 1000 + 64},
                                      {kFilterCharset, 2 * 1000 + 64},
                                      {both, 2 * 1000 + 64}}) {
    EXPECT_EQ(message_of(filters, 1000, most + 1), impossible) << int{filters};
    EXPECT_NE(message_of(filters, 1000, most), impossible) << int{filters};
    EXPECT_EQ(message_of(filters, 1000, 0), impossible) << int{filters};
  }
}

TEST(Block, HeadersThatNoEncoderWritesAreRefused) {
  const auto code_of = [](CodecId codec, uint8_t filters, uint64_t raw_size,
                          uint64_t payload_size) {
    BlockHeader header;
    header.codec = codec;
    header.filters = filters;
    header.raw_size = raw_size;
    header.payload_size = payload_size;
    return ValidateBlockHeader(header).code();
  };
  EXPECT_EQ(code_of(kStoredCodec.id, 0, 1, 1), Code::kOk);
  EXPECT_EQ(code_of(kStoredCodec.id, 0, kMaxBlockRawSize, kMaxBlockRawSize), Code::kOk);
  EXPECT_EQ(code_of(kStoredCodec.id, 0, kMaxBlockRawSize + 1, kMaxBlockRawSize + 1),
            Code::kDamaged);
  EXPECT_EQ(code_of(kStoredCodec.id, 0, 0, 0), Code::kDamaged);
  EXPECT_EQ(code_of(kStoredCodec.id, 0, 10, 9), Code::kDamaged);
  EXPECT_EQ(code_of(kStoredCodec.id, 0, 10, 11), Code::kDamaged);
  EXPECT_EQ(code_of(kStoredCodec.id, 0, UINT64_MAX, UINT64_MAX), Code::kDamaged);
  EXPECT_EQ(code_of(static_cast<CodecId>(200), 0, 10, 5), Code::kNewerVersion);
  EXPECT_EQ(code_of(kStoredCodec.id, 0x80, 10, 5), Code::kNewerVersion);
  for (const AnyCodec& codec : AllCodecs()) {
    if (codec.id == kStoredCodec.id) continue;
    EXPECT_EQ(code_of(codec.id, 0, 10, 9), Code::kOk);
    EXPECT_EQ(code_of(codec.id, 0, 10, 10), Code::kDamaged);
    EXPECT_EQ(code_of(codec.id, 0, codec.max_raw_size(1) + 1, 1), Code::kDamaged) << codec.name;
    for (const FilterRow& filter : AllFilters()) {
      EXPECT_EQ(code_of(codec.id, filter.bit, kMaxBlockRawSize, 1), Code::kOk);
      EXPECT_EQ(code_of(codec.id, filter.bit, kMaxBlockRawSize + 1, 1), Code::kDamaged);
    }
  }
}

TEST(Block, DesyncAndDamageAreToldApart) {
  for (const BlockChoice& choice : AllChoices()) {
    const Bytes raw = testing::MakeWords(1000);
    Bytes payload;
    Result<BlockHeader> encoded = EncodeBlock(raw, choice, payload);
    ASSERT_TRUE(encoded.ok());
    Bytes back(raw.size());
    BlockHeader header = encoded.value();
    header.checksum ^= 1;
    Status status = DecodeBlock(header, payload, back, testing::WithTinyModels());
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_NE(status.message().find("checksum"), std::string::npos);
    header.fingerprint ^= 1;
    status = DecodeBlock(header, payload, back, testing::WithTinyModels());
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_NE(status.message().find("decoder state mismatch"), std::string::npos);
  }
}

TEST(Block, FilteredPayloadsWithImpossibleSizesAreRefused) {
  for (const FilterRow& filter : AllFilters()) {
    for (const uint64_t filtered_size :
         {uint64_t{0}, uint64_t{9}, uint64_t{1000} + 65, kMaxBlockRawSize, UINT64_MAX}) {
      Bytes payload;
      ByteWriter(payload).Varint(filtered_size);
      payload.resize(payload.size() + 8);
      BlockHeader header;
      header.filters = filter.bit;
      header.raw_size = 1000;
      header.payload_size = payload.size();
      Bytes raw(header.raw_size);
      EXPECT_EQ(DecodeBlock(header, payload, raw).code(), Code::kDamaged)
          << filter.name << " " << filtered_size;
    }
  }
}

// Before any of it is decoded, which ends as truncated.
TEST(Block, ACodeCannotStandForMoreFilteredBytesThanItsCodecAllows) {
  const Bytes code(8, 0xFF);
  const uint64_t most = kBytesCodec.max_raw_size(code.size());
  for (const uint64_t filtered_size : {most, most + 1}) {
    Bytes payload;
    ByteWriter(payload).Varint(filtered_size);
    AppendTo(payload, code);
    payload[payload.size() - code.size()] = 0;  // a profile
    BlockHeader header = {.codec = kBytesCodec.id, .filters = kFilterRepeat};
    header.raw_size = most + 1000;
    header.payload_size = payload.size();
    Bytes raw(static_cast<size_t>(header.raw_size));
    EXPECT_EQ(DecodeBlock(header, payload, raw).code(),
              filtered_size == most ? Code::kTruncated : Code::kDamaged);
  }
}

// The charset filter may double a block, the others only add their headers.
TEST(Block, FilteredSizesAreBoundedByTheirFilters) {
  constexpr uint64_t kSize = 1000;
  for (const auto& [filters, bound] : {std::pair{kFilterRepeat, kSize + 64},
                                       {kFilterX86, kSize + 64},
                                       {kFilterCharset, 2 * kSize + 64}}) {
    for (const uint64_t filtered_size : {bound, bound + 1}) {
      Bytes payload;
      ByteWriter(payload).Varint(filtered_size);
      payload.resize(payload.size() + 8);
      const BlockHeader header = {.codec = kBytesCodec.id,
                                  .filters = filters,
                                  .raw_size = kSize,
                                  .payload_size = payload.size()};
      Bytes raw(kSize);
      const Status status = DecodeBlock(header, payload, raw);
      EXPECT_EQ(status.code(), Code::kDamaged);
      const bool is_impossible = status.message().find("is impossible") != std::string::npos;
      EXPECT_EQ(is_impossible, filtered_size > bound) << int{filters};
    }
  }
}

TEST(Block, RegistriesHaveNumbersOfTheirOwn) {
  for (const AnyCodec& codec : AllCodecs()) {
    EXPECT_LT(static_cast<int>(codec.id), 16) << "a compact frame has four bits for it";
    EXPECT_EQ(FindCodec(codec.id), &codec);
  }
  uint8_t seen = 0;
  for (const FilterRow& filter : AllFilters()) {
    EXPECT_EQ(filter.bit & (filter.bit - 1), 0) << filter.name;
    EXPECT_EQ(filter.bit & seen, 0) << filter.name;
    EXPECT_LT(filter.bit, 16) << "a compact frame has four bits for them";
    seen |= filter.bit;
  }
}

}  // namespace
}  // namespace lmz
