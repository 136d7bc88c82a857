#include "codec/audio/audio.h"

#include <gtest/gtest.h>

#include <bit>

#include "codec/audio/audio_layout.h"
#include "codec/audio/kernels/audio_kernels.h"
#include "codec/block.h"
#include "tests/random.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

struct Coded {
  Bytes payload;
  uint32_t fingerprint = 0;
};

Coded Encode(ByteSpan raw, const SampleLayout& samples = {}) {
  Coded coded;
  const AudioOptions options = {.samples = samples};
  const Result<uint32_t> fingerprint = EncodeAudio(raw, options, {}, coded.payload);
  EXPECT_TRUE(fingerprint.ok()) << fingerprint.status().message();
  coded.fingerprint = fingerprint.value();
  return coded;
}

void ExpectRestored(ByteSpan raw, const Coded& coded) {
  Bytes back(raw.size(), 0xA5);
  const Result<uint32_t> fingerprint = DecodeAudio(coded.payload, {}, back);
  ASSERT_TRUE(fingerprint.ok()) << fingerprint.status().message();
  EXPECT_EQ(fingerprint.value(), coded.fingerprint);
  EXPECT_EQ(back, Bytes(raw.begin(), raw.end()));
  EXPECT_LE(raw.size(), MaxRawSizeOfAudio(coded.payload.size()));
}

SampleLayout Layout(int channels, int sample_bytes, uint64_t offset, uint64_t frames) {
  SampleLayout layout;
  layout.channels = static_cast<uint8_t>(channels);
  layout.sample_bytes = static_cast<uint8_t>(sample_bytes);
  layout.offset = offset;
  layout.frames = frames;
  return layout;
}

TEST(Audio, RestoresEveryKindOfSample) {
  TestRandom random(1);
  for (const int channels : {1, 2, 3, 16}) {
    for (const int sample_bytes : {1, 2, 3}) {
      for (const int flags : {0, 1, 2, 3}) {
        SampleLayout layout = Layout(channels, sample_bytes, 5, 150);
        layout.is_big_endian = (flags & 1) != 0;
        layout.is_unsigned = (flags & 2) != 0;
        // Noise of every size, so that all bytes and signs occur.
        Bytes raw = random.Random(5 + 150 * FrameSize(layout) + 3);
        ExpectRestored(raw, Encode(raw, layout));
        for (size_t i = 0; i < raw.size(); i += 2) raw[i] = 0;
        ExpectRestored(raw, Encode(raw, layout));
      }
    }
  }
}

TEST(Audio, RestoresWideSamples) {
  TestRandom random(2);
  for (const int channels : {1, 2, 3}) {
    for (const int kind : {0, 1, 2}) {
      SampleLayout layout = Layout(channels, 4, 5, 200);
      layout.is_float = kind == 1;
      layout.is_unsigned = kind == 2;
      layout.is_big_endian = channels == 2;
      Bytes raw = random.Random(5 + 200 * FrameSize(layout) + 3);
      ExpectRestored(raw, Encode(raw, layout));
      // Of floating point: no infinities.
      for (size_t i = layout.is_big_endian ? 5 : 8; i + 3 < raw.size(); i += 4) raw[i] &= 0xBF;
      ExpectRestored(raw, Encode(raw, layout));
      for (size_t i = layout.is_big_endian ? 8 : 5; i + 3 < raw.size(); i += 4) raw[i] = 0;
      ExpectRestored(raw, Encode(raw, layout));
    }
  }
}

// The same wave in several forms: none is much larger than its 16 bits.
TEST(Audio, UnusedBitsCostNothing) {
  const Bytes wave = testing::MakeWave(20'044);
  const ByteSpan samples = ByteSpan(wave).subspan(44);
  const size_t plain = Encode(samples, Layout(2, 2, 0, 5000)).payload.size();
  Bytes in_24, in_32, as_floats;
  for (size_t i = 0; i < samples.size(); i += 2) {
    const auto value = static_cast<int16_t>(samples[i] | samples[i + 1] << 8);
    ByteWriter(in_24).Le(static_cast<uint64_t>(value) << 8, 3);
    ByteWriter(in_32).Le(static_cast<uint64_t>(value) << 16 | 0x8000, 4);
    ByteWriter(as_floats).U32(std::bit_cast<uint32_t>(static_cast<float>(value) / 32768.0f));
  }
  SampleLayout floats = Layout(2, 4, 0, 5000);
  floats.is_float = true;
  for (const auto& [raw, layout] : {std::pair{in_24, Layout(2, 3, 0, 5000)},
                                    {in_32, Layout(2, 4, 0, 5000)},
                                    {as_floats, floats}}) {
    const Coded coded = Encode(raw, layout);
    ExpectRestored(raw, coded);
    EXPECT_LE(coded.payload.size(), plain + 20);
  }
}

TEST(Audio, RestoresExtremes) {
  const SampleLayout layout = Layout(2, 2, 0, 3000);
  for (const int period : {1, 2, 7, 600}) {
    Bytes raw(12000);
    for (size_t i = 0; i < 6000; ++i) {
      const bool is_high = i / 2 / static_cast<size_t>(period) % 2 == 0;
      raw[2 * i] = is_high ? 0xFF : 0x00;
      raw[2 * i + 1] = is_high ? 0x7F : 0x80;
    }
    ExpectRestored(raw, Encode(raw, layout));
  }
  for (const uint8_t byte : Bytes{0x00, 0x7F, 0x80, 0xFF}) {
    const Bytes constant(12000, byte);
    const Coded coded = Encode(constant, layout);
    EXPECT_LT(coded.payload.size(), 150u) << "silence costs next to nothing";
    ExpectRestored(constant, coded);
  }
}

TEST(Audio, FindsTheSamplesOfAFileAndBeatsBytes) {
  const Bytes raw = testing::MakeWave(40001);
  const Coded coded = Encode(raw);
  ExpectRestored(raw, coded);
  Bytes as_bytes;
  ASSERT_TRUE(
      EncodeBlock(raw, {.options = BytesOptions{.profile = Profile::kBinary}}, as_bytes).ok());
  EXPECT_LT(coded.payload.size(), as_bytes.size());
}

TEST(Audio, WithoutSamplesAllIsBytes) {
  const Bytes text = testing::MakeWords(3000);
  ExpectRestored(text, Encode(text));
  for (const SampleLayout& layout :
       {Layout(2, 2, 0, 751), Layout(2, 2, 3001, 1), Layout(0, 2, 0, 10), Layout(17, 1, 0, 10),
        Layout(1, 5, 0, 10), Layout(16, 3, 0, uint64_t{1} << 62)}) {
    const Coded coded = Encode(text, layout);
    EXPECT_EQ(coded.payload[0], 0);
    ExpectRestored(text, coded);
  }
}

TEST(Audio, EveryInstructionSetWritesTheSame) {
  const Bytes raw = testing::MakeWave(20000);
  std::vector<Coded> all;
  for (const auto& build : AudioBuilds()) {
    const FeatureLimit limit(build.set.needs);
    all.push_back(Encode(raw));
    ASSERT_EQ(all.back().payload, all.front().payload) << build.set.name;
    ASSERT_EQ(all.back().fingerprint, all.front().fingerprint);
    ExpectRestored(raw, all.front());
  }
}

TEST(Audio, DamagedPayloadsAreRefusedOrGiveOtherBytes) {
  const Bytes raw = testing::MakeWave(500);
  const Coded coded = Encode(raw);
  Bytes back(raw.size());
  for (size_t size = 0; size < coded.payload.size(); ++size) {
    const Result<uint32_t> result = DecodeAudio(ByteSpan(coded.payload).first(size), {}, back);
    if (result.ok()) {
      EXPECT_TRUE(result.value() != coded.fingerprint || back != raw) << size;
    } else {
      EXPECT_TRUE(result.status().code() == Code::kTruncated ||
                  result.status().code() == Code::kDamaged);
    }
  }
  Bytes longer = coded.payload;
  longer.resize(longer.size() + 100);
  EXPECT_EQ(DecodeAudio(longer, {}, back).status().code(), Code::kDamaged);
}

TEST(Audio, FieldsThatNoEncoderWritesAreRefused) {
  const auto decode = [](const Bytes& payload) {
    Bytes raw(100);
    return DecodeAudio(payload, {}, raw).status().code();
  };
  EXPECT_EQ(decode({}), Code::kTruncated);
  EXPECT_EQ(decode({2}), Code::kTruncated);
  EXPECT_EQ(decode({64 | 2, 1}), Code::kNewerVersion);
  EXPECT_EQ(decode({32 | 2, 1}), Code::kNewerVersion) << "floating point of two bytes";
  EXPECT_EQ(decode({32 | 16 | 8, 1}), Code::kNewerVersion) << "unsigned floating point";
  EXPECT_EQ(decode({16 | 2, 1, 0, 50, 0, 1, 15, 1, 0}), Code::kDamaged) << "too long a shift";
  EXPECT_EQ(decode({16 | 2, 1, 0, 50, 0, 1, 0, 0, 0}), Code::kDamaged) << "low bits of no bit";
  EXPECT_EQ(decode({16 | 2, 1, 0, 50, 0, 1, 4, 18, 0}), Code::kDamaged) << "too many low bits";
  EXPECT_EQ(decode({16 | 2, 1, 0, 50, 0, 1, 4, 1, 0}), Code::kDamaged) << "beyond the word";
  EXPECT_EQ(decode({48, 1, 0, 25, 0xFF, 0xFF, 0xFF, 3, 1, 0, 0, 24}), Code::kDamaged)
      << "too small an exponent";
  EXPECT_EQ(decode({48, 1, 0, 25, 0xFF, 0xFF, 0xFF, 3, 1, 0, 2, 127}), Code::kDamaged);
  EXPECT_EQ(decode({48, 1, 0, 25, 0, 1, 0, 0, 127}), Code::kDamaged) << "beyond a significand";
  EXPECT_EQ(decode({4, 1}), Code::kNewerVersion) << "no sample bytes";
  EXPECT_EQ(decode({2, 0}), Code::kNewerVersion) << "no channel";
  EXPECT_EQ(decode({2, 17}), Code::kNewerVersion) << "too many channels";
  EXPECT_EQ(decode({2, 1, 0, 51, 0, 1, 0}), Code::kDamaged) << "too many frames";
  EXPECT_EQ(decode({2, 1, 99, 1, 0, 1, 0}), Code::kDamaged) << "beyond the end";
  EXPECT_EQ(decode({2, 1, 0, 0, 0, 1, 0}), Code::kDamaged) << "no frame";
  EXPECT_EQ(decode({1, 1, 0, 100, 0, 0, 0}), Code::kDamaged) << "an empty range";
  EXPECT_EQ(decode({1, 1, 0, 100, 0x80, 1, 0x80, 1, 0}), Code::kDamaged) << "above the range";
  EXPECT_EQ(decode({1, 1, 0, 100, 0, 1, 1, 0}), Code::kDamaged) << "bytes around nothing";
  EXPECT_EQ(decode({0, 200, 1}), Code::kTruncated);
}

}  // namespace
}  // namespace lmz
