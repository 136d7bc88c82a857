#include "codec/png/png.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/bytes/bytes.h"
#include "codec/png/chunks.h"
#include "codec/png/unpacked.h"
#include "tests/codec_round_trip.h"
#include "tests/png_builder.h"

namespace lmz {
namespace {

using testing::AppendChunk;
using testing::FilteredRows;
using testing::PngFile;
using testing::PngShape;
using testing::ZlibStream;

constexpr PngOptions kOptions = {.profile = Profile::kBinary};

// A surface with some noise; of 16 bits, all noise in the lower ones.
Bytes Pixels(const PngShape& shape) {
  TestRandom random(1);
  Bytes pixels;
  for (uint32_t y = 0; y < shape.height; ++y) {
    for (uint32_t i = 0; i < shape.row_size(); ++i) {
      const uint64_t x = i / shape.pixel_size();
      const uint64_t noise = random.Below(shape.depth == 16 && i % 2 == 1 ? 256 : 6);
      pixels.push_back(static_cast<uint8_t>(2 * x + 3 * y + noise));
    }
  }
  return pixels;
}

Bytes Png(const PngShape& shape, const deflate::Settings& settings = {}) {
  return PngFile(shape, ZlibStream(FilteredRows(shape, Pixels(shape)), settings));
}

size_t SizeAsBytes(ByteSpan raw) {
  Bytes payload;
  EXPECT_TRUE(EncodeBytes(raw, {.profile = kOptions.profile}, {}, payload).ok());
  return payload.size();
}

Bytes Coded(const Bytes& raw) {
  return testing::RoundTrip(kPngCodec, raw, kOptions);
}

// The payload's size, once it has been restored.
size_t CodedSize(const Bytes& raw, uint8_t expected_kind) {
  const Bytes payload = Coded(raw);
  EXPECT_EQ(payload.at(0), expected_kind);
  return payload.size();
}

void ExpectUnpacked(const Bytes& raw) {
  EXPECT_LT(CodedSize(raw, 1), raw.size() - 10);
}

TEST(Png, EveryKindOfPixelComesBackSmaller) {
  for (const int color : {0, 2, 3, 4, 6}) {
    for (const int depth : {1, 2, 4, 8, 16}) {
      if ((depth < 8 && color != 0 && color != 3) || (depth == 16 && color == 3)) continue;
      SCOPED_TRACE(color * 100 + depth);
      ExpectUnpacked(Png({.width = 90,
                          .height = 70,
                          .depth = static_cast<uint8_t>(depth),
                          .color = static_cast<uint8_t>(color)}));
    }
  }
}

TEST(Png, EverySettingComesBack) {
  const PngShape shape = {.width = 60, .height = 50};
  for (uint32_t search = 0; search <= 10; ++search) {
    ExpectUnpacked(Png(shape, {.search = search}));
    ExpectUnpacked(Png(shape, {.search = search, .is_filtered = true}));
  }
  for (uint32_t memory_level = 1; memory_level <= 9; ++memory_level) {
    ExpectUnpacked(Png(shape, {.memory_level = memory_level}));
  }
  ExpectUnpacked(Png(shape, {.search = 9, .keeps_distant = true}));
}

TEST(Png, OddImagesComeBack) {
  ExpectUnpacked(Png({.width = 1, .height = 3000}));
  ExpectUnpacked(Png({.width = 3000, .height = 1}));
  ExpectUnpacked(Png({.width = 40, .height = 60, .interlace = 1}));
  // A header that promises other rows than there are.
  const PngShape shape = {.width = 50, .height = 60};
  const Bytes zlib = ZlibStream(FilteredRows(shape, Pixels(shape)), {});
  for (const uint32_t width : {0u, 1u, 49u, 51u, UINT32_MAX}) {
    for (const uint32_t height : {0u, 59u, UINT32_MAX}) {
      ExpectUnpacked(PngFile({.width = width, .height = height}, zlib));
    }
  }
}

// Rows of seven small images, each filtered alone.
Bytes InterlacedRows(const PngShape& shape, ByteSpan pixels) {
  const png::Scanlines lines = {shape.row_size(), shape.pixel_size(), shape.height};
  Bytes types(static_cast<size_t>(lines.Types(0)));
  for (size_t i = 0; i < types.size(); ++i) types[i] = static_cast<uint8_t>(i % 5);
  Bytes data;
  EXPECT_TRUE(png::Filter(lines, types, pixels, data));
  return data;
}

TEST(Png, InterlacedImagesAreAsGoodAsOthers) {
  for (const int color : {0, 2, 6}) {
    const PngShape shape = {
        .width = 90, .height = 70, .color = static_cast<uint8_t>(color), .interlace = 1};
    const Bytes pixels = Pixels(shape);
    const Bytes file = PngFile(shape, ZlibStream(InterlacedRows(shape, pixels), {}));
    const Bytes plain = PngFile(shape, ZlibStream(FilteredRows(shape, pixels), {}));
    EXPECT_LT(CodedSize(file, 1), CodedSize(plain, 1) * 11 / 10 + 100);
  }
  for (const uint32_t width : {1u, 2u, 3u, 5u, 40u}) {
    for (const uint32_t height : {1u, 2u, 4u, 5u, 300u}) {
      PngShape shape = {.width = width, .height = height, .depth = 16, .color = 6, .interlace = 1};
      Bytes rows = InterlacedRows(shape, Pixels(shape));
      AppendTo(rows, ToBytes("surplus"));
      Coded(PngFile(shape, ZlibStream(rows, {})));
      shape.height += 1;  // one is missing
      Coded(PngFile(shape, ZlibStream(rows, {})));
    }
  }
}

TEST(Png, MissingAndSurplusBytesOfRowsCostLittle) {
  const PngShape shape = {.width = 90, .height = 70};
  const Bytes rows = FilteredRows(shape, Pixels(shape));
  const size_t plain = CodedSize(PngFile(shape, ZlibStream(rows, {})), 1);
  Bytes longer = rows;
  AppendTo(longer, ToBytes("not a row"));
  EXPECT_LT(CodedSize(PngFile(shape, ZlibStream(longer, {})), 1), plain + 60);
  const Bytes shorter(rows.begin(), rows.end() - shape.width);
  EXPECT_LT(CodedSize(PngFile(shape, ZlibStream(shorter, {})), 1), plain + plain / 20 + 60);
}

// As Apple makes them: no frame of zlib.
TEST(Png, BareStreamsComeBack) {
  const PngShape shape = {.width = 90, .height = 70, .color = 6};
  const Bytes zlib = ZlibStream(FilteredRows(shape, Pixels(shape)), {});
  const auto with_mark = [](const Bytes& file) {
    Bytes out(file.begin(), file.begin() + png::kSignatureSize);
    AppendChunk("CgBI", Bytes{0x50, 0, 0x20, 2}, out);
    AppendTo(out, ByteSpan(file).subspan(png::kSignatureSize));
    return out;
  };
  const size_t plain = CodedSize(PngFile(shape, zlib), 1);
  const Bytes bare = with_mark(PngFile(shape, ByteSpan(zlib).subspan(2, zlib.size() - 6)));
  EXPECT_LT(CodedSize(bare, 1), plain + 40);
  CodedSize(with_mark(PngFile(shape, zlib)), 0);  // not bare in spite of the mark
  Bytes surplus(zlib.begin() + 2, zlib.end());    // an Adler-32 all the same
  EXPECT_LT(CodedSize(with_mark(PngFile(shape, surplus)), 1), plain + 40);
}

TEST(Png, FiltersThatDoNotExistComeBack) {
  const PngShape shape = {.width = 50, .height = 60};
  Bytes rows = FilteredRows(shape, Pixels(shape));
  rows[10 * (shape.row_size() + 1)] = 5;
  ExpectUnpacked(PngFile(shape, ZlibStream(rows, {})));
}

TEST(Png, ChunksOfAnySizeComeBack) {
  const PngShape shape = {.width = 50, .height = 60};
  const Bytes zlib = ZlibStream(FilteredRows(shape, Pixels(shape)), {});
  for (const size_t size : {size_t{100}, size_t{1000}, zlib.size() - 1, zlib.size()}) {
    ExpectUnpacked(PngFile(shape, zlib, size));
  }
  // Uneven ones, an empty one, and one more behind another chunk.
  Bytes file = PngFile(shape, {});
  file.resize(file.size() - png::kChunkFrame);
  const ByteSpan all = zlib;
  AppendChunk("IDAT", all.first(1), file);
  AppendChunk("IDAT", {}, file);
  AppendChunk("IDAT", all.subspan(1, 700), file);
  AppendChunk("IDAT", all.subspan(701), file);
  AppendChunk("tIME", Bytes(7), file);
  AppendChunk("IDAT", Bytes(9), file);
  AppendChunk("IEND", {}, file);
  ExpectUnpacked(file);
}

TEST(Png, WrongChecksumsComeBack) {
  const Bytes file = Png({.width = 50, .height = 60});
  const png::File parts = png::FindFile(file).value();
  const auto with_change_at = [&](size_t position) {
    Bytes other = file;
    other[position] ^= 1;
    return other;
  };
  ExpectUnpacked(with_change_at(parts.idat_end - 1));    // IDAT's CRC
  ExpectUnpacked(with_change_at(parts.idat_end - 5));    // Adler-32 (and the CRC is wrong, too)
  ExpectUnpacked(with_change_at(parts.idat_begin - 1));  // of the chunk before
  ExpectUnpacked(with_change_at(parts.size - 1));        // IEND's CRC
  ExpectUnpacked(with_change_at(20));                    // width; wrong CRC in the first chunk
}

TEST(Png, WhatFollowsComesBack) {
  Bytes file = Png({.width = 50, .height = 60});
  AppendTo(file, ToBytes("what another program put behind the image"));
  ExpectUnpacked(file);
  const PngShape shape = {.width = 50, .height = 60};
  Bytes zlib = ZlibStream(FilteredRows(shape, Pixels(shape)), {});
  AppendTo(zlib, ToBytes("and behind the stream"));
  ExpectUnpacked(PngFile(shape, zlib));
}

TEST(Png, WhatIsNoPngGoesToBytes) {
  TestRandom random(5);
  const Bytes text = random.Text(2000);
  EXPECT_EQ(CodedSize(text, 0), SizeAsBytes(text) + 1);
  const Bytes file = Png({.width = 50, .height = 60});
  for (const size_t size : {size_t{5}, size_t{40}, file.size() / 2, file.size() - 1}) {
    const Bytes part(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(CodedSize(part, 0), SizeAsBytes(part) + 1) << size;
  }
}

// Whether or not what is left is a stream.
TEST(Png, DamagedStreamsComeBack) {
  const Bytes file = Png({.width = 50, .height = 60});
  const png::File parts = png::FindFile(file).value();
  for (size_t at = parts.idat_begin + 8; at + 12 < parts.idat_end; at += 241) {
    Bytes other = file;
    other[at] ^= 0x40;
    Bytes payload, back(file.size());
    ASSERT_TRUE(EncodePng(other, kOptions, {}, payload).ok());
    ASSERT_TRUE(DecodePng(payload, {}, back).ok());
    EXPECT_EQ(back, other);
  }
}

// Boxes on white, as diagrams and screenshots have them: more than 16 times their file.
TEST(Png, DiagramsAreUnpacked) {
  const PngShape shape = {.width = 400, .height = 300};
  TestRandom random(2);
  Bytes pixels(shape.row_size() * size_t{shape.height}, 0xFF);
  for (int box = 0; box < 200; ++box) {
    const size_t left = random.Below(300), top = random.Below(280);
    const size_t width = 20 + random.Below(80), height = 2 + random.Below(18);
    const auto color = static_cast<uint8_t>(random.Below(256));
    for (size_t y = top; y < top + height; ++y) {
      std::fill_n(pixels.begin() + static_cast<ptrdiff_t>(y * shape.row_size() + 3 * left),
                  3 * width, color);
    }
  }
  const Bytes raw = PngFile(shape, ZlibStream(FilteredRows(shape, pixels), {}));
  ASSERT_GT(pixels.size(), 16 * raw.size() + 4096);
  EXPECT_LT(CodedSize(raw, 1), SizeAsBytes(raw) * 9 / 10);
  // Memory is promised for what there is.
  Bytes payload;
  ASSERT_TRUE(EncodePng(raw, kOptions, {}, payload).ok());
  EXPECT_GT(DecodeMemoryOfPng(payload, raw.size(), {}), 2 * pixels.size());
  EXPECT_EQ(DecodeMemoryOfPng(ByteSpan(payload).first(5), raw.size(), {}), 0u);
}

// Of 1 MiB of zeros there is a file of a few hundred bytes: no reason to take so much memory.
TEST(Png, WhatGrowsTooMuchGoesToBytes) {
  const PngShape shape = {.width = 1024, .height = 1024, .color = 0};
  CodedSize(PngFile(shape, ZlibStream(FilteredRows(shape, Bytes(1 << 20)), {})), 0);
}

TEST(Png, DamagedPayloadsAreRefused) {
  const Bytes raw = Png({.width = 40, .height = 30});
  Bytes payload;
  ASSERT_TRUE(EncodePng(raw, kOptions, {}, payload).ok());
  ASSERT_EQ(payload[0], 1);
  const auto code_of = [&](const Bytes& other) {
    Bytes back(raw.size());
    const Result<uint32_t> state = DecodePng(other, {}, back);
    return state.ok() && back == raw ? Code::kOk
           : state.ok()              ? Code::kInternal
                                     : state.status().code();
  };
  EXPECT_EQ(code_of(payload), Code::kOk);
  for (size_t size = 0; size < 25; ++size) {
    const Bytes part(payload.begin(), payload.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(code_of(part), Code::kTruncated) << size;
  }
  Bytes longer = payload;
  longer.insert(longer.end(), 20, 0);
  EXPECT_EQ(code_of(longer), Code::kDamaged);
  Bytes kind = payload;
  kind[0] = 2;
  EXPECT_EQ(code_of(kind), Code::kNewerVersion);
  for (const auto& [place, value] :
       {std::pair{1, 6}, {1, 16}, {1, 11}, {4, 11}, {4, 0x46}, {5, 0x88}, {5, 0xF}}) {
    Bytes other = payload;
    other[static_cast<size_t>(place)] = static_cast<uint8_t>(value);
    EXPECT_EQ(code_of(other), Code::kDamaged) << place << " " << value;
  }
}

// A small block may not stand for pixels without end.
TEST(Png, FieldsHaveBounds) {
  const auto is_read = [](const png::Fields& fields, uint64_t raw_size) {
    Bytes bytes;
    fields.Write(bytes);
    ByteReader reader(bytes);
    return png::Fields::Read(reader, raw_size).ok();
  };
  png::Fields fields;
  fields.zlib_header[0] = 0x78;
  fields.zlib_header[1] = 0x9C;
  fields.around_size = 60;
  fields.head_size = 40;
  fields.data_size = 4096 + 64 * 1000 - 60;
  EXPECT_TRUE(is_read(fields, 1000));
  ++fields.data_size;
  EXPECT_FALSE(is_read(fields, 1000));
  EXPECT_TRUE(is_read(fields, 1001));
  fields.around_size = 140;  // with the filter types of 100 rows
  fields.lines.row_size = 24;
  fields.data_size = 25 * 100;
  for (const int pixel_size : {1, 3, 8}) {
    fields.lines.pixel_size = static_cast<uint8_t>(pixel_size);
    EXPECT_TRUE(is_read(fields, 1000)) << pixel_size;
  }
  for (const int pixel_size : {0, 9, 255}) {
    fields.lines.pixel_size = static_cast<uint8_t>(pixel_size);
    EXPECT_FALSE(is_read(fields, 1000)) << pixel_size;
  }
}

}  // namespace
}  // namespace lmz
