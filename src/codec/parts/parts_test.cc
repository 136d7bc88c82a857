#include "codec/parts/parts.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/block.h"
#include "tests/random.h"
#include "tests/tiny_model.h"

namespace lmz {
namespace {

// A small grey picture, text and noise, one after the other.
struct Mixed {
  Bytes raw;
  std::vector<Part> parts;

  Mixed() {
    TestRandom random(3);
    raw = ToBytes("P5\n40 60\n255\n");
    for (unsigned i = 0; i < 2400; ++i) {
      raw.push_back(static_cast<uint8_t>(i / 20 + random.Below(3)));
    }
    const size_t picture = raw.size();
    for (int i = 0; i < 150; ++i) {
      for (const char c : std::string("line ") + std::to_string(i) + "\n") {
        raw.push_back(static_cast<uint8_t>(c));
      }
    }
    const size_t text = raw.size() - picture;
    for (int i = 0; i < 300; ++i) raw.push_back(static_cast<uint8_t>(random.Below(256)));
    parts = {{.size = picture, .options = ImageOptions{}},
             {.size = text, .options = TextOptions{.model = testing::TinyModel().get()}},
             {.size = 300, .options = StoredOptions{}}};
  }
};

TEST(Parts, EachIsCodedByItsCodec) {
  const Mixed mixed;
  Bytes payload;
  const Result<uint32_t> fingerprint = EncodeParts(mixed.raw, {mixed.parts}, {}, payload);
  ASSERT_TRUE(fingerprint.ok()) << fingerprint.status().message();
  Bytes alone;
  uint32_t fingerprints = 0;
  size_t done = 0;
  for (const Part& part : mixed.parts) {
    Bytes code;
    const ByteSpan bytes = ByteSpan(mixed.raw).subspan(done, static_cast<size_t>(part.size));
    const CodecOptions options =
        std::visit([](const auto& o) { return CodecOptions(o); }, part.options);
    const Result<uint32_t> one = CodecOf(options).encode(bytes, options, {}, code);
    ASSERT_TRUE(one.ok());
    fingerprints ^= one.value();
    AppendPart(CodecOf(options).id, part.size, code, alone);
    done += part.size;
  }
  EXPECT_EQ(payload, alone);
  EXPECT_EQ(fingerprint.value(), fingerprints);

  ModelLibrary models;
  models.Add(testing::TinyModel());
  const BlockResources resources = {.models = &models};
  Bytes decoded(mixed.raw.size());
  const Result<uint32_t> back = DecodeParts(payload, resources, decoded);
  ASSERT_TRUE(back.ok()) << back.status().message();
  EXPECT_EQ(decoded, mixed.raw);
  EXPECT_EQ(back.value(), fingerprints);
  EXPECT_GT(DecodeMemoryOfParts(payload, mixed.raw.size(), resources), 0u) << "of the model";
}

TEST(Parts, MustBeTheWholeBlock) {
  const Mixed mixed;
  Bytes payload;
  for (const int64_t change : {-1, 1}) {
    std::vector<Part> parts = mixed.parts;
    parts.back().size += static_cast<uint64_t>(change);
    EXPECT_EQ(EncodeParts(mixed.raw, {parts}, {}, payload).status().code(), Code::kInvalidArgument);
  }
  std::vector<Part> empty = mixed.parts;
  empty.push_back({.size = 0, .options = StoredOptions{}});
  EXPECT_EQ(EncodeParts(mixed.raw, {empty}, {}, payload).status().code(), Code::kInvalidArgument);
}

Code CodeOfDecoding(const Bytes& payload, size_t size) {
  Bytes raw(size);
  return DecodeParts(payload, {}, raw).status().code();
}

TEST(Parts, BrokenRulesAreFound) {
  const Bytes whole = {0, 2, 2, 'a', 'b', 0, 1, 1, 'c'};
  EXPECT_EQ(CodeOfDecoding(whole, 3), Code::kOk);
  EXPECT_EQ(CodeOfDecoding(whole, 2), Code::kDamaged) << "left over";
  EXPECT_EQ(CodeOfDecoding(whole, 4), Code::kTruncated) << "a part is missing";
  EXPECT_EQ(CodeOfDecoding({0, 2, 2, 'a'}, 2), Code::kTruncated);
  EXPECT_EQ(CodeOfDecoding({0, 3, 3, 'a', 'b', 'c'}, 2), Code::kDamaged) << "a part is too long";
  EXPECT_EQ(CodeOfDecoding({0, 0, 0}, 2), Code::kDamaged) << "an empty part";
  EXPECT_EQ(CodeOfDecoding({0, 2, 1, 'a'}, 2), Code::kDamaged) << "stored, of another size";
  EXPECT_EQ(CodeOfDecoding({6, 2, 3, 0, 1, 1}, 2), Code::kNewerVersion) << "parts of parts";
  EXPECT_EQ(CodeOfDecoding({100, 0}, 2), Code::kNewerVersion) << "before the size";
}

TEST(Parts, StandForNoMoreThanTheBoundSays) {
  EXPECT_EQ(MaxRawSizeOfParts(0), 8u * 11'648'000);
  EXPECT_EQ(MaxRawSizeOfParts(7), 15u * 11'648'000 + 2u * 93'184'000);
}

}  // namespace
}  // namespace lmz
