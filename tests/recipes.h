// Test inputs by formula, so that any other program can make the same bytes (tests/golden/README.md
// lists them).
#pragma once

#include <array>
#include <bit>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"
#include "codec/inside/finder.h"
#include "codec/inside/inside.h"
#include "tests/archive_builder.h"
#include "tests/jpeg_builder.h"
#include "tests/png_builder.h"
#include "tests/random.h"

namespace lmz::testing {

struct Generator {
  const char* name;
  Bytes (*make)(size_t size);
};

// All bytes 0.
inline Bytes MakeZeros(size_t size) {
  return Bytes(size);
}

// Byte i is i mod 251: a prime, so that no power of two hides a mistake.
inline Bytes MakeRamp(size_t size) {
  Bytes out(size);
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<uint8_t>(i % 251);
  return out;
}

// Byte i is the low byte of the i-th number of splitmix64 with state 1.
inline Bytes MakeRandom(size_t size) {
  Bytes out(size);
  TestRandom random(1);
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(random.Next());
  return out;
}

// Words chosen by splitmix64 with state 2, number modulo 16, each followed by a space, or by a line
// feed when the number divided by 16 is 0 modulo 8; cut at `size`.
inline Bytes MakeWords(size_t size) {
  constexpr std::array<std::string_view, 16> kWords = {
      "the",  "of", "block",  "model", "a",    "byte",   "context", "and",
      "code", "is", "stream", "to",    "file", "checks", "in",      "mixing"};
  Bytes out;
  TestRandom random(2);
  while (out.size() < size) {
    const uint64_t number = random.Next();
    const std::string_view word = kWords[number % 16];
    out.insert(out.end(), word.begin(), word.end());
    out.push_back(number / 16 % 8 == 0 ? '\n' : ' ');
  }
  out.resize(size);
  return out;
}

// Records of 16 bytes: a little-endian 32-bit counter, the same times 3, a 16-bit random number
// below 1000 (splitmix64 with state 3) and six bytes 0; cut at `size`.
inline Bytes MakeRecords(size_t size) {
  Bytes out;
  TestRandom random(3);
  for (uint32_t i = 0; out.size() < size; ++i) {
    ByteWriter writer(out);
    writer.U32(i);
    writer.U32(3 * i);
    writer.Le(random.Next() % 1000, 2);
    writer.Le(0, 6);
  }
  out.resize(size);
  return out;
}

// Byte i is the low byte of the (i mod 1499)-th number of splitmix64 with state 4: long repeats.
inline Bytes MakeEcho(size_t size) {
  Bytes out(size);
  TestRandom random(4);
  for (size_t i = 0; i < size; ++i) {
    out[i] = i < 1499 ? static_cast<uint8_t>(random.Next()) : out[i - 1499];
  }
  return out;
}

// Slots of 16 bytes, each an x86 call (E8 and the 32-bit distance from its end) to the offset
// 64 times (a number of splitmix64 with state 5, modulo 8), and eleven bytes that count the slots
// modulo 7; cut at `size`.
inline Bytes MakeCalls(size_t size) {
  Bytes out;
  TestRandom random(5);
  for (uint32_t slot = 0; out.size() < size; ++slot) {
    ByteWriter writer(out);
    writer.U8(0xE8);
    const uint64_t target = 64 * (random.Next() % 8);
    writer.U32(static_cast<uint32_t>(target) - (16 * slot + 5));
    for (int i = 0; i < 11; ++i) writer.U8(static_cast<uint8_t>(slot % 7));
  }
  out.resize(size);
  return out;
}

// A PPM header, "P6\n40 ROWS\n255\n" with ROWS = size / 120, and pixels of 40 columns x and any
// number of rows y, cut at `size`. With r the next number of splitmix64 with state 6, green is
// (3 x + 2 y + r mod 8) mod 200, red is 2 (x / 8 + r / 8 mod 4) more, blue 3 (y / 8 mod 8 + r / 32
// mod 4) more; all modulo 256.
inline Bytes MakePhoto(size_t size) {
  Bytes out = ToBytes("P6\n40 " + std::to_string(size / 120) + "\n255\n");
  TestRandom random(6);
  for (uint64_t i = 0; out.size() < size; ++i) {
    const uint64_t x = i % 40;
    const uint64_t y = i / 40;
    const uint64_t r = random.Next();
    const uint64_t green = (3 * x + 2 * y + r % 8) % 200;
    out.push_back(static_cast<uint8_t>(green + 2 * (x / 8 + r / 8 % 4)));
    out.push_back(static_cast<uint8_t>(green));
    out.push_back(static_cast<uint8_t>(green + 3 * (y / 8 % 8 + r / 32 % 4)));
  }
  out.resize(size);
  return out;
}

// A WAV file that promises more than it holds: 44 bytes of header, then frames of two 16-bit
// samples. With i the number of the frame, j = i mod 100 and r = the low byte of the i-th number of
// splitmix64 with state 6: the left sample is 300 (j < 50 ? j : 100 - j) - 7500 + r, the right one
// half of it, rounded down, plus 5 r mod 64. Cut at `size`.
inline Bytes MakeWave(size_t size) {
  Bytes out;
  ByteWriter writer(out);
  writer.Append(ToBytes("RIFF"));
  writer.U32(0x7FFFFFFF);
  writer.Append(ToBytes("WAVEfmt "));
  writer.U32(16);
  writer.Le(1, 2);  // PCM
  writer.Le(2, 2);  // channels
  writer.U32(44100);
  writer.U32(4 * 44100);
  writer.Le(4, 2);   // bytes of a frame
  writer.Le(16, 2);  // bits of a sample
  writer.Append(ToBytes("data"));
  writer.U32(0x7FFFFFDB);
  TestRandom random(6);
  for (int32_t i = 0; out.size() < size; ++i) {
    const int32_t r = static_cast<int32_t>(random.Next() & 0xFF);
    const int32_t j = i % 100;
    const int32_t left = 300 * (j < 50 ? j : 100 - j) - 7500 + r;
    writer.Le(static_cast<uint64_t>(left), 2);
    writer.Le(static_cast<uint64_t>((left >> 1) + 5 * r % 64), 2);
  }
  out.resize(size);
  return out;
}

// A PGM header, "P5\n24 ROWS\n4095\n" with ROWS = size / 48, and samples of 16 bits, the upper byte
// first, of 24 columns x and any number of rows y, cut at `size`: (37 x + 23 y + r mod 64) mod 4096
// with r the next number of splitmix64 with state 7.
inline Bytes MakeScan(size_t size) {
  Bytes out = ToBytes("P5\n24 " + std::to_string(size / 48) + "\n4095\n");
  TestRandom random(7);
  for (uint64_t i = 0; out.size() < size; ++i) {
    const uint64_t sample = (37 * (i % 24) + 23 * (i / 24) + random.Next() % 64) % 4096;
    out.push_back(static_cast<uint8_t>(sample >> 8));
    out.push_back(static_cast<uint8_t>(sample));
  }
  out.resize(size);
  return out;
}

// A PNG file of 40 x 30 pixels, those of `photo`: their rows filtered with types 0, 1, 2, 3, 4, 0,
// .., compressed as zlib does at level 6, in IDAT chunks of 1000 bytes; behind IHDR a chunk tEXt
// with "Title". `ramp` fills up to `size`, or the file is cut there.
inline Bytes MakePicture(size_t size) {
  const PngShape shape = {.width = 40, .height = 30};
  const Bytes photo = MakePhoto(15 + 3600);
  const Bytes data = FilteredRows(shape, ByteSpan(photo).subspan(15));
  Bytes out = PngFile(shape, ZlibStream(data, {}), 1000);
  if (out.size() < size) AppendTo(out, MakeRamp(size - out.size()));
  out.resize(size);
  return out;
}

// A zip file of three entries: 1500 bytes of `words`, 1200 of `records` with sizes behind the
// stream, 700 of `words`, compressed as zlib does at levels 6, 1 and 9; a gzip member with 900
// bytes of `words`, as the program gzip makes it at level 9; a zlib stream of 800 bytes of
// `records`. `ramp` fills up to `size`, or it is cut there.
inline Bytes MakeArchive(size_t size) {
  Bytes out = ZipFile({{.name = "words.txt", .data = MakeWords(1500)},
                       {.name = "records.bin",
                        .data = MakeRecords(1200),
                        .settings = {.search = 1},
                        .has_descriptor = true},
                       {.name = "more.txt", .data = MakeWords(700), .settings = {.search = 9}}});
  AppendTo(out,
           GzipFile(MakeWords(900), {.search = 9, .memory_level = deflate::Settings::kGzipMemory}));
  AppendTo(out, ZlibStream(MakeRecords(800), {}));
  if (out.size() < size) AppendTo(out, MakeRamp(size - out.size()));
  out.resize(size);
  return out;
}

// A mail with runs of Base64 in several layouts, `ramp` behind it.
inline Bytes MakeMail(size_t size) {
  Bytes out = MailFile({MakeWords(700), GzipFile(MakeWords(900)), MakeRecords(300)});
  AppendTo(out, ToBytes("<img src=\"data:image/x;base64,"));
  inside::AppendBase64(MakeRecords(400), {}, out);
  AppendTo(out, ToBytes("\"> url("));
  inside::AppendBase64(MakeRandom(302), {.is_url = true, .is_padded = false}, out);
  AppendTo(out, ToBytes(")\n attribute:: "));
  inside::AppendBase64(
      MakeWords(401),
      {.line_length = 77, .first_line = 60, .separator_size = 2, .separator = {'\n', ' '}}, out);
  AppendTo(out, ToBytes("\n"));
  if (out.size() < size) AppendTo(out, MakeRamp(size - out.size()));
  out.resize(size);
  return out;
}

// The second piece of a stream that goes on behind it.
struct StreamPiece {
  Bytes raw;
  InsideOptions options;
};
inline StreamPiece MakeStreamPiece() {
  const Bytes file = GzipFile(MakeRecords(90'000), {.memory_level = 1});
  const Surroundings around = {.max_size = 5000};
  const Sighting first = inside::kFinder.look(file, around);
  const ByteSpan rest = ByteSpan(file).subspan(static_cast<size_t>(first.size));
  const Sighting second = inside::kFinder.resume(first.options, rest, around);
  return {Bytes(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(second.size)),
          std::get<InsideOptions>(second.options)};
}
inline Bytes MakePiece(size_t size) {
  static const Bytes kPiece = MakeStreamPiece().raw;
  Bytes out = kPiece;
  out.resize(size);
  return out;
}

// The words of MakeWords in UTF-16, the lower byte first, behind a byte order mark; in place of
// every 50th unit a high surrogate, two of them in a row every 100th, and in place of every 70th a
// pair of surrogates that stands for 1F600 (hexadecimal). Cut at `size`.
inline Bytes MakeWide(size_t size) {
  Bytes out;
  ByteWriter writer(out);
  writer.Le(0xFEFF, 2);
  const Bytes words = MakeWords(size);
  for (size_t i = 1; out.size() < size; ++i) {
    if (i % 50 == 0) {
      writer.Le(0xD83D, 2);
      if (i % 100 == 0) writer.Le(0xD83D, 2);
    } else if (i % 70 == 0) {
      writer.U32(0xDE00D83D);
    } else {
      writer.Le(words[i], 2);
    }
  }
  out.resize(size);
  return out;
}

// The file of MakeWave with the lower four bits of every sample cleared.
inline Bytes MakeCoarse(size_t size) {
  Bytes out = MakeWave(size);
  for (size_t i = 44; i < out.size(); i += 2) out[i] = static_cast<uint8_t>(out[i] & 0xF0);
  return out;
}

// A RIFX file that promises more than it holds: 44 bytes of header, then frames of one 32-bit
// sample, the highest byte first. With left and r as in MakeWave, sample i is 2^16 left +
// 257 (r mod 200). Cut at `size`.
inline Bytes MakeFine(size_t size) {
  Bytes out = ToBytes("RIFX");
  const auto number = [&](uint64_t value, int bytes) {
    for (int i = bytes; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  number(0x7FFFFFFF, 4);
  AppendTo(out, ToBytes("WAVEfmt "));
  number(16, 4);
  number(1, 2);  // PCM
  number(1, 2);  // channels
  number(44100, 4);
  number(4 * 44100, 4);
  number(4, 2);   // bytes of a frame
  number(32, 2);  // bits of a sample
  AppendTo(out, ToBytes("data"));
  number(0x7FFFFFDB, 4);
  TestRandom random(6);
  for (int32_t i = 0; out.size() < size; ++i) {
    const auto r = static_cast<int32_t>(random.Next() & 0xFF);
    const int32_t j = i % 100;
    const int32_t left = 300 * (j < 50 ? j : 100 - j) - 7500 + r;
    number(static_cast<uint64_t>(65536 * left + 257 * (r % 200)), 4);
  }
  out.resize(size);
  return out;
}

// An AU file: 24 bytes of header, then frames of two numbers in IEEE 754, the highest byte first.
// With left and r as in MakeWave, the first of frame i is left / 2^15, the second one
// (left + r / 256) / 2^16; every 50th frame has 0 and minus 0. Cut at `size`.
inline Bytes MakeFloats(size_t size) {
  Bytes out = ToBytes(".snd");
  const auto number = [&](uint32_t value) {
    for (int i = 4; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  for (const uint32_t field : {24u, 0xFFFFFFFFu, 6u, 44100u, 2u}) number(field);
  TestRandom random(6);
  for (int32_t i = 0; out.size() < size; ++i) {
    const auto r = static_cast<int32_t>(random.Next() & 0xFF);
    const int32_t j = i % 100;
    const int32_t left = 300 * (j < 50 ? j : 100 - j) - 7500 + r;
    const float sign = i % 50 == 0 ? 0.0f : 1.0f;
    number(std::bit_cast<uint32_t>(sign * static_cast<float>(left) / 32768.0f));
    const float right = static_cast<float>(256 * left + r) / 16777216.0f;
    number(std::bit_cast<uint32_t>(i % 50 == 0 ? -0.0f : right));
  }
  out.resize(size);
  return out;
}

// The pixels of MakePicture as Apple's devices have them, interlaced: a chunk CgBI in front of
// IHDR, no frame of zlib; each of the seven images filtered with types 0, 1, 2, 3, 4, 0, .. in one
// row after the other, and ten bytes of `ramp` behind the rows. The rest as there.
inline Bytes MakePasses(size_t size) {
  const PngShape shape = {.width = 40, .height = 30, .interlace = 1};
  const Bytes photo = MakePhoto(15 + 3600);
  const png::Scanlines lines = {shape.row_size(), shape.pixel_size(), shape.height};
  Bytes types(static_cast<size_t>(lines.Types(0)));
  for (size_t i = 0; i < types.size(); ++i) types[i] = static_cast<uint8_t>(i % 5);
  Bytes pixels(photo.begin() + 15, photo.end());
  AppendTo(pixels, MakeRamp(10));
  Bytes data;
  png::Filter(lines, types, pixels, data);
  const Bytes zlib = ZlibStream(data, {});
  const Bytes file = PngFile(shape, ByteSpan(zlib).subspan(2, zlib.size() - 6), 1000);
  Bytes out(file.begin(), file.begin() + png::kSignatureSize);
  AppendChunk("CgBI", Bytes{0x50, 0, 0x20, 2}, out);
  AppendTo(out, ByteSpan(file).subspan(png::kSignatureSize));
  if (out.size() < size) AppendTo(out, MakeRamp(size - out.size()));
  out.resize(size);
  return out;
}

// A JPEG file, of 43 x 35 pixels for sizes below 3000, progressive from there on; coefficients by
// splitmix64 (tests/jpeg_builder.h). `ramp` fills up to `size`, or the file is cut there.
inline Bytes MakeLossy(size_t size) {
  TestRandom random(5);
  JpegShape shape = {.width = 43, .height = 35};
  if (size >= 3000) {
    shape.factors = 0x21;
    shape.is_progressive = true;
    shape.restart_interval = 5;
  }
  Bytes out = MakeJpegFile(random, shape);
  if (out.size() < size) AppendTo(out, MakeRamp(size - out.size()));
  out.resize(size);
  return out;
}

// Rows of 200 pixels, 25 bytes each: lines of six shapes, eight pixels wide, with blanks between
// them. Row y of a line of twelve has byte y mod 12 of splitmix64 of the shape's number in its
// first seven.
inline Bytes MakePage(size_t size) {
  Bytes out(size);
  for (size_t i = 0; i < size; ++i) {
    const size_t row = i / 25;
    const size_t column = i % 25;
    if (row % 12 >= 7 || column % 8 == 7) continue;
    const uint64_t shape = SplitMix64((5 * column + row / 12) % 6);
    out[i] = static_cast<uint8_t>(shape >> (8 * (row % 12)));
  }
  return out;
}

inline constexpr std::array<Generator, 21> kGenerators = {{
    {"zeros", MakeZeros},   {"ramp", MakeRamp},       {"random", MakeRandom},
    {"words", MakeWords},   {"records", MakeRecords}, {"echo", MakeEcho},
    {"calls", MakeCalls},   {"photo", MakePhoto},     {"scan", MakeScan},
    {"wave", MakeWave},     {"picture", MakePicture}, {"archive", MakeArchive},
    {"mail", MakeMail},     {"piece", MakePiece},     {"wide", MakeWide},
    {"coarse", MakeCoarse}, {"fine", MakeFine},       {"floats", MakeFloats},
    {"passes", MakePasses}, {"lossy", MakeLossy},     {"page", MakePage},
}};

// A match goes on into a passage that has stood elsewhere since, breaks behind it, and the other
// place is found with a long agreement.
inline Bytes MakeCrossingRepeats() {
  const Bytes noise = MakeRandom(600);
  const ByteSpan passage = ByteSpan(noise).subspan(0, 200);
  const ByteSpan first = ByteSpan(noise).subspan(200, 100);
  const ByteSpan second = ByteSpan(noise).subspan(300, 100);
  Bytes made;
  const auto append = [&](ByteSpan before, ByteSpan after) {
    for (const ByteSpan part : {before, passage, after}) AppendTo(made, part);
  };
  for (size_t tail = 400; tail < 600; tail += 40) {
    append(first, ByteSpan(noise).subspan(tail, 20));
    append(second, ByteSpan(noise).subspan(tail + 20, 20));
    append(first, ByteSpan(noise).subspan(tail + 20, 20));
  }
  return made;
}

// Copies of 1500 letters, of which there are four; each with its lines broken elsewhere and a byte
// changed, inserted or dropped here and there.
inline Bytes MakeEditedCopies(size_t copies) {
  const Bytes noise = MakeRandom(1500);
  Bytes made;
  for (size_t copy = 0; copy < copies; ++copy) {
    for (size_t i = 0; i < noise.size(); ++i) {
      const auto letter = static_cast<uint8_t>('A' | noise[i] % 4 << 1);
      const size_t edit = copy * (i + 1) % 149;
      if (edit != 5) made.push_back(edit == 7 ? static_cast<uint8_t>(letter ^ 8) : letter);
      if (edit == 9) made.push_back(static_cast<uint8_t>(letter ^ 2));
      if (i % (20 + 7 * copy) != 0) continue;
      if (copy % 2 != 0) made.push_back('\r');
      made.push_back('\n');
    }
  }
  return made;
}

}  // namespace lmz::testing
