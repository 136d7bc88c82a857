#include "data_set.h"

#include <gtest/gtest.h>

#include <set>

#include "input.h"
#include "test_support.h"

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
  const Result<DataSet> set = LoadSpeech(In(""), SIZE_MAX);
  ASSERT_TRUE(set.ok()) << set.status().message();
  EXPECT_EQ(set.value().bytes.size(), 2 * kChunkSize);
  EXPECT_EQ(set.value().bytes[0], 126);  // -300 >> 8 is -2
  EXPECT_EQ(set.value().bytes[200], 128);
  ASSERT_EQ(set.value().notes.size(), 1u);
  EXPECT_EQ(set.value().notes[0], "b.flac is left out: 44100 Hz");

  std::filesystem::remove(In("a.flac"));
  EXPECT_NE(LoadSpeech(In(""), SIZE_MAX).status().message().find("44100 Hz"), std::string::npos);
  Write(In("a.flac"), {.bytes = samples, .kind = Signal::Kind::kSamples, .rate = 8000, .bits = 16});

  const Result<DataSet> sounds = LoadSounds(In(""), SIZE_MAX);
  ASSERT_TRUE(sounds.ok());
  EXPECT_EQ(sounds.value().whole.size(), 2u);
  EXPECT_TRUE(std::equal(samples.begin(), samples.end(), sounds.value().bytes.begin()));
}

TEST_F(DataSets, AFolderWithoutSuchFilesIsAnError) {
  WriteBytes(In("a.txt"), SomeText(10));
  EXPECT_FALSE(LoadPatches(In(""), SIZE_MAX).ok());
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
