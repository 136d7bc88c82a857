// Archives as tar writes them, and files of sound and pixels to put into them.
#pragma once

#include <cstdio>
#include <string>

#include "base/bytes.h"
#include "tests/png_builder.h"
#include "tests/random.h"

namespace lmz::testing {

// Appends a member of an ustar archive: a header of 512 bytes, the content, zeros up to a multiple
// of 512.
inline void AppendTarMember(const std::string& name, ByteSpan content, Bytes& archive) {
  Bytes header(512);
  const auto put = [&header](size_t at, const std::string& text) {
    std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
  };
  char size[16];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar");
  put(263, "00");
  unsigned sum = 0;
  for (const uint8_t byte : header) sum += byte;
  char checksum[8];
  std::snprintf(checksum, sizeof checksum, "%06o", sum);
  put(148, std::string(checksum) + '\0');
  AppendTo(archive, header);
  AppendTo(archive, content);
  archive.resize((archive.size() + 511) / 512 * 512);
}

// Waves and noise: `height` rows of `width` pixels of `channels` bytes.
inline Bytes MakePixels(TestRandom& random, uint32_t width, uint32_t height, uint32_t channels) {
  Bytes pixels;
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      const uint32_t wave = (x < width / 2 ? x : width - x) * 200 / width + y * 60 / height;
      for (uint32_t c = 0; c < channels; ++c) {
        pixels.push_back(static_cast<uint8_t>(wave % 200 + 20 * c + random.Below(12)));
      }
    }
  }
  return pixels;
}

// A BMP file of 24 bits a pixel. `width` is a multiple of 4.
inline Bytes MakeBmp(TestRandom& random, uint32_t width, uint32_t height) {
  const Bytes pixels = MakePixels(random, width, height, 3);
  Bytes bmp = ToBytes("BM");
  ByteWriter writer(bmp);
  const auto size = static_cast<uint32_t>(54 + pixels.size());
  for (const uint32_t number : {size, 0u, 54u, 40u, width, height}) writer.U32(number);
  writer.Le(1, 2);
  writer.Le(24, 2);
  for (const uint32_t number : {0u, size - 54, 0u, 0u, 0u, 0u}) writer.U32(number);
  AppendTo(bmp, pixels);
  return bmp;
}

// A WAV file of two channels of 16 bits: two tones and noise.
inline Bytes MakeWav(TestRandom& random, uint32_t frames) {
  Bytes wav;
  ByteWriter writer(wav);
  writer.Append(ToBytes("RIFF"));
  writer.U32(36 + 4 * frames);
  writer.Append(ToBytes("WAVEfmt "));
  writer.U32(16);
  writer.Le(1, 2);
  writer.Le(2, 2);
  writer.U32(44100);
  writer.U32(4 * 44100);
  writer.Le(4, 2);
  writer.Le(16, 2);
  writer.Append(ToBytes("data"));
  writer.U32(4 * frames);
  for (uint32_t i = 0; i < frames; ++i) {
    const int32_t saw = static_cast<int32_t>(i % 137) * 90 - 6000;
    const int32_t triangle = static_cast<int32_t>(i % 100 < 50 ? i % 100 : 100 - i % 100) * 200;
    const auto noise = static_cast<int32_t>(random.Below(200));
    writer.Le(static_cast<uint64_t>(saw + noise), 2);
    writer.Le(static_cast<uint64_t>(triangle + noise / 2), 2);
  }
  return wav;
}

// A PNG file of shades of grey.
inline Bytes MakePng(TestRandom& random, uint32_t width, uint32_t height) {
  const PngShape shape = {.width = width, .height = height, .color = 0};
  const Bytes pixels = MakePixels(random, width, height, 1);
  return PngFile(shape, ZlibStream(FilteredRows(shape, pixels), {}));
}

}  // namespace lmz::testing
