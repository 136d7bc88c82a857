#include "codec/audio/audio_layout.h"

#include <gtest/gtest.h>

#include "tests/random.h"

namespace lmz {
namespace {

struct Chunk {
  std::string_view name;
  Bytes body;
};

Bytes File(std::string_view form, std::string_view type, const std::vector<Chunk>& chunks,
           bool is_big_endian) {
  Bytes out = ToBytes(form);
  ByteWriter writer(out);
  const auto number = [&](uint64_t value) {
    for (int i = 0; i < 4; ++i) {
      writer.U8(static_cast<uint8_t>(value >> 8 * (is_big_endian ? 3 - i : i)));
    }
  };
  number(0);
  writer.Append(ToBytes(type));
  for (const Chunk& chunk : chunks) {
    writer.Append(ToBytes(chunk.name));
    number(chunk.body.size());
    writer.Append(chunk.body);
    if (chunk.body.size() % 2 != 0) writer.U8(0);
  }
  return out;
}

Bytes WavFormat(int tag, int channels, int bits) {
  Bytes out;
  ByteWriter writer(out);
  writer.Le(static_cast<uint64_t>(tag), 2);
  writer.Le(static_cast<uint64_t>(channels), 2);
  writer.U32(8000);
  writer.U32(0);
  writer.Le(static_cast<uint64_t>(channels * bits / 8), 2);
  writer.Le(static_cast<uint64_t>(bits), 2);
  return out;
}

Bytes AiffFormat(int channels, int bits, std::string_view compression) {
  Bytes out = {0, static_cast<uint8_t>(channels), 0, 0, 0, 9, 0, static_cast<uint8_t>(bits)};
  out.resize(18);
  AppendTo(out, ToBytes(compression));
  return out;
}

TEST(AudioLayout, FindsTheSamplesOfWav) {
  const Bytes list(7, 'x');  // odd: a byte of padding follows
  const Bytes file = File(
      "RIFF", "WAVE", {{"LIST", list}, {"fmt ", WavFormat(1, 2, 24)}, {"data", Bytes(60)}}, false);
  const std::optional<SampleLayout> layout = FindSamples(file);
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->offset, 12u + 16 + 24 + 8);
  EXPECT_EQ(layout->frames, 10u);
  EXPECT_EQ(layout->channels, 2);
  EXPECT_EQ(layout->sample_bytes, 3);
  EXPECT_FALSE(layout->is_big_endian);
  EXPECT_FALSE(layout->is_unsigned);
}

TEST(AudioLayout, KnowsTheKindsOfWav) {
  const auto find = [](const Bytes& format) {
    return FindSamples(File("RIFF", "WAVE", {{"fmt ", format}, {"data", Bytes(96)}}, false));
  };
  EXPECT_TRUE(find(WavFormat(1, 1, 8))->is_unsigned);
  EXPECT_EQ(find(WavFormat(1, 16, 16))->frames, 3u);
  Bytes extensible = WavFormat(0xFFFE, 2, 16);
  extensible.resize(24);
  AppendTo(extensible, Bytes{1, 0});
  extensible.resize(40);
  EXPECT_TRUE(find(extensible).has_value());
  extensible[24] = 3;  // floating point, of 16 bits
  EXPECT_FALSE(find(extensible).has_value());
  EXPECT_TRUE(find(WavFormat(3, 2, 32))->is_float);
  EXPECT_EQ(find(WavFormat(1, 2, 32))->sample_bytes, 4);
  EXPECT_FALSE(find(WavFormat(3, 1, 64)));
  EXPECT_FALSE(find(WavFormat(3, 1, 16)).has_value()) << "another tag";
  EXPECT_FALSE(find(WavFormat(1, 0, 16)).has_value()) << "no channel";
  EXPECT_FALSE(find(WavFormat(1, 17, 16)).has_value()) << "too many channels";
  EXPECT_FALSE(find(WavFormat(1, 2, 12)).has_value()) << "odd bits";
  Bytes lying = WavFormat(1, 2, 16);
  lying[12] = 3;
  EXPECT_FALSE(find(lying).has_value()) << "a frame that is not its samples";
  EXPECT_FALSE(find(Bytes(10)).has_value()) << "a short format";
}

TEST(AudioLayout, SizesThatAreNotKnownReachToTheEnd) {
  Bytes file = File("RIFF", "WAVE", {{"fmt ", WavFormat(1, 1, 16)}, {"data", Bytes(8)}}, false);
  for (size_t i = 40; i < 44; ++i) file[i] = 0xFF;
  EXPECT_GT(FindSamples(file)->frames, uint64_t{1} << 40);
  EXPECT_EQ(ClipSamples(*FindSamples(file), 0, file.size()).frames, 4u);

  Bytes sizes(8);
  ByteWriter(sizes).U64(20);
  sizes.resize(28);
  Bytes rf64 = File("RF64", "WAVE",
                    {{"ds64", sizes}, {"fmt ", WavFormat(1, 1, 16)}, {"data", Bytes(30)}}, false);
  for (size_t i = 76; i < 80; ++i) rf64[i] = 0xFF;
  EXPECT_EQ(FindSamples(rf64)->frames, 10u);
}

TEST(AudioLayout, FindsTheSamplesOfAiff) {
  Bytes sound(8 + 3);
  sound[3] = 3;  // skipped in front of the samples
  sound.resize(8 + 3 + 36);
  const auto find = [&](std::string_view type, std::string_view compression) {
    const Bytes format = AiffFormat(2, 16, compression);
    return FindSamples(File("FORM", type, {{"COMM", format}, {"SSND", sound}}, true));
  };
  const std::optional<SampleLayout> aiff = find("AIFF", "");
  ASSERT_TRUE(aiff.has_value());
  EXPECT_EQ(aiff->offset, 12u + 26 + 8 + 8 + 3);
  EXPECT_EQ(aiff->frames, 9u);
  EXPECT_TRUE(aiff->is_big_endian);
  EXPECT_TRUE(find("AIFC", "NONE")->is_big_endian);
  EXPECT_FALSE(find("AIFC", "sowt")->is_big_endian);
  EXPECT_FALSE(find("AIFC", "ulaw").has_value());
  EXPECT_FALSE(find("AIFC", "").has_value());
  sound[0] = 0xFF;
  EXPECT_FALSE(find("AIFF", "").has_value()) << "more skipped than there is";
}

TEST(AudioLayout, EveryTruncationAndFlipIsAnswered) {
  const Bytes file =
      File("RIFF", "WAVE", {{"fmt ", WavFormat(1, 2, 16)}, {"data", Bytes(40)}}, false);
  for (size_t size = 0; size < 44; ++size) {
    EXPECT_FALSE(FindSamples(ByteSpan(file).first(size)).has_value());
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

TEST(AudioLayout, ClippingKeepsWholeFrames) {
  SampleLayout layout;
  layout.offset = 10;
  layout.frames = 100;
  layout.channels = 2;
  layout.sample_bytes = 3;
  for (uint64_t begin = 0; begin < 700; begin += 7) {
    for (uint64_t end = begin; end < 700; end += 11) {
      const SampleLayout clipped = ClipSamples(layout, begin, end);
      if (clipped.frames == 0) continue;
      EXPECT_EQ((begin + clipped.offset - layout.offset) % 6, 0u);
      EXPECT_TRUE(clipped.offset < 6 || begin < layout.offset);
      EXPECT_LE(begin + clipped.offset + clipped.frames * 6, std::min<uint64_t>(end, 610));
      EXPECT_GT(begin + clipped.offset + (clipped.frames + 1) * 6, std::min<uint64_t>(end, 610));
    }
  }
  EXPECT_EQ(ClipSamples(layout, 610, 700).frames, 0u);
}

}  // namespace
}  // namespace lmz
