// JPEG files for tests: any sizes and coefficients, as sequential or progressive scans.
#pragma once

#include "codec/jpeg/file.h"
#include "tests/random.h"

namespace lmz::testing {

struct JpegShape {
  uint32_t width = 40;
  uint32_t height = 30;
  uint32_t components = 3;
  uint8_t factors = 0x22;  // of the first component; of others 0x11
  bool is_progressive = false;
  uint8_t restart_interval = 0;
  bool pads_ones = true;
};

inline void AppendSegment(uint8_t marker, const Bytes& body, Bytes& out) {
  const size_t size = body.size() + 2;
  const Bytes head = {0xFF, marker, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
  ByteWriter writer(out);
  writer.Append(head);
  writer.Append(body);
}

// Any symbol: 0 to 15 of five bits for first coefficients, 255 of nine and one of ten for others.
inline void AppendCodes(Bytes& out) {
  Bytes dc(17);
  dc[5] = 16;
  for (uint8_t symbol = 0; symbol < 16; ++symbol) dc.push_back(symbol);
  AppendSegment(0xC4, dc, out);
  Bytes ac(17);
  ac[0] = 0x10;
  ac[9] = 255;
  ac[10] = 1;
  for (int symbol = 0; symbol < 256; ++symbol) ac.push_back(static_cast<uint8_t>(symbol));
  AppendSegment(0xC4, ac, out);
}

inline void AppendScanHeader(const Bytes& ids, const Bytes& selection, Bytes& out) {
  Bytes body = {static_cast<uint8_t>(ids.size())};
  for (const uint8_t id : ids) {
    body.push_back(id);
    body.push_back(0);
  }
  ByteWriter(body).Append(selection);
  AppendSegment(0xDA, body, out);
}

// Everything but the scans.
inline Bytes JpegAround(const JpegShape& shape) {
  Bytes out = {0xFF, 0xD8};
  Bytes steps = {0};
  for (uint8_t k = 0; k < 64; ++k) steps.push_back(static_cast<uint8_t>(3 + k / 2));
  AppendSegment(0xDB, steps, out);
  Bytes frame = {8,
                 static_cast<uint8_t>(shape.height >> 8),
                 static_cast<uint8_t>(shape.height),
                 static_cast<uint8_t>(shape.width >> 8),
                 static_cast<uint8_t>(shape.width),
                 static_cast<uint8_t>(shape.components)};
  Bytes ids;
  for (uint8_t id = 1; id <= shape.components; ++id) {
    ids.push_back(id);
    ByteWriter(frame).Append(Bytes{id, id == 1 ? shape.factors : uint8_t{0x11}, 0});
  }
  AppendSegment(shape.is_progressive ? 0xC2 : 0xC0, frame, out);
  AppendCodes(out);
  if (shape.restart_interval != 0) AppendSegment(0xDD, {0, shape.restart_interval}, out);
  if (!shape.is_progressive) {
    AppendScanHeader(ids, {0, 63, 0}, out);
  } else {
    AppendScanHeader(ids, {0, 0, 1}, out);
    for (const uint8_t id : ids) {
      AppendScanHeader({id}, {1, 5, 2}, out);
      AppendScanHeader({id}, {6, 63, 2}, out);
      AppendScanHeader({id}, {1, 63, 0x21}, out);
      AppendScanHeader({id}, {1, 63, 0x10}, out);
    }
    AppendScanHeader(ids, {0, 0, 0x10}, out);
  }
  ByteWriter(out).Append(Bytes{0xFF, 0xD9});
  return out;
}

// Coefficients that resemble those of pictures: a slope of means, few high frequencies. Of blocks
// that no scan of theirs alone has, none.
inline void FillBlocks(TestRandom& random, jpeg::Frame& frame) {
  frame.MakeBlocks();
  for (jpeg::Component& c : frame.components) {
    for (uint32_t row = 0; row < c.rows; ++row) {
      for (uint32_t column = 0; column < c.columns; ++column) {
        jpeg::Block& block = c.At({row, column});
        block[0] = static_cast<int16_t>(3 * row + 5 * column + random.Below(7));
        const uint64_t end = random.Below(random.Below(64) + 1);
        for (uint64_t k = 1; k < end; ++k) {
          const auto size = static_cast<int>(2 + 40 / (k + 1));
          const auto value = static_cast<int>(random.Below(2 * static_cast<uint64_t>(size) + 1));
          block[static_cast<size_t>(k)] = static_cast<int16_t>(value - size);
        }
      }
    }
  }
}

inline Bytes MakeJpegFile(TestRandom& random, const JpegShape& shape) {
  const Bytes around = JpegAround(shape);
  const uint64_t scans = shape.is_progressive ? 2 + 4 * shape.components : 1;
  std::optional<jpeg::File> file = jpeg::ParseAround(around, {.count = scans}, jpeg::kMaxBlocks);
  if (!file) return {};
  FillBlocks(random, file->frame);
  Bytes out;
  const bool is_written =
      jpeg::WriteFile(*file, around, shape.pads_ones, kMaxBlockRawSize, Watch(), out);
  return is_written ? out : Bytes();
}

// The file with another one in a segment of metadata.
inline Bytes WithThumbnail(const Bytes& file, const Bytes& thumbnail) {
  Bytes out(file.begin(), file.begin() + 2);
  const size_t size = 2 + 20 + thumbnail.size();
  ByteWriter writer(out);
  writer.Append(Bytes{0xFF, 0xE1, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)});
  writer.Append(Bytes(20, 'E'));
  writer.Append(thumbnail);
  writer.Append(ByteSpan(file).subspan(2));
  return out;
}

}  // namespace lmz::testing
