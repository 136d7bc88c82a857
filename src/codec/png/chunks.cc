#include "codec/png/chunks.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lmz::png {

namespace {

constexpr std::array<uint8_t, kSignatureSize> kSignature = {0x89, 'P',  'N',  'G',
                                                            '\r', '\n', 0x1A, '\n'};
constexpr size_t kHeaderSize = 13;

bool IsType(ByteSpan chunk, std::string_view type) {
  return std::equal(type.begin(), type.end(), chunk.begin() + 4,
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

// The chunk at `begin`, whole, or nothing.
ByteSpan ChunkAt(ByteSpan bytes, size_t begin) {
  if (bytes.size() < kChunkFrame || begin > bytes.size() - kChunkFrame) return {};
  const uint32_t size = LoadBe32(&bytes[begin]);
  if (size > bytes.size() - begin - kChunkFrame) return {};
  return bytes.subspan(begin, kChunkFrame + size);
}

// How many bytes there must be for the chunk at `begin`, as far as these tell.
uint64_t NeededFor(ByteSpan bytes, size_t begin) {
  const uint64_t frame_end = uint64_t{begin} + kChunkFrame;
  return bytes.size() < frame_end ? frame_end : frame_end + LoadBe32(&bytes[begin]);
}

// From the content of IHDR; none for what no PNG file has.
std::optional<Format> ReadFormat(ByteSpan header) {
  constexpr std::array<uint8_t, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};  // by colour type
  const uint8_t depth = header[8], color = header[9];
  if (color > 6 || kChannels[color] == 0) return std::nullopt;
  Format format;
  format.width = LoadBe32(&header[0]);
  format.height = LoadBe32(&header[4]);
  format.channels = kChannels[color];
  format.sample_bytes = depth / 8;
  format.has_palette = color == 3;
  format.is_interlaced = header[12] != 0;
  if (depth != 1 && depth != 2 && depth != 4 && depth != 8 && depth != 16) return std::nullopt;
  return format;
}

}  // namespace

std::optional<File> FindFile(ByteSpan bytes, ChunkWalk& walk) {
  walk = {};
  if (bytes.size() < kSignatureSize ||
      !std::equal(kSignature.begin(), kSignature.end(), bytes.begin())) {
    return std::nullopt;
  }
  ByteSpan first = ChunkAt(bytes, kSignatureSize);
  const bool is_bare = !first.empty() && IsType(first, "CgBI");
  if (is_bare) first = ChunkAt(bytes, kSignatureSize + first.size());
  if (first.size() != kChunkFrame + kHeaderSize || !IsType(first, "IHDR")) return std::nullopt;
  const std::optional<Format> format = ReadFormat(first.subspan(8));
  if (!format) return std::nullopt;
  File file;
  file.format = *format;
  file.is_bare = is_bare;
  bool was_idat = false;
  for (size_t at = kSignatureSize;;) {
    const ByteSpan chunk = ChunkAt(bytes, at);
    ++walk.chunks;
    walk.needed_size = NeededFor(bytes, at);
    if (chunk.empty()) return std::nullopt;
    const bool is_idat = IsType(chunk, "IDAT");
    if (is_idat && file.idat_chunks == 0) file.idat_begin = at;
    at += chunk.size();
    if (is_idat && (was_idat || file.idat_chunks == 0)) {
      file.idat_end = at;
      ++file.idat_chunks;
      was_idat = true;
    } else {
      was_idat = false;
    }
    file.size = at;
    if (IsType(chunk, "IEND")) break;
  }
  if (file.idat_chunks == 0) return std::nullopt;
  return file;
}

void AppendBe32(uint32_t v, Bytes& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(v >> shift));
}

size_t StripCrcs(ByteSpan bytes, size_t begin, Bytes& out) {
  ByteWriter writer(out);
  writer.Append(bytes.first(begin));
  size_t chunks = 0;
  while (true) {
    const ByteSpan chunk = ChunkAt(bytes, begin);
    if (chunk.empty()) break;
    const ByteSpan body = chunk.first(chunk.size() - 4);
    if (Crc32(body.subspan(4)) != LoadBe32(chunk.data() + body.size())) break;
    writer.Append(body);
    begin += chunk.size();
    ++chunks;
  }
  writer.Append(bytes.subspan(begin));
  return chunks;
}

bool RestoreCrcs(ByteSpan stripped, size_t begin, uint64_t chunks, Bytes& out) {
  if (begin > stripped.size()) return false;
  ByteWriter writer(out);
  writer.Append(stripped.first(begin));
  for (; chunks > 0; --chunks) {
    const ByteSpan rest = stripped.subspan(begin);
    if (rest.size() < 8 || LoadBe32(rest.data()) > rest.size() - 8) return false;
    const ByteSpan body = rest.first(8 + size_t{LoadBe32(rest.data())});
    writer.Append(body);
    AppendBe32(Crc32(body.subspan(4)), out);
    begin += body.size();
  }
  writer.Append(stripped.subspan(begin));
  return true;
}

}  // namespace lmz::png
