#include "codec/audio/audio_layout.h"

#include <algorithm>
#include <string_view>

namespace lmz {

namespace {

constexpr size_t kFileHeaderSize = 12;
constexpr size_t kChunkHeaderSize = 8;
constexpr uint32_t kUnknownSize = 0xFFFFFFFF;  // in RF64: see ds64; else from programs that stream
constexpr uint64_t kMaxDataSize = uint64_t{1} << 62;

// A file made of chunks: RIFF with numbers lowest byte first, IFF with the highest first.
struct Chunks {
  ByteSpan bytes;
  bool is_big_endian;

  bool Has(size_t offset, size_t size) const {
    return offset <= bytes.size() && size <= bytes.size() - offset;
  }
  bool Is(size_t offset, std::string_view name) const {
    return Has(offset, name.size()) &&
           std::equal(name.begin(), name.end(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  uint64_t Number(size_t offset, size_t size) const {
    uint64_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t place = is_big_endian ? i : size - 1 - i;
      value = value << 8 | bytes[offset + place];
    }
    return value;
  }
};

bool SetFormat(uint64_t channels, uint64_t bits, SampleLayout& layout) {
  if (channels == 0 || channels > kMaxAudioChannels) return false;
  if (bits != 8 && bits != 16 && bits != 24) return false;
  layout.channels = static_cast<uint8_t>(channels);
  layout.sample_bytes = static_cast<uint8_t>(bits / 8);
  return true;
}

// "fmt ": tag 1 is PCM; 0xFFFE says that the tag is the beginning of a GUID further on.
bool ReadWavFormat(const Chunks& file, size_t offset, uint64_t size, SampleLayout& layout) {
  if (size < 16 || !file.Has(offset, 16)) return false;
  uint64_t tag = file.Number(offset, 2);
  if (tag == 0xFFFE && size >= 26 && file.Has(offset, 26)) tag = file.Number(offset + 24, 2);
  if (tag != 1 || !SetFormat(file.Number(offset + 2, 2), file.Number(offset + 14, 2), layout)) {
    return false;
  }
  layout.is_unsigned = layout.sample_bytes == 1;
  return file.Number(offset + 12, 2) == FrameSize(layout);
}

// "COMM"; AIFF-C adds the kind of compression.
bool ReadAiffFormat(const Chunks& file, size_t offset, uint64_t size, SampleLayout& layout) {
  if (size < 18 || !file.Has(offset, 18)) return false;
  if (!SetFormat(file.Number(offset, 2), file.Number(offset + 6, 2), layout)) return false;
  layout.is_big_endian = true;
  if (!file.Is(8, "AIFC")) return true;
  if (size < 22) return false;
  layout.is_big_endian = !file.Is(offset + 18, "sowt");
  return !layout.is_big_endian || file.Is(offset + 18, "NONE");
}

// The samples begin at `offset` and take `size` bytes.
std::optional<SampleLayout> Finish(SampleLayout layout, uint64_t offset, uint64_t size) {
  if (layout.channels == 0) return std::nullopt;  // the samples come before their format
  layout.offset = offset;
  layout.frames = size / FrameSize(layout);
  if (layout.frames == 0) return std::nullopt;
  return layout;
}

std::optional<SampleLayout> FindInWav(const Chunks& file) {
  SampleLayout layout;
  uint64_t long_size = kMaxDataSize;
  size_t offset = kFileHeaderSize;
  while (file.Has(offset, kChunkHeaderSize)) {
    const size_t body = offset + kChunkHeaderSize;
    const uint64_t size = file.Number(offset + 4, 4);
    if (file.Is(offset, "data")) {
      const bool is_known = size != kUnknownSize && size != 0;
      return Finish(layout, body, is_known ? size : std::min(long_size, kMaxDataSize));
    }
    if (file.Is(offset, "fmt ") && !ReadWavFormat(file, body, size, layout)) return std::nullopt;
    if (file.Is(offset, "ds64") && file.Has(body, 16)) long_size = file.Number(body + 8, 8);
    offset = body + size + (size & 1);
  }
  return std::nullopt;
}

std::optional<SampleLayout> FindInAiff(const Chunks& file) {
  SampleLayout layout;
  size_t offset = kFileHeaderSize;
  while (file.Has(offset, kChunkHeaderSize)) {
    const size_t body = offset + kChunkHeaderSize;
    const uint64_t size = file.Number(offset + 4, 4);
    if (file.Is(offset, "SSND") && size >= 8 && file.Has(body, 8)) {
      const uint64_t skipped = 8 + file.Number(body, 4);
      if (skipped > size || skipped > file.bytes.size() - body) return std::nullopt;
      return Finish(layout, body + skipped, size - skipped);
    }
    if (file.Is(offset, "COMM") && !ReadAiffFormat(file, body, size, layout)) return std::nullopt;
    offset = body + size + (size & 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<SampleLayout> FindSamples(ByteSpan file) {
  const Chunks riff = {.bytes = file, .is_big_endian = false};
  if ((riff.Is(0, "RIFF") || riff.Is(0, "RF64")) && riff.Is(8, "WAVE")) return FindInWav(riff);
  if (riff.Is(0, "FORM") && (riff.Is(8, "AIFF") || riff.Is(8, "AIFC"))) {
    return FindInAiff({.bytes = file, .is_big_endian = true});
  }
  return std::nullopt;
}

SampleLayout ClipSamples(const SampleLayout& layout, uint64_t begin, uint64_t end) {
  SampleLayout clipped = layout;
  const uint64_t frame_size = FrameSize(layout);
  const uint64_t before = begin > layout.offset ? begin - layout.offset : 0;
  const uint64_t skipped =
      std::min(before / frame_size + (before % frame_size != 0), layout.frames);
  clipped.offset = layout.offset + skipped * frame_size - begin;
  const uint64_t room = end - begin > clipped.offset ? end - begin - clipped.offset : 0;
  clipped.frames = std::min(layout.frames - skipped, room / frame_size);
  return clipped;
}

}  // namespace lmz
