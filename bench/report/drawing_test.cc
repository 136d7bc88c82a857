// Drawings of text and pictures, and spectrograms.
#include "bench/report/drawing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "bench/measure/media.h"
#include "bench/measure/process.h"
#include "bench/report/spectrogram.h"
#include "bench/test_support.h"

namespace lmz::bench {
namespace {

// A tone of this frequency, as a share of the sample rate.
Bytes Tone(double frequency, size_t size, double loudness = 1) {
  Bytes samples;
  for (size_t i = 0; i < size; ++i) {
    const double wave = std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i));
    samples.push_back(static_cast<uint8_t>(std::lround(128 + 127 * loudness * wave)));
  }
  return samples;
}

TEST(Spectrograms, ATonesRowIsTheDarkest) {
  constexpr uint32_t kHeight = 64;
  for (const uint32_t row : {8u, 20u, 50u}) {  // from 0 Hz
    const Bytes samples = Tone(static_cast<double>(row) / (2 * kHeight), 4000);
    const Picture picture = Spectrogram(samples, 10, kHeight);
    ASSERT_EQ(picture.pixels.size(), 10u * kHeight);
    const auto at = [&](uint32_t y) { return picture.pixels[(kHeight - 1 - y) * 10 + 5]; };
    EXPECT_LT(at(row), 4);        // full loudness is black
    EXPECT_GT(at(row - 5), 200);  // far from it there is next to nothing
    EXPECT_GT(at(row + 5), 200);
  }
  // 30 dB below full scale is half of what is shown.
  const Picture quiet = Spectrogram(Tone(0.25, 4000, std::pow(10, -1.5)), 4, kHeight);
  EXPECT_NEAR(quiet.pixels[(kHeight - 1 - kHeight / 2) * 4 + 2], 128, 12);
  for (const uint8_t pixel : Spectrogram(Bytes(500, 128), 5, 8).pixels) EXPECT_EQ(pixel, 255);
}

TEST(Drawings, WhateverATextHoldsIsText) {
  Drawing drawing(100);
  drawing.Text(0, 10, "a<b>&c\x01\xff\x7f\xc3\xa9\xef\xbf\xbe");
  const std::string svg = drawing.Svg("<title>", 20);
  EXPECT_NE(svg.find(">a&lt;b&gt;&amp;c\uFFFD\uFFFD\uFFFDé\uFFFD</text>"), std::string::npos)
      << svg;
  EXPECT_NE(svg.find("<title>&lt;title&gt;</title>"), std::string::npos);
}

using Files = FolderTest;

TEST_F(Files, PicturesAndSoundsComeBack) {
  const Bytes bytes = SomeText(6000);
  for (const int channels : {1, 3}) {
    const Picture picture{20, 30, channels, {bytes.begin(), bytes.begin() + 600 * channels}};
    const Bytes png = EncodePng(picture).value();
    const Picture back = DecodePng(png).value();
    EXPECT_EQ(back.pixels, picture.pixels);
    EXPECT_EQ(back.width, 20u);
  }
  ASSERT_TRUE(WriteSound(In("a.wav"), bytes, 16000).ok());
  const Sound sound = LoadSound(In("a.wav")).value();
  EXPECT_EQ(sound.rate, 16000);
  ASSERT_EQ(sound.samples.size(), bytes.size());
  EXPECT_EQ((sound.samples[77] >> 8) + 128, bytes[77]);
  EXPECT_FALSE(WriteSound(In("none/a.wav"), bytes, 16000).ok());
}

TEST_F(Files, APictureIsPartOfTheDrawing) {
  if (!IsInstalled("rsvg-convert")) GTEST_SKIP() << "rsvg-convert is not installed";
  Drawing drawing(40);
  drawing.Png(10, 10, 20, 20, EncodePng({1, 1, 3, {200, 0, 0}}).value());
  ASSERT_TRUE(WriteFile(In("a.svg"), drawing.Svg("one pixel", 40)).ok());
  ASSERT_TRUE(RunShell("rsvg-convert -b white a.svg -o a.png", In("")).ok());
  // rsvg-convert writes an alpha channel, which DecodePng refuses; so the size tells.
  const Bytes with = ReadFile(In("a.png")).value();
  ASSERT_TRUE(WriteFile(In("b.svg"), Drawing(40).Svg("nothing", 40)).ok());
  ASSERT_TRUE(RunShell("rsvg-convert -b white b.svg -o b.png", In("")).ok());
  EXPECT_NE(with, ReadFile(In("b.png")).value());
}

}  // namespace
}  // namespace lmz::bench
