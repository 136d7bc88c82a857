// WAV and its relatives, and AIFF: files of chunks with a name and a size of four bytes each.
#include <array>

#include "codec/audio/file_headers.h"

namespace lmz::audio {

namespace {

constexpr uint64_t kFileHeaderSize = 12;
constexpr uint64_t kChunkHeaderSize = 8;
constexpr uint64_t kUnknownSize = 0xFFFFFFFF;  // in RF64: see ds64; else from programs that stream

// Chunks that matter, and those most often in front of them.
constexpr std::array<std::string_view, 7> kNames = {"fmt ", "data", "ds64", "COMM",
                                                    "SSND", "LIST", "fact"};

bool IsName(const HeaderBytes& file, uint64_t offset) {
  if (!file.Has(offset, 4)) return false;
  for (uint64_t i = 0; i < 4; ++i) {
    const uint8_t c = file.bytes[static_cast<size_t>(offset + i)];
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

// Where the next chunk begins. A chunk of odd size has a byte of padding, which some programs
// forget.
uint64_t NextChunk(const HeaderBytes& file, uint64_t body, uint64_t size) {
  const uint64_t end = body + size;
  if (size % 2 == 0) return end;
  for (const std::string_view name : kNames) {
    if (file.Is(end, name)) return end;
    if (file.Is(end + 1, name)) return end + 1;
  }
  return IsName(file, end) && !IsName(file, end + 1) ? end : end + 1;
}

// "COMM"; AIFF-C adds the kind of compression.
bool ReadAiffFormat(const HeaderBytes& file, uint64_t offset, uint64_t size, SampleLayout& layout) {
  if (size < 18 || !file.Has(offset, 18)) return false;
  const uint64_t channels = file.Number(offset, 2);
  const uint64_t bits = file.Number(offset + 6, 2);
  layout.is_big_endian = true;
  const uint64_t kind = offset + 18;
  if (!file.Is(8, "AIFC")) return SetFormat(channels, bits, false, layout);
  if (size < 22) return false;
  if (file.Is(kind, "fl32") || file.Is(kind, "FL32")) {
    return SetFormat(channels, 32, true, layout);
  }
  layout.is_big_endian = !file.Is(kind, "sowt");
  layout.is_unsigned = file.Is(kind, "raw ");
  const bool is_pcm = !layout.is_big_endian || file.Is(kind, "NONE") || file.Is(kind, "twos") ||
                      (layout.is_unsigned && bits <= 8) || file.Is(kind, "in24") ||
                      file.Is(kind, "in32");
  return is_pcm && SetFormat(channels, bits, false, layout);
}

}  // namespace

bool SetFormat(uint64_t channels, uint64_t bits, bool is_float, SampleLayout& layout) {
  if (channels == 0 || channels > kMaxAudioChannels || bits == 0 || bits > 32) return false;
  layout.channels = static_cast<uint8_t>(channels);
  layout.sample_bytes = static_cast<uint8_t>((bits + 7) / 8);
  layout.is_float = is_float;
  return !is_float || bits == 32;
}

std::optional<SampleLayout> Finish(SampleLayout layout, uint64_t offset, uint64_t size) {
  if (layout.channels == 0) return std::nullopt;  // the samples come before their format
  layout.offset = offset;
  layout.frames = size / FrameSize(layout);
  if (layout.frames == 0) return std::nullopt;
  return layout;
}

// Tag 1 is PCM, 3 floating point; 0xFFFE says that the tag is the beginning of a GUID further on.
bool ReadWaveFormat(const HeaderBytes& file, uint64_t offset, uint64_t size, SampleLayout& layout) {
  constexpr uint64_t kPcm = 1, kFloat = 3, kExtensible = 0xFFFE;
  if (size < 16 || !file.Has(offset, 16)) return false;
  uint64_t tag = file.Number(offset, 2);
  if (tag == kExtensible && size >= 26 && file.Has(offset, 26)) tag = file.Number(offset + 24, 2);
  if (tag != kPcm && tag != kFloat) return false;
  const uint64_t bits = file.Number(offset + 14, 2);
  if (!SetFormat(file.Number(offset + 2, 2), bits, tag == kFloat, layout)) return false;
  layout.is_big_endian = file.is_big_endian;
  layout.is_unsigned = layout.sample_bytes == 1;
  return file.Number(offset + 12, 2) == FrameSize(layout);
}

std::optional<SampleLayout> FindInWav(const HeaderBytes& file) {
  SampleLayout layout;
  uint64_t long_size = kMaxDataSize;
  uint64_t offset = kFileHeaderSize;
  for (int chunks = 0; chunks < kMaxChunks && file.Has(offset, kChunkHeaderSize); ++chunks) {
    const uint64_t body = offset + kChunkHeaderSize;
    const uint64_t size = file.Number(offset + 4, 4);
    if (file.Is(offset, "data")) {
      const bool is_known = size != kUnknownSize && size != 0;
      return Finish(layout, body, is_known ? size : std::min(long_size, kMaxDataSize));
    }
    if (file.Is(offset, "fmt ") && !ReadWaveFormat(file, body, size, layout)) return std::nullopt;
    if (file.Is(offset, "ds64") && file.Has(body, 16)) long_size = file.Number(body + 8, 8);
    offset = NextChunk(file, body, size);
  }
  return std::nullopt;
}

std::optional<SampleLayout> FindInAiff(const HeaderBytes& file) {
  SampleLayout layout;
  uint64_t offset = kFileHeaderSize;
  for (int chunks = 0; chunks < kMaxChunks && file.Has(offset, kChunkHeaderSize); ++chunks) {
    const uint64_t body = offset + kChunkHeaderSize;
    const uint64_t size = file.Number(offset + 4, 4);
    if (file.Is(offset, "SSND") && size >= 8 && file.Has(body, 8)) {
      const uint64_t skipped = 8 + file.Number(body, 4);
      if (skipped > size || skipped > file.bytes.size() - body) return std::nullopt;
      return Finish(layout, body + skipped, size - skipped);
    }
    if (file.Is(offset, "COMM") && !ReadAiffFormat(file, body, size, layout)) return std::nullopt;
    offset = NextChunk(file, body, size);
  }
  return std::nullopt;
}

}  // namespace lmz::audio
