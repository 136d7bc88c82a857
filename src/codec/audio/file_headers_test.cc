// Families of audio files beside WAV and AIFF, whose tests are in audio_layout_test.cc.
#include "codec/audio/file_headers.h"

#include <gtest/gtest.h>

#include "tests/random.h"

namespace lmz {
namespace {

// Appends fields of any size in one byte order.
class Fields {
 public:
  explicit Fields(bool is_big_endian) : is_big_endian_(is_big_endian) {}

  Fields& Name(std::string_view name) {
    AppendTo(bytes_, ToBytes(name));
    return *this;
  }
  Fields& Number(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      bytes_.push_back(static_cast<uint8_t>(value >> 8 * (is_big_endian_ ? size - 1 - i : i)));
    }
    return *this;
  }
  Fields& Zeros(size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  bool is_big_endian_;
  Bytes bytes_;
};

void AppendWaveFormat(Fields& file, uint64_t tag, uint64_t channels, uint64_t bits) {
  const uint64_t frame = channels * ((bits + 7) / 8);
  file.Number(tag, 2).Number(channels, 2).Number(8000, 4).Number(8000 * frame, 4);
  file.Number(frame, 2).Number(bits, 2);
}

Bytes Rifx() {
  Fields file(true);
  file.Name("RIFX").Number(0, 4).Name("WAVEfmt ").Number(16, 4);
  AppendWaveFormat(file, 1, 2, 16);
  file.Name("data").Number(40, 4).Zeros(40);
  return file.bytes();
}

Bytes Bw64() {
  Fields file(false);
  file.Name("BW64").Number(UINT32_MAX, 4).Name("WAVEds64").Number(28, 4);
  file.Number(0, 8).Number(60, 8).Number(0, 8).Number(0, 4).Name("fmt ").Number(16, 4);
  AppendWaveFormat(file, 1, 2, 24);
  file.Name("chna").Number(4, 4).Zeros(4).Name("data").Number(UINT32_MAX, 4).Zeros(100);
  return file.bytes();
}

Bytes Wave64(uint64_t data_size) {
  Fields file(false);
  file.Name("riff").Zeros(12).Number(0, 8).Name("wave").Zeros(12);
  file.Name("fmt ").Zeros(12).Number(24 + 18, 8);
  AppendWaveFormat(file, 3, 1, 32);
  file.Zeros(2 + 6);  // to a multiple of eight
  file.Name("data").Zeros(12).Number(data_size, 8).Zeros(80);
  return file.bytes();
}

Bytes Au(uint64_t encoding, uint64_t data_size) {
  Fields file(true);
  file.Name(".snd").Number(28, 4).Number(data_size, 4).Number(encoding, 4).Number(8000, 4);
  file.Number(2, 4).Name("note").Zeros(80);
  return file.bytes();
}

Bytes Caf(uint64_t flags, uint64_t bits, uint64_t data_size) {
  Fields file(true);
  file.Name("caff").Number(1, 2).Number(0, 2).Name("desc").Number(32, 8).Zeros(8).Name("lpcm");
  file.Number(flags, 4).Number(2 * bits / 8, 4).Number(1, 4).Number(2, 4).Number(bits, 4);
  file.Name("info").Number(5, 8).Zeros(5).Name("data").Number(data_size, 8).Zeros(4 + 72);
  return file.bytes();
}

TEST(FileHeaders, FilesOfEveryFamilyAreRead) {
  const std::optional<SampleLayout> rifx = FindSamples(Rifx());
  ASSERT_TRUE(rifx.has_value());
  EXPECT_TRUE(rifx->is_big_endian);
  EXPECT_EQ(rifx->frames, 10u);

  const std::optional<SampleLayout> bw64 = FindSamples(Bw64());
  ASSERT_TRUE(bw64.has_value());
  EXPECT_EQ(bw64->sample_bytes, 3);
  EXPECT_EQ(bw64->frames, 10u) << "of the 60 bytes that ds64 tells";

  const std::optional<SampleLayout> wave64 = FindSamples(Wave64(24 + 80));
  ASSERT_TRUE(wave64.has_value());
  EXPECT_TRUE(wave64->is_float);
  EXPECT_EQ(wave64->offset, 40u + 48 + 24);
  EXPECT_EQ(wave64->frames, 20u);

  for (const auto& [encoding, bytes] : {std::pair{2u, 1}, {3u, 2}, {4u, 3}, {5u, 4}, {6u, 4}}) {
    const std::optional<SampleLayout> au = FindSamples(Au(encoding, 72));
    ASSERT_TRUE(au.has_value()) << encoding;
    EXPECT_EQ(au->sample_bytes, bytes);
    EXPECT_EQ(au->is_float, encoding == 6);
    EXPECT_TRUE(au->is_big_endian);
    EXPECT_FALSE(au->is_unsigned);
    EXPECT_EQ(au->offset, 28u);
    EXPECT_EQ(au->frames, 36u / static_cast<uint64_t>(bytes));
  }
  EXPECT_GT(FindSamples(Au(3, UINT32_MAX))->frames, uint64_t{1} << 40);

  const std::optional<SampleLayout> caf = FindSamples(Caf(2, 24, 4 + 72));
  ASSERT_TRUE(caf.has_value());
  EXPECT_FALSE(caf->is_big_endian);
  EXPECT_EQ(caf->frames, 12u);
  EXPECT_TRUE(FindSamples(Caf(0, 16, 4 + 72))->is_big_endian);
  EXPECT_TRUE(FindSamples(Caf(1, 32, 4 + 72))->is_float);
  EXPECT_GT(FindSamples(Caf(2, 16, UINT64_MAX))->frames, uint64_t{1} << 40);
}

TEST(FileHeaders, WhatCannotBeSamplesIsRefused) {
  EXPECT_FALSE(FindSamples(Wave64(23))) << "a chunk shorter than its header";
  EXPECT_FALSE(FindSamples(Au(1, 72))) << "compressed";
  EXPECT_FALSE(FindSamples(Au(7, 72))) << "64 bits";
  EXPECT_FALSE(FindSamples(Au(3, 3))) << "no frame";
  EXPECT_FALSE(FindSamples(Caf(1, 16, 76))) << "floating point of 16 bits";
  EXPECT_FALSE(FindSamples(Caf(2, 16, 3))) << "no edit count";
  Bytes compressed = Caf(2, 16, 76);
  compressed[28] = 'a';
  EXPECT_FALSE(FindSamples(compressed));
}

// Writers forget the byte of padding behind a chunk of odd size, or fill it with anything.
TEST(FileHeaders, ChunksAreFoundWithAndWithoutPadding) {
  const auto find = [](std::string_view padding, std::string_view next) {
    Fields file(false);
    file.Name("RIFF").Number(0, 4).Name("WAVEfmt ").Number(16, 4);
    AppendWaveFormat(file, 1, 1, 16);
    file.Name("note").Number(3, 4).Name("odd").Name(padding);
    if (next != "data") file.Name(next).Number(2, 4).Zeros(2);
    file.Name("data").Number(20, 4).Zeros(20);
    const std::optional<SampleLayout> layout = FindSamples(file.bytes());
    return layout && layout->offset + 20 == file.bytes().size();
  };
  for (const std::string_view next : {"data", "LIST", "id3 "}) {
    EXPECT_TRUE(find("", next)) << next;
    EXPECT_TRUE(find(std::string_view("\0", 1), next)) << next;
  }
  EXPECT_TRUE(find("d", "data"));
}

TEST(FileHeaders, ManyChunksAreNoFile) {
  Fields file(false);
  file.Name("RIFF").Number(0, 4).Name("WAVEfmt ").Number(16, 4);
  AppendWaveFormat(file, 1, 1, 16);
  for (int i = 0; i < audio::kMaxChunks; ++i) file.Name("tiny").Number(0, 4);
  file.Name("data").Number(20, 4).Zeros(20);
  EXPECT_FALSE(FindSamples(file.bytes()));
}

TEST(FileHeaders, EveryTruncationAndFlipIsAnswered) {
  for (const Bytes& file :
       {Rifx(), Bw64(), Wave64(104), Au(3, 72), Au(6, UINT32_MAX), Caf(2, 16, 76)}) {
    for (size_t size = 0; size < file.size(); ++size) {
      const std::optional<SampleLayout> layout = FindSamples(ByteSpan(file).first(size));
      EXPECT_TRUE(!layout || layout->offset <= size);
    }
    for (size_t bit = 0; bit < 8 * file.size(); ++bit) {
      Bytes changed = file;
      changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      const std::optional<SampleLayout> layout = FindSamples(changed);
      if (!layout) continue;
      const SampleLayout clipped = ClipSamples(*layout, 0, changed.size());
      EXPECT_LE(clipped.offset + clipped.frames * FrameSize(clipped), changed.size());
    }
  }
}

}  // namespace
}  // namespace lmz
