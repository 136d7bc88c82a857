#include "codec/token/token.h"

#include <gtest/gtest.h>

#include <numeric>

#include "codec/block.h"
#include "tests/corpora.h"
#include "tests/follower_model.h"
#include "tests/hashing_model.h"
#include "tests/paths.h"
#include "tests/random.h"
#include "tests/tiny_model.h"

namespace lmz {
namespace {

const ModelLibrary& Models() {
  static const auto models = [] {
    auto library = std::make_unique<ModelLibrary>();
    library->Add(testing::Hashing());
    library->Add(testing::TinyModel());
    library->Add(testing::Follower());
    return library;
  }();
  return *models;
}

BlockResources Resources(int threads = 1) {
  return {.threads = threads, .models = &Models()};
}

TokenOptions Options(int lanes, bool has_second) {
  return {.model = testing::Hashing().get(),
          .second = has_second ? testing::TinyModel().get() : nullptr,
          .lanes = static_cast<uint8_t>(lanes)};
}

// The payload of `raw`, decoded again.
Bytes Verified(const Bytes& raw, const TokenOptions& options) {
  Bytes payload, back(raw.size(), 0xAA);
  const Result<uint32_t> encoded = EncodeToken(raw, options, Resources(), payload);
  EXPECT_TRUE(encoded.ok()) << encoded.status().message();
  const Result<uint32_t> decoded = DecodeToken(payload, Resources(2), back);
  EXPECT_TRUE(decoded.ok()) << decoded.status().message();
  EXPECT_TRUE(back == raw);
  if (encoded.ok() && decoded.ok()) {
    EXPECT_EQ(encoded.value(), decoded.value());
  }
  return payload;
}

std::vector<std::pair<const char*, Bytes>> Samples() {
  TestRandom random(3);
  Bytes all(256);
  std::iota(all.begin(), all.end(), uint8_t{0});
  Bytes mixed = random.Text(700);
  AppendTo(mixed, random.Random(300));
  AppendTo(mixed, Bytes(600, 'x'));
  AppendTo(mixed, mixed);
  return {{"one byte", ToBytes("a")},
          {"one virtual byte", ToBytes("q")},
          {"all bytes", all},
          {"random", random.Random(1000)},
          {"text", random.Text(3000)},
          {"invalid UTF-8", ToBytes("th\xC3\xC3\xA9\xFF\xFF\xFE\xED\xA0\x80 the\xF8 thing")},
          {"longest tokens", Bytes(256 * 3 + 255 + 3, 'x')},
          {"zeros", Bytes(999)},
          {"mixed", mixed}};
}

TEST(Token, RoundTripsInAnyNumberOfLanes) {
  for (const auto& [name, raw] : Samples()) {
    SCOPED_TRACE(name);
    for (const int lanes : {1, 2, 3, 7, 16, 64}) {
      SCOPED_TRACE(lanes);
      Verified(raw, Options(lanes, false));
      Verified(raw, Options(lanes, true));
    }
  }
}

TEST(Token, LanesMayBeShorterThanATokenAndEndInsideOne) {
  for (size_t size = 1; size < 70; ++size) {
    for (const int lanes : {2, 5, 64}) Verified(Bytes(size, 'x'), Options(lanes, size % 2 != 0));
  }
}

// The best model there is helps the worst one.
TEST(Token, ASecondModelCounts) {
  const Bytes raw = ReadTestFile(testing::SourcePath("CONTRIBUTING.md")).value();
  const SharedModel base = Models().OfName("base").value();
  TokenOptions options = Options(3, false);
  const size_t alone = Verified(raw, options).size();
  options.second = base->as_byte_predictor();
  EXPECT_LT(Verified(raw, options).size(), alone * 3 / 4);
  options.second = testing::Follower().get();
  Verified(raw, options);
}

// Whatever the vocabulary, a block whose bytes the mixer can learn becomes short.
TEST(Token, RepeatedBytesAreLearned) {
  EXPECT_LT(Verified(Bytes(20000, 'q'), Options(1, false)).size(), 600u);
  EXPECT_LT(Verified(Bytes(20000, 'x'), Options(1, false)).size(), 600u);
}

TEST(Token, ABlockNamesItsModels) {
  const Bytes raw = TestRandom(4).Text(2000);
  const BlockChoice choice = {.options = Options(2, true)};
  Bytes payload, back(raw.size());
  const BlockHeader header = EncodeBlock(raw, choice, payload, Resources()).value();
  ASSERT_EQ(header.codec, kTokenCodec.id);
  EXPECT_TRUE(DecodeBlock(header, payload, back, Resources()).ok());
  EXPECT_EQ(back, raw);
  for (const int missing : {0, 1}) {
    ModelLibrary library;
    if (missing == 0) library.Add(testing::TinyModel());
    if (missing == 1) library.Add(testing::Hashing());
    const Status status = DecodeBlock(header, payload, back, {.models = &library});
    EXPECT_EQ(status.code(), Code::kModelMissing);
    EXPECT_NE(status.message().find(missing == 0 ? "'hashing'" : "'tiny-test'"), std::string::npos);
  }
}

TEST(Token, BuiltInSecondModelsAreNamedByNumber) {
  const SharedModel base = Models().OfName("base").value();
  TokenOptions options = Options(1, false);
  options.second = base->as_byte_predictor();
  const Bytes payload = Verified(ToBytes("the thing in the box"), options);
  EXPECT_EQ(payload[1 + 16 + 1 + 7], 1);  // behind the first model's number, id and name
}

class TokenErrors : public ::testing::Test {
 protected:
  TokenErrors() : raw_(TestRandom(5).Text(1500)), payload_(Verified(raw_, Options(3, true))) {}

  Status Decode(const Bytes& payload) {
    Bytes back(raw_.size());
    return DecodeToken(payload, Resources(), back).status();
  }

  // Of Hashing and TinyModel: number, id, size of the name, name; and the lanes.
  static constexpr size_t kSecond = 1 + 16 + 1 + 7;
  static constexpr size_t kLanes = kSecond + 1 + 16 + 1 + 9;

  Bytes raw_;
  Bytes payload_;
};

TEST_F(TokenErrors, ACutPayloadIsTruncated) {
  for (size_t size = 0; size <= kLanes; ++size) {
    EXPECT_EQ(
        Decode(Bytes(payload_.begin(), payload_.begin() + static_cast<ptrdiff_t>(size))).code(),
        Code::kTruncated)
        << size;
  }
  EXPECT_EQ(Decode(Bytes(payload_.begin(), payload_.begin() + kLanes + 40)).code(),
            Code::kTruncated);
}

TEST_F(TokenErrors, ALongerPayloadIsDamaged) {
  Bytes longer = payload_;
  longer.insert(longer.end(), 10, 0);
  EXPECT_EQ(Decode(longer).code(), Code::kDamaged);
}

TEST_F(TokenErrors, ImpossibleLanesAreDamage) {
  for (const uint8_t lanes : {uint8_t{0}, uint8_t{65}}) {
    Bytes damaged = payload_;
    damaged[kLanes] = lanes;
    const Status status = Decode(damaged);
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_NE(status.message().find("lanes"), std::string::npos) << status.message();
  }
}

TEST_F(TokenErrors, ModelsOfTheOtherKindAreDamage) {
  Bytes damaged = payload_;
  std::rotate(damaged.begin(), damaged.begin() + kSecond, damaged.begin() + kLanes);
  EXPECT_NE(Decode(damaged).message().find("bytes for one of tokens"), std::string::npos);
  damaged = payload_;
  damaged.erase(damaged.begin() + kSecond, damaged.begin() + kLanes);
  damaged.insert(damaged.begin() + kSecond, payload_.begin(), payload_.begin() + kSecond);
  EXPECT_NE(Decode(damaged).message().find("tokens for one of bytes"), std::string::npos);
}

TEST_F(TokenErrors, UnknownNumbersAndNamesHaveErrorsOfTheirOwn) {
  Bytes damaged = payload_;
  damaged[kSecond] = 0xFE;
  damaged.erase(damaged.begin() + kSecond + 2, damaged.begin() + kLanes);
  EXPECT_EQ(Decode(damaged).code(), Code::kNewerVersion);
  damaged = payload_;
  damaged[1 + 16 + 1] = '/';
  EXPECT_EQ(Decode(damaged).code(), Code::kDamaged);
}

// Any payload decodes to something, or fails: nothing leaves the trie.
TEST_F(TokenErrors, AnyCodeStaysInTheTrie) {
  TestRandom random(8);
  for (int i = 0; i < 40; ++i) {
    Bytes damaged(payload_.begin(), payload_.begin() + kLanes + 1);
    AppendTo(damaged, random.Random(2000));
    EXPECT_EQ(Decode(damaged).code(), Code::kDamaged);  // there is a rest
    damaged = payload_;
    damaged[kLanes + 1 + random.Below(damaged.size() - kLanes - 1)] ^= 0x40;
    const Code code = Decode(damaged).code();  // the checksum is the block's
    EXPECT_TRUE(code == Code::kOk || code == Code::kDamaged || code == Code::kTruncated);
  }
}

TEST(Token, OptionsAreChecked) {
  Bytes payload;
  const Bytes raw = ToBytes("the");
  EXPECT_EQ(EncodeToken(raw, {}, Resources(), payload).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(EncodeToken(raw, Options(65, false), Resources(), payload).status().code(),
            Code::kInvalidArgument);
}

TEST(Token, CallersAreToldAndMayStop) {
  const Bytes raw = TestRandom(6).Text(3000);
  const Bytes payload = Verified(raw, Options(4, false));
  for (const uint64_t stop_at : {uint64_t{0}, uint64_t{1000}, uint64_t{1} << 40}) {
    BlockResources resources = Resources();
    uint64_t last = 0;
    resources.report = [&](uint64_t done, uint64_t) {
      EXPECT_GE(done, last);
      EXPECT_LE(done, raw.size());
      last = done;
      return done < stop_at;
    };
    Bytes again, back(raw.size());
    const bool is_whole = stop_at > raw.size();
    EXPECT_EQ(EncodeToken(raw, Options(4, false), resources, again).status().code(),
              is_whole ? Code::kOk : Code::kCancelled);
    last = 0;
    uint64_t decoded = 0;
    resources.decoded = [&](uint64_t size) {
      EXPECT_TRUE(
          std::equal(back.begin(), back.begin() + static_cast<ptrdiff_t>(size), raw.begin()));
      decoded = size;
      return true;
    };
    EXPECT_EQ(DecodeToken(payload, resources, back).status().code(),
              is_whole ? Code::kOk : Code::kCancelled);
    if (is_whole) {
      EXPECT_EQ(decoded, raw.size() / 4);
    }
  }
}

TEST(Token, PayloadsSayWhatMemoryTheyTake) {
  const Bytes raw = TestRandom(6).Text(3000);
  const Bytes payload = Verified(raw, Options(4, true));
  const uint64_t memory = DecodeMemoryOfToken(payload, raw.size(), Resources());
  const uint64_t weights = 4 * 270 * sizeof(uint32_t);
  EXPECT_GT(memory, weights);
  EXPECT_LT(memory, uint64_t{16} << 20);
  EXPECT_EQ(DecodeMemoryOfToken(ByteSpan(payload).first(10), raw.size(), Resources()), 0u);
}

}  // namespace
}  // namespace lmz
