#include "bench/measure/data_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "bench/measure/input.h"
#include "bench/measure/media.h"
#include "bench/test_support.h"

namespace lmz::bench {
namespace {

// Writes a file by the coder of its format.
void Write(const std::string& path, const Signal& signal) {
  Coders coders;
  AddImageCoders(coders);
  AddAudioCoders(coders);
  const bool is_picture = signal.kind == Signal::Kind::kPixels;
  const Result<Bytes> file = (is_picture ? coders.front() : coders.back())->Encode(signal);
  ASSERT_TRUE(file.ok()) << file.status().message();
  WriteBytes(path, file.value());
}

using DataSets = FolderTest;

TEST_F(DataSets, TextIsCutWithItsTail) {
  WriteBytes(In("b"), SomeText(3000));
  WriteBytes(In("a"), Bytes(100, 'a'));
  const Result<DataSet> set = LoadText(In(""), SIZE_MAX);
  ASSERT_TRUE(set.ok());
  ASSERT_EQ(set.value().bytes.size(), 3100u);
  EXPECT_EQ(set.value().bytes[99], 'a');
  ASSERT_EQ(set.value().chunks.size(), 2u);
  EXPECT_EQ(set.value().chunks[1].bytes.size(), 3100 - kChunkSize);
  EXPECT_EQ(LoadText(In(""), 500).value().bytes.size(), 500u);
}

TEST_F(DataSets, PatchesAreMeansInRowsOf64) {
  constexpr uint32_t kWidth = 130, kHeight = 70;
  Bytes rgb(3 * kWidth * kHeight);
  for (uint32_t i = 0; i < kWidth * kHeight; ++i) {
    rgb[3 * i] = static_cast<uint8_t>(i % kWidth);
    rgb[3 * i + 1] = static_cast<uint8_t>(i / kWidth);
    rgb[3 * i + 2] = 2;
  }
  Write(In("p.png"), {.bytes = rgb,
                      .kind = Signal::Kind::kPixels,
                      .channels = 3,
                      .width = kWidth,
                      .height = kHeight});
  const Result<DataSet> set = LoadPatches(In(""), SIZE_MAX);
  ASSERT_TRUE(set.ok()) << set.status().message();
  ASSERT_EQ(set.value().chunks.size(), 4u);  // two by two; the rest is dropped
  const Signal& last = set.value().chunks[3];
  EXPECT_EQ(last.width, 64u);
  EXPECT_EQ(last.height, 32u);
  ASSERT_EQ(last.bytes.size(), kChunkSize);
  // Row 3, column 5 of the patch that begins at row 32, column 64.
  EXPECT_EQ(last.bytes[3 * 64 + 5], (69 + 35 + 2) / 3);

  const Result<DataSet> pictures = LoadPictures(In(""), SIZE_MAX);
  ASSERT_TRUE(pictures.ok());
  EXPECT_EQ(pictures.value().bytes, rgb);
  EXPECT_EQ(pictures.value().whole.at(0).channels, 3);
}

TEST_F(DataSets, SpeechIsTheUpperByteAndOtherRatesAreLeftOut) {
  Bytes samples(2 * 5000);
  for (size_t i = 0; i < samples.size(); i += 2) {
    const int sample = static_cast<int>(i % 600) - 300;
    samples[i] = static_cast<uint8_t>(sample);
    samples[i + 1] = static_cast<uint8_t>(sample >> 8);
  }
  Signal signal = {
      .bytes = samples, .kind = Signal::Kind::kSamples, .rate = kSampleRate, .bits = 16};
  Write(In("a.flac"), signal);
  signal.rate = 44100;
  Write(In("b.flac"), signal);
  const Result<DataSet> set = LoadSpeech(In(""), SIZE_MAX, false);
  ASSERT_TRUE(set.ok()) << set.status().message();
  EXPECT_EQ(set.value().bytes.size(), 2 * kChunkSize);
  EXPECT_EQ(set.value().bytes[0], 126);  // -300 >> 8 is -2
  EXPECT_EQ(set.value().bytes[200], 128);
  ASSERT_EQ(set.value().notes.size(), 1u);
  EXPECT_EQ(set.value().notes[0], "b.flac is left out: 44100 Hz");

  std::filesystem::remove(In("a.flac"));
  const DataSet none = LoadSpeech(In(""), SIZE_MAX, false).value();
  EXPECT_TRUE(none.bytes.empty());
  EXPECT_EQ(none.notes, set.value().notes);
  Write(In("a.flac"), {.bytes = samples, .kind = Signal::Kind::kSamples, .rate = 8000, .bits = 16});

  const Result<DataSet> sounds = LoadSounds(In(""), SIZE_MAX);
  ASSERT_TRUE(sounds.ok());
  EXPECT_EQ(sounds.value().whole.size(), 2u);
  EXPECT_TRUE(std::equal(samples.begin(), samples.end(), sounds.value().bytes.begin()));
}

// A tone of 1 kHz for a second, 16 bits, mono.
Bytes Tone(uint32_t rate) {
  Bytes samples;
  for (uint32_t i = 0; i < rate; ++i) {
    const double turns = 1000.0 * i / rate;
    const auto sample = static_cast<int>(std::lround(20000 * std::sin(2 * M_PI * turns)));
    samples.push_back(static_cast<uint8_t>(sample));
    samples.push_back(static_cast<uint8_t>(sample >> 8));
  }
  return samples;
}

TEST_F(DataSets, SpeechOfHigherRatesIsResampledOnDemand) {
  for (const uint32_t rate : {8000u, 16000u, 44100u}) {
    const Bytes tone = Tone(rate);
    Write(In(std::to_string(rate) + ".flac"),
          {.bytes = tone, .kind = Signal::Kind::kSamples, .rate = rate, .bits = 16});
  }
  const Result<DataSet> set = LoadSpeech(In(""), SIZE_MAX, true);
  ASSERT_TRUE(set.ok()) << set.status().message();
  EXPECT_EQ(set.value().notes, std::vector<std::string>{"8000.flac is left out: 8000 Hz"});
  EXPECT_NE(set.value().what.find("2 recordings, 1 of them"), std::string::npos);
  // The second one has the length of the first, and away from its ends the same tone.
  const size_t size = 16000 / kChunkSize * kChunkSize;
  const Bytes& bytes = set.value().bytes;
  ASSERT_EQ(bytes.size(), 2 * size);
  for (size_t i = 500; i < size - 500; ++i) ASSERT_NEAR(bytes[i], bytes[size + i], 1) << i;
}

TEST_F(DataSets, OnlyFilesThatGiveSomethingCount) {
  const Bytes pixels = SomeText(128 * 64);
  const auto write = [&](const char* name, uint32_t width, uint32_t height) {
    Write(In(name), {.bytes = ByteSpan(pixels).first(size_t{width} * height),
                     .kind = Signal::Kind::kPixels,
                     .width = width,
                     .height = height});
  };
  write("a.PNG", 64, 31);
  write("b.png", 128, 64);
  write("c.png", 64, 32);
  const DataSet all = LoadPatches(In(""), SIZE_MAX).value();
  EXPECT_NE(all.what.find("2 pictures"), std::string::npos) << all.what;
  EXPECT_EQ(all.notes, std::vector<std::string>{"a.PNG is left out: smaller than 64x32 pixels"});
  const DataSet first = LoadPatches(In(""), 3 * kChunkSize).value();
  EXPECT_NE(first.what.find("1 picture"), std::string::npos) << first.what;
  EXPECT_EQ(first.bytes.size(), 3 * kChunkSize);
  EXPECT_EQ(first.notes.at(0), "c.png is left out: beyond the limit");

  // Of a limit that is no whole chunks, the rest is no reason to take another picture.
  std::filesystem::rename(In("c.png"), In("b.png"));
  write("c.png", 64, 32);
  const DataSet one = LoadPatches(In(""), kChunkSize + 952).value();
  EXPECT_NE(one.what.find("1 picture"), std::string::npos) << one.what;
  EXPECT_EQ(one.bytes.size(), kChunkSize);
}

TEST_F(DataSets, PixelsAreAsTheyAreStored) {
  const Bytes pixels = SomeText(64 * 32);
  Write(In("a.png"), {.bytes = pixels, .kind = Signal::Kind::kPixels, .width = 64, .height = 32});
  Bytes file = ReadFile(In("a.png")).value();
  // gAMA = 1.0, behind the header.
  const uint8_t gamma[] = {0, 0, 0,    4,    'g',  'A',  'M',  'A',
                           0, 1, 0x86, 0xA0, 0x31, 0xE8, 0x96, 0x5F};
  file.insert(file.begin() + 33, std::begin(gamma), std::end(gamma));
  WriteBytes(In("b.png"), file);
  EXPECT_EQ(LoadPng(In("b.png")).value().pixels, pixels);
  file.resize(file.size() / 2);
  WriteBytes(In("b.png"), file);
  EXPECT_FALSE(LoadPng(In("b.png")).ok());
}

TEST_F(DataSets, AFolderWithoutSuchFilesHasNothing) {
  WriteBytes(In("a.txt"), SomeText(10));
  const DataSet none = LoadPatches(In(""), SIZE_MAX).value();
  EXPECT_TRUE(none.bytes.empty());
  EXPECT_EQ(none.notes, std::vector<std::string>{"there is no file *.png"});
  EXPECT_FALSE(LoadText(In("missing"), SIZE_MAX).ok());
}

TEST(KeptHash, HasTheShapeOfPicturesAndIsThatOfTheBytesOfText) {
  DataSet set;
  set.bytes = SomeText(512);
  const ByteSpan all(set.bytes);
  const auto pixels = [](ByteSpan bytes, uint32_t width, uint32_t height) {
    return Signal{.bytes = bytes, .kind = Signal::Kind::kPixels, .width = width, .height = height};
  };
  set.whole = {Signal{.bytes = all}};
  EXPECT_EQ(KeptHash(set), HashText(set.bytes));
  std::set<std::string> hashes = {KeptHash(set)};
  set.whole = {pixels(all, 32, 16)};
  EXPECT_TRUE(hashes.insert(KeptHash(set)).second);
  set.whole = {pixels(all, 16, 32)};
  EXPECT_TRUE(hashes.insert(KeptHash(set)).second);
  set.whole = {pixels(all.first(256), 16, 16), pixels(all.subspan(256), 16, 16)};
  EXPECT_TRUE(hashes.insert(KeptHash(set)).second);
  set.whole = {Signal{.bytes = all, .kind = Signal::Kind::kSamples, .rate = 8000}};
  EXPECT_TRUE(hashes.insert(KeptHash(set)).second);
  set.whole[0].rate = 16000;
  EXPECT_TRUE(hashes.insert(KeptHash(set)).second);
}

TEST(RandomData, IsTheSameInEveryRun) {
  EXPECT_EQ(RandomData(100).bytes, RandomData(100).bytes);
}

}  // namespace
}  // namespace lmz::bench
