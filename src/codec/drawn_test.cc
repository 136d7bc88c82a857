// What codecs expect: SampleImage and SampleAudio.
#include "codec/drawn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/checksum.h"
#include "codec/audio/audio.h"
#include "codec/image/image.h"
#include "tests/random.h"

namespace lmz {
namespace {

constexpr uint32_t kWidth = 96;

// A slope with some noise.
Bytes Slope(size_t rows) {
  TestRandom random(3);
  Bytes pixels;
  for (size_t i = 0; i < rows * kWidth; ++i) {
    pixels.push_back(static_cast<uint8_t>(40 + i % kWidth + i / kWidth / 2 + random.Below(5)));
  }
  return pixels;
}

Bytes Wave(size_t size) {
  TestRandom random(4);
  Bytes samples;
  for (size_t i = 0; i < size; ++i) {
    const size_t at = i % 80;
    samples.push_back(static_cast<uint8_t>(88 + (at < 40 ? at : 80 - at) * 2 + random.Below(6)));
  }
  return samples;
}

size_t ImageSize(ByteSpan pixels) {
  ImageLayout layout;
  layout.width = kWidth;
  layout.height = static_cast<uint32_t>(pixels.size() / kWidth);
  Bytes payload;
  EXPECT_TRUE(EncodeImage(pixels, {.layout = layout}, {}, payload).ok());
  return payload.size();
}

size_t AudioSize(ByteSpan samples) {
  SampleLayout layout;
  layout.frames = samples.size();
  layout.channels = layout.sample_bytes = 1;
  layout.is_unsigned = true;
  Bytes payload;
  EXPECT_TRUE(EncodeAudio(samples, {.samples = layout}, {}, payload).ok());
  return payload.size();
}

struct Kind {
  Bytes given;
  size_t size;  // behind it
  std::function<Result<uint64_t>(uint64_t, MutableByteSpan)> sample;
  std::function<size_t(ByteSpan)> coded_size;
  uint64_t checksum;  // of the first sample; the same on every machine
};

std::vector<Kind> Kinds() {
  return {{Slope(40), 60 * kWidth,
           [](uint64_t seed, MutableByteSpan all) { return SampleImage(kWidth, 40, seed, all); },
           ImageSize, 10349863383392998696u},
          {Wave(6000), 6000,
           [](uint64_t seed, MutableByteSpan all) { return SampleAudio(6000, seed, all); },
           AudioSize, 12447114881490602213u}};
}

Bytes Sampled(const Kind& kind, uint64_t seed, uint64_t* bits = nullptr) {
  Bytes all = kind.given;
  all.resize(all.size() + kind.size);
  const Result<uint64_t> taken = kind.sample(seed, all);
  EXPECT_TRUE(taken.ok()) << taken.status().message();
  if (bits != nullptr && taken.ok()) *bits = taken.value();
  return all;
}

// Sampling is decoding: what was drawn adds as many bits to the code as it was drawn from.
TEST(Drawn, TakesAsManyBitsAsItsCodeHas) {
  for (const Kind& kind : Kinds()) {
    uint64_t bits = 0;
    const Bytes all = Sampled(kind, 7, &bits);
    EXPECT_TRUE(std::equal(kind.given.begin(), kind.given.end(), all.begin()));
    const auto added =
        static_cast<double>(8 * (kind.coded_size(all) - kind.coded_size(kind.given)));
    EXPECT_GT(bits, kind.size / 10);
    EXPECT_NEAR(added, static_cast<double>(bits), 0.01 * static_cast<double>(bits) + 8 * 16);
  }
}

TEST(Drawn, DependsOnTheSeedAlone) {
  for (const Kind& kind : Kinds()) {
    EXPECT_EQ(Sampled(kind, 1), Sampled(kind, 1));
    EXPECT_NE(Sampled(kind, 1), Sampled(kind, 2));
    EXPECT_EQ(Checksum64(Sampled(kind, 1)), kind.checksum);
  }
}

TEST(Drawn, GoesOnLikeWhatIsGiven) {
  const Bytes picture = Sampled(Kinds()[0], 5);
  // The first row behind those given goes on with the slope.
  for (size_t i = 40 * kWidth; i < 41 * kWidth; ++i) {
    EXPECT_NEAR(picture[i], picture[i - kWidth], 16) << i % kWidth;
  }
  Bytes nothing(10 * kWidth);
  EXPECT_TRUE(SampleImage(kWidth, 0, 1, nothing).ok());
}

TEST(Drawn, ImpossibleRequestsAreRefused) {
  Bytes bytes = Slope(10);
  for (const auto& [width, rows] : {std::pair{0u, 0u},
                                    {kWidth, 10u},
                                    {kWidth, 11u},
                                    {7u, 0u},
                                    {kWidth - 1, 1u},
                                    {1u << 20, 0u}}) {
    EXPECT_EQ(SampleImage(width, rows, 0, bytes).status().code(), Code::kInvalidArgument)
        << width << " " << rows;
  }
  EXPECT_FALSE(SampleImage(kWidth, 0, 0, {}).ok());
  EXPECT_FALSE(SampleAudio(0, 0, {}).ok());
  EXPECT_FALSE(SampleAudio(0, 0, bytes).ok());
  EXPECT_FALSE(SampleAudio(bytes.size(), 0, bytes).ok());
  std::fill(bytes.begin(), bytes.end(), uint8_t{128});
  EXPECT_TRUE(SampleAudio(100, 0, bytes).ok()) << "silence";
}

}  // namespace
}  // namespace lmz
