// PNG files for tests: any chunks, pixels with any filters, compressed as zlib would.
#pragma once

#include <string_view>

#include "codec/deflate/code_header.h"
#include "codec/deflate/parser.h"
#include "codec/deflate/stream.h"
#include "codec/png/chunks.h"
#include "codec/png/scanlines.h"
#include "tests/random.h"

namespace lmz::testing {

// As zlib cuts its tokens into blocks, without stored ones.
inline std::vector<deflate::Block> ZlibBlocks(ByteSpan data, const deflate::Settings& settings) {
  deflate::Parser parser(data, settings);
  std::vector<deflate::Block> blocks;
  for (size_t begin = 0; begin < data.size(); begin = parser.position()) {
    deflate::Block& block = blocks.emplace_back();
    while (parser.position() < data.size() && block.tokens.size() < settings.block_tokens()) {
      block.tokens.push_back(parser.Next().token);
      parser.Take(block.tokens.back());
    }
    const deflate::CodeCounts counts(block.tokens, data.subspan(begin));
    block.header = ZlibHeader(counts);
    const bool is_fixed = PrefersFixed(counts, block.header);
    block.type = is_fixed ? deflate::BlockType::kFixed : deflate::BlockType::kDynamic;
    if (is_fixed) block.header = {};
  }
  blocks.back().is_last = true;
  return blocks;
}

// Any valid parse: literals, copies of what is there, blocks of any size and type, lengths of
// codes that no encoder would choose.
inline std::vector<deflate::Block> RandomBlocks(TestRandom& random, ByteSpan data) {
  std::vector<deflate::Block> blocks;
  for (size_t at = 0; at < data.size();) {
    deflate::Block& block = blocks.emplace_back();
    block.type = static_cast<deflate::BlockType>(random.Below(3));
    const size_t begin = at;
    if (block.type == deflate::BlockType::kStored) {
      const auto size = static_cast<size_t>(random.Below(200));
      block.stored_size = static_cast<uint32_t>(std::min(size, data.size() - at));
      at += block.stored_size;
      continue;
    }
    for (uint64_t left = random.Below(400); left > 0 && at < data.size(); --left) {
      const auto distance = static_cast<size_t>(1 + random.Below(at + 1));
      uint32_t length = 0;
      while (distance <= at && length < deflate::kMaxMatch && at + length < data.size() &&
             data[at + length - distance] == data[at + length]) {
        ++length;
      }
      deflate::Token token;
      if (length >= deflate::kMinMatch) {
        token = {static_cast<uint16_t>(deflate::kMinMatch +
                                       random.Below(length - deflate::kMinMatch + 1)),
                 static_cast<uint16_t>(distance)};
      }
      block.tokens.push_back(token);
      at += token.length;
    }
    if (block.type == deflate::BlockType::kFixed) continue;
    const deflate::CodeCounts counts(block.tokens, data.subspan(begin));
    block.header = ZlibHeader(counts);
    if (random.Below(2) == 0) continue;
    // Every symbol gets a code, and the header lists more lengths than it must.
    deflate::LiteralLengths literals;
    deflate::DistanceLengths distances;
    literals.fill(9);
    distances.fill(5);
    block.header = deflate::HeaderFor(literals, distances);
    block.header.order_count = deflate::kOrderCodes;
  }
  if (blocks.empty() || random.Below(2) == 0) {
    blocks.emplace_back().type = deflate::BlockType::kStored;
  }
  blocks.back().is_last = true;
  return blocks;
}

inline Bytes WriteBlocks(const std::vector<deflate::Block>& blocks, ByteSpan data) {
  Bytes out;
  deflate::BitWriter writer(out, UINT64_MAX);
  for (const deflate::Block& block : blocks) {
    deflate::WriteBlock(block, block.is_last, data, writer);
    data = data.subspan(static_cast<size_t>(deflate::SizeOf(block)));
  }
  writer.FillByte();
  return out;
}

// A zlib stream with a window of 2^15 bytes.
inline Bytes ZlibStream(ByteSpan data, const deflate::Settings& settings) {
  Bytes stream = {0x78, 0x9C};
  AppendTo(stream, WriteBlocks(ZlibBlocks(data, settings), data));
  png::AppendBe32(png::Adler32(data), stream);
  return stream;
}

inline void AppendChunk(std::string_view type, ByteSpan content, Bytes& file) {
  png::AppendBe32(static_cast<uint32_t>(content.size()), file);
  const size_t begin = file.size();
  AppendTo(file, ToBytes(type));
  AppendTo(file, content);
  png::AppendBe32(png::Crc32(ByteSpan(file).subspan(begin)), file);
}

struct PngShape {
  uint32_t width = 0;
  uint32_t height = 0;
  uint8_t depth = 8;
  uint8_t color = 2;  // 0: gray, 2: RGB, 3: palette, 4: gray and alpha, 6: RGBA
  uint8_t interlace = 0;

  uint32_t bits() const {
    constexpr uint32_t kChannels[] = {1, 0, 3, 1, 2, 0, 4};
    return kChannels[color] * depth;
  }
  uint32_t row_size() const { return (width * bits() + 7) / 8; }
  uint32_t pixel_size() const { return (bits() + 7) / 8; }
};

// The rows of `pixels` with filter types 0, 1, 2, 3, 4, 0, ...
inline Bytes FilteredRows(const PngShape& shape, ByteSpan pixels) {
  Bytes types;
  for (uint32_t y = 0; y < shape.height; ++y) types.push_back(static_cast<uint8_t>(y % 5));
  Bytes data;
  png::Filter({shape.row_size(), shape.pixel_size()}, types, pixels, data);
  return data;
}

// A PNG file around a zlib stream, which is cut into IDAT chunks of `idat_size` bytes.
inline Bytes PngFile(const PngShape& shape, ByteSpan zlib, size_t idat_size = 1 << 16) {
  Bytes file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Bytes header;
  png::AppendBe32(shape.width, header);
  png::AppendBe32(shape.height, header);
  AppendTo(header, Bytes{shape.depth, shape.color, 0, 0, shape.interlace});
  AppendChunk("IHDR", header, file);
  if (shape.color == 3) AppendChunk("PLTE", Bytes(768, 7), file);
  AppendChunk("tEXt", ToBytes("Title"), file);
  while (!zlib.empty()) {
    const size_t size = std::min(idat_size, zlib.size());
    AppendChunk("IDAT", zlib.first(size), file);
    zlib = zlib.subspan(size);
  }
  AppendChunk("IEND", {}, file);
  return file;
}

}  // namespace lmz::testing
