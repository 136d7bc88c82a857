#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "bench/coders/lmz_coder.h"
#include "bench/coders/network_alone.h"
#include "bench/measure/coder.h"
#include "bench/measure/process.h"
#include "bench/test_support.h"

namespace lmz::bench {
namespace {

// Level 4 is slow and, but for its model, like the others.
constexpr int kMaxLevel = 3;

Coders AllCoders() {
  Coders coders;
  AddStreamCoders(coders);
  AddImageCoders(coders);
  AddAudioCoders(coders);
  const Result<std::vector<BenchModel>> models = LoadModels({}, kMaxLevel);
  EXPECT_TRUE(models.ok());
  AddLmzCoders(models.value(), coders);
  return coders;
}

const Coder& Named(const Coders& coders, const std::string& name) {
  for (const auto& coder : coders) {
    if (coder->name() == name) return *coder;
  }
  ADD_FAILURE() << "no coder is called " << name;
  return *coders[0];
}

// Restores all but the last byte.
class Forgetful final : public Coder {
 public:
  std::string name() const override { return "forgetful"; }
  std::string version() const override { return "1"; }
  Result<Bytes> Encode(const Signal& signal) const override {
    return Bytes(signal.bytes.begin(), signal.bytes.end());
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t) const override {
    Bytes raw(code.begin(), code.end());
    raw.back() ^= 1;
    return raw;
  }
};

TEST(Coders, RestoreWhatTheyTake) {
  const Bytes text = SomeText(64 * 33 + 5);
  const Bytes picture = SomeText(3 * 70 * 9);
  const Bytes stereo = SomeText(4 * 500);
  const std::vector<Signal> signals = {
      {.bytes = text},
      {.bytes = picture, .kind = Signal::Kind::kPixels, .channels = 3, .width = 70, .height = 9},
      {.bytes = ByteSpan(text).first(2048),
       .kind = Signal::Kind::kPixels,
       .width = 64,
       .height = 32},
      {.bytes = text, .kind = Signal::Kind::kSamples, .rate = kSampleRate},
      {.bytes = stereo, .kind = Signal::Kind::kSamples, .channels = 2, .rate = 44100, .bits = 16},
  };
  for (const auto& coder : AllCoders()) {
    int taken = 0;
    for (const Signal& signal : signals) {
      if (!coder->Takes(signal)) continue;
      ++taken;
      const Result<uint64_t> size = VerifiedSize(*coder, signal);
      ASSERT_TRUE(size.ok()) << coder->name() << ": " << size.status().message();
      EXPECT_LT(size.value(), signal.bytes.size() + 500) << coder->name();
    }
    EXPECT_GE(taken, 1) << coder->name();
    EXPECT_FALSE(coder->version().empty());
  }
}

TEST(Coders, WebPTakesPicturesThatAreHigherThanItsFormat) {
  Bytes tall(3 * 2 * 17000);
  for (size_t i = 0; i < tall.size(); ++i) tall[i] = static_cast<uint8_t>(i / 3000);
  const Coders coders = AllCoders();
  for (const int channels : {1, 3}) {
    const Signal signal = {.bytes = ByteSpan(tall).first(static_cast<size_t>(channels) * 34000),
                           .kind = Signal::Kind::kPixels,
                           .channels = channels,
                           .width = 2,
                           .height = 17000};
    const Result<uint64_t> size = VerifiedSize(Named(coders, "WebP lossless"), signal);
    EXPECT_TRUE(size.ok()) << size.status().message();
  }
}

// Pixels in rows of 256 that are worth their codec.
Bytes Hills(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) {
    const double x = static_cast<double>(i % 256), y = static_cast<double>(i / 256);
    bytes[i] = static_cast<uint8_t>(128 + 60 * std::sin(x / 19) + 50 * std::cos(y / 13));
  }
  return bytes;
}

// Samples that are, without a period.
Bytes Waves(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) {
    const auto x = static_cast<double>(i);
    bytes[i] = static_cast<uint8_t>(128 + 60 * std::sin(x / 19) + 50 * std::sin(x * x / 3e5));
  }
  return bytes;
}

TEST(Coders, PixelsAndSamplesHaveOneCodeAtEveryLevel) {
  const Bytes hills = Hills(size_t{256} * 128), waves = Waves(size_t{256} * 128);
  const Bytes text = SomeText(3000);
  const std::vector<Signal> media = {
      {.bytes = hills, .kind = Signal::Kind::kPixels, .width = 256, .height = 128},
      {.bytes = waves, .kind = Signal::Kind::kSamples, .rate = kSampleRate},
  };
  const Coders coders = AllCoders();
  const Coder& plain = Named(coders, "lmz -0");
  for (const Signal& signal : media) {
    const Result<Bytes> code = plain.Encode(signal);
    ASSERT_TRUE(code.ok());
    EXPECT_FALSE(plain.KnownSize(signal)) << "nothing is known before a code was decoded";
    ASSERT_TRUE(VerifiedSize(plain, signal).ok());
    for (const char* name : {"lmz -1", "lmz -2", "lmz -3"}) {
      const Coder& coder = Named(coders, name);
      EXPECT_EQ(coder.KnownSize(signal), code.value().size()) << name;
      EXPECT_TRUE(coder.Encode(signal).value() == code.value()) << name;
    }
  }
  // Models compete for text, in a gzip file, too.
  const Bytes zipped = Named(coders, "gzip -9").Encode({.bytes = SomeText(30000)}).value();
  for (const ByteSpan bytes : {ByteSpan(text), ByteSpan(zipped)}) {
    ASSERT_TRUE(VerifiedSize(plain, {.bytes = bytes}).ok());
    EXPECT_FALSE(Named(coders, "lmz -3").KnownSize({.bytes = bytes}));
  }
}

// Filters harm text, which the paper's PNG was better at, and help pictures.
TEST(Coders, PngFiltersPicturesButNoText) {
  const Bytes waves = Waves(size_t{256} * 128), text = SomeText(64 * 400);
  const Coders coders = AllCoders();
  for (const auto& [bytes, kind] :
       {std::pair{&waves, Signal::Kind::kPixels}, std::pair{&text, Signal::Kind::kBytes}}) {
    const Signal signal = {.bytes = *bytes, .kind = kind, .width = 256, .height = 128};
    const Result<uint64_t> png = VerifiedSize(Named(coders, "PNG"), signal);
    const Result<uint64_t> gzip = VerifiedSize(Named(coders, "gzip -9"), signal);
    ASSERT_TRUE(png.ok() && gzip.ok());
    if (kind == Signal::Kind::kPixels) {
      EXPECT_LT(png.value(), gzip.value() * 2 / 3);
    } else {
      EXPECT_LT(png.value(), gzip.value() * 6 / 5);
    }
  }
}

using CodersOfFiles = FolderTest;

TEST_F(CodersOfFiles, Lzma2IsTheFileOfXz) {
  if (!IsInstalled("xz")) GTEST_SKIP() << "xz is not installed";
  const Bytes text = SomeText(100000);
  const std::string path = In("text");
  WriteBytes(path, text);
  const std::string file = ShellOutput("xz -9e -T1 -c " + ShellWord(path));
  const Result<Bytes> code = Named(AllCoders(), "LZMA2 (xz -9e)").Encode({.bytes = text});
  ASSERT_TRUE(code.ok());
  EXPECT_EQ(code.value(), Bytes(file.begin(), file.end()));
}

TEST(Coders, ARevisionIsPartOfWhatSizesAreKeptBy) {
  EXPECT_EQ(KeptVersion("libpng 1", 1), "libpng 1");
  EXPECT_NE(KeptVersion("libpng 1", 2), KeptVersion("libpng 1", 3));
}

TEST_F(CodersOfFiles, ModelsAreThoseOfLevelsAndThoseInFiles) {
  const auto models = LoadModels({LMZ_OTHER_MODEL}, MaxLevel());
  ASSERT_TRUE(models.ok()) << models.status().message();
  Coders coders;
  AddLmzCoders(models.value(), coders);
  ASSERT_EQ(coders.size(), 6u);
  const Bytes text = SomeText(500);
  const Result<uint64_t> large = VerifiedSize(Named(coders, "lmz -4"), {.bytes = text});
  ASSERT_TRUE(large.ok()) << large.status().message();
  EXPECT_EQ(models.value()[3].name, "large");
  EXPECT_NE(Named(coders, "lmz -4").version(), Named(coders, "lmz -3").version()) << "its id";
  EXPECT_EQ(Named(coders, "lmz -3").version(), Named(coders, "lmz -0").version());
  const Result<uint64_t> other =
      VerifiedSize(Named(coders, "lmz --model tiny-test"), {.bytes = text});
  ASSERT_TRUE(other.ok()) << other.status().message();
  EXPECT_NE(other.value(), large.value());
  EXPECT_FALSE(LoadModels({In("no/large.lmm")}, 1).ok());
}

TEST(Coders, AWrongRestorationIsAnError) {
  const Bytes text = SomeText(100);
  const Result<uint64_t> size = VerifiedSize(Forgetful(), {.bytes = text});
  ASSERT_FALSE(size.ok());
  EXPECT_EQ(size.status().code(), Code::kDamaged);
  EXPECT_NE(size.status().message().find("forgetful"), std::string::npos);
  const std::vector<Signal> signals(5, {.bytes = text});
  EXPECT_EQ(VerifiedSizes(Forgetful(), signals, 2).status().code(), Code::kDamaged);
}

TEST(Coders, AHeaderIsSmallerThanAnyChunk) {
  const Bytes text = SomeText(2048);
  const Coders coders = AllCoders();
  for (const auto& coder : coders) {
    if (!coder->Takes({.bytes = text})) continue;
    const Result<uint64_t> header = HeaderSize(*coder, {.bytes = text});
    const Result<uint64_t> chunk = VerifiedSize(*coder, {.bytes = text});
    ASSERT_TRUE(header.ok() && chunk.ok()) << coder->name();
    EXPECT_LE(header.value(), chunk.value()) << coder->name();
  }
  // Ten bytes of header, eight of trailer, three of code.
  EXPECT_EQ(HeaderSize(Named(coders, "gzip -9"), {.bytes = text}).value(), 21u);
}

class NetworkAlone : public testing::Test {
 protected:
  void SetUp() override {
    Result<std::vector<BenchModel>> models = LoadModels({}, 1);
    ASSERT_TRUE(models.ok());
    network_ = models.value().at(0).network;
    for (size_t i = 0; i < 70; ++i) chunks_.push_back(ByteSpan(text_).subspan(i, i * i % 97));
  }
  const Bytes text_ = SomeText(300);
  std::vector<ByteSpan> chunks_;
  SharedPredictor network_;
};

TEST_F(NetworkAlone, RestoresChunksOfAllSizes) {
  const Result<std::vector<uint64_t>> sizes = VerifiedSizesAlone(*network_, chunks_, 2);
  ASSERT_TRUE(sizes.ok()) << sizes.status().message();
  ASSERT_EQ(sizes.value().size(), chunks_.size());
  EXPECT_LT(sizes.value()[64], chunks_[64].size());
}

TEST_F(NetworkAlone, ACodeDoesNotDependOnItsCompany) {
  const std::vector<Bytes> codes = EncodeAlone(*network_, chunks_, 3).value();
  for (const size_t i : {size_t{1}, size_t{20}, size_t{69}}) {
    EXPECT_EQ(EncodeAlone(*network_, {chunks_[i]}, 1).value()[0], codes[i]);
  }
}

TEST_F(NetworkAlone, ADamagedCodeIsNotTheChunk) {
  std::vector<Bytes> codes = EncodeAlone(*network_, {chunks_[69]}, 1).value();
  ASSERT_FALSE(codes[0].empty());
  codes[0][0] ^= 0x80;
  const std::vector<Bytes> restored =
      DecodeAlone(*network_, codes, {chunks_[69].size()}, 1).value();
  EXPECT_FALSE(std::equal(restored[0].begin(), restored[0].end(), chunks_[69].begin()));
}

}  // namespace
}  // namespace lmz::bench
