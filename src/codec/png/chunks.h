// The frame of a PNG file: its chunks, their checksums, and how the compressed pixels are cut into
// them.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "codec/deflate/sums.h"

namespace lmz::png {

inline constexpr size_t kSignatureSize = 8;
inline constexpr size_t kChunkFrame = 12;  // length and type before the content, CRC behind it

// What a header tells of the pixels. Without rows, they are not to be told apart by rows: pixels of
// less than a byte.
struct Format {
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t channels = 0;
  uint32_t sample_bytes = 0;  // 1 or 2; 0 for less than a byte
  bool has_palette = false;
  bool is_interlaced = false;

  uint32_t pixel_size() const { return channels * sample_bytes; }
  bool has_rows() const { return sample_bytes != 0; }
};

// Where the parts of a PNG file are.
struct File {
  Format format;
  size_t size = 0;        // up to and with its last chunk
  size_t idat_begin = 0;  // of the first IDAT chunk, at its length
  size_t idat_end = 0;    // behind the last of those that follow it
  size_t idat_chunks = 0;
  // As Apple makes them for its devices: behind a chunk "CgBI", without the frame of zlib around
  // the deflate stream.
  bool is_bare = false;
};

// How a search for a file went.
struct ChunkWalk {
  uint64_t chunks = 0;       // that were looked at
  uint64_t needed_size = 0;  // of the bytes, to look at all chunks so far: more than there are when
                             // the last one is cut off
};

// The PNG file that `bytes` begins with, whole. Reads only the chunks' frames and the first
// content; none when one of them is malformed, cut off, or there is no IDAT chunk. `walk` is
// replaced.
std::optional<File> FindFile(ByteSpan bytes, ChunkWalk& walk);
inline std::optional<File> FindFile(ByteSpan bytes) {
  ChunkWalk walk;
  return FindFile(bytes, walk);
}

using deflate::Adler32;
using deflate::Crc32;

inline uint32_t LoadBe32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | uint32_t{p[3]};
}
void AppendBe32(uint32_t v, Bytes& out);

// Copies chunks without their CRCs, from bytes[begin ..) on, as long as these are right; what
// follows is copied as it is. Returns how many.
size_t StripCrcs(ByteSpan bytes, size_t begin, Bytes& out);

// The way back: appends `stripped` with a CRC behind each of the first `chunks` chunks, which begin
// at `begin`. False when there are not so many.
bool RestoreCrcs(ByteSpan stripped, size_t begin, uint64_t chunks, Bytes& out);

}  // namespace lmz::png
