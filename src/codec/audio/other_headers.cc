// Sony Wave64, the .snd or .au files of Sun and NeXT, and Apple's Core Audio Format.
#include "codec/audio/file_headers.h"

namespace lmz::audio {

// Chunks have a GUID, whose first four bytes are the name that WAV has, and a size of eight bytes
// that counts both; they begin at multiples of eight.
std::optional<SampleLayout> FindInWave64(const HeaderBytes& file) {
  constexpr uint64_t kFileHeaderSize = 40, kChunkHeaderSize = 24;
  SampleLayout layout;
  uint64_t offset = kFileHeaderSize;
  for (int chunks = 0; chunks < kMaxChunks && file.Has(offset, kChunkHeaderSize); ++chunks) {
    const uint64_t body = offset + kChunkHeaderSize;
    const uint64_t size = file.Number(offset + 16, 8);
    if (size < kChunkHeaderSize || size > kMaxDataSize) return std::nullopt;
    if (file.Is(offset, "data")) return Finish(layout, body, size - kChunkHeaderSize);
    if (file.Is(offset, "fmt ") && !ReadWaveFormat(file, body, size - kChunkHeaderSize, layout)) {
      return std::nullopt;
    }
    offset += (size + 7) / 8 * 8;
  }
  return std::nullopt;
}

std::optional<SampleLayout> FindInAu(const HeaderBytes& file) {
  constexpr uint64_t kHeaderSize = 24, kUnknownSize = 0xFFFFFFFF, kFloat = 6;
  if (!file.Has(0, kHeaderSize)) return std::nullopt;
  const uint64_t begin = file.Number(4, 4), size = file.Number(8, 4);
  const uint64_t encoding = file.Number(12, 4);
  if (begin < kHeaderSize || begin > file.bytes.size()) return std::nullopt;
  // 2 to 5 are integers of so many bytes, and one more.
  if (encoding < 2 || encoding > kFloat) return std::nullopt;
  SampleLayout layout;
  const uint64_t bits = encoding == kFloat ? 32 : 8 * (encoding - 1);
  if (!SetFormat(file.Number(20, 4), bits, encoding == kFloat, layout)) return std::nullopt;
  layout.is_big_endian = true;
  return Finish(layout, begin, size == kUnknownSize ? kMaxDataSize : size);
}

// Chunks have a name and a size of eight bytes, -1 for all that follows; "desc" is the first.
std::optional<SampleLayout> FindInCaf(const HeaderBytes& file) {
  constexpr uint64_t kFileHeaderSize = 8, kChunkHeaderSize = 12, kDescSize = 32;
  constexpr uint64_t kFloatFlag = 1, kLittleEndianFlag = 2, kUnknownSize = UINT64_MAX;
  SampleLayout layout;
  uint64_t offset = kFileHeaderSize;
  for (int chunks = 0; chunks < kMaxChunks && file.Has(offset, kChunkHeaderSize); ++chunks) {
    const uint64_t body = offset + kChunkHeaderSize;
    const uint64_t size = file.Number(offset + 4, 8);
    if (file.Is(offset, "data")) {
      constexpr uint64_t kEditCount = 4;
      if (size < kEditCount || !file.Has(body, kEditCount)) return std::nullopt;
      return Finish(layout, body + kEditCount,
                    size == kUnknownSize ? kMaxDataSize : size - kEditCount);
    }
    if (size > kMaxDataSize) return std::nullopt;
    if (file.Is(offset, "desc")) {
      if (size < kDescSize || !file.Has(body, kDescSize) || !file.Is(body + 8, "lpcm")) {
        return std::nullopt;
      }
      const uint64_t flags = file.Number(body + 12, 4);
      const uint64_t frame_size = file.Number(body + 16, 4);
      const uint64_t channels = file.Number(body + 24, 4), bits = file.Number(body + 28, 4);
      if (!SetFormat(channels, bits, (flags & kFloatFlag) != 0, layout)) return std::nullopt;
      layout.is_big_endian = (flags & kLittleEndianFlag) == 0;
      if (frame_size != FrameSize(layout) || file.Number(body + 20, 4) != 1) return std::nullopt;
    }
    offset = body + size;
  }
  return std::nullopt;
}

}  // namespace lmz::audio
