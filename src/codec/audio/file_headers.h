// The headers of audio files: one reader for each family of formats, for FindSamples
// (audio_layout.h). Encoder only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "codec/audio/audio_layout.h"

namespace lmz::audio {

// What programs promise that do not know the size when they begin: all that follows.
inline constexpr uint64_t kMaxDataSize = uint64_t{1} << 62;

// Before the samples, more chunks are no file that anybody made: a bound for the time of a look.
inline constexpr int kMaxChunks = 256;

// The beginning of a file, whose numbers all have the same byte order.
struct HeaderBytes {
  ByteSpan bytes;
  bool is_big_endian;

  bool Has(uint64_t offset, uint64_t size) const {
    return offset <= bytes.size() && size <= bytes.size() - offset;
  }
  bool Is(uint64_t offset, std::string_view name) const {
    return Has(offset, name.size()) &&
           std::equal(name.begin(), name.end(), bytes.begin() + static_cast<ptrdiff_t>(offset),
                      [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
  }
  // Of 1 to 8 bytes, which are there.
  uint64_t Number(uint64_t offset, uint64_t size) const {
    uint64_t value = 0;
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t place = is_big_endian ? i : size - 1 - i;
      value = value << 8 | bytes[static_cast<size_t>(offset + place)];
    }
    return value;
  }
};

// Sets what a frame is of. False for samples that cannot be coded as such. `bits` of a sample may
// be fewer than its bytes hold.
bool SetFormat(uint64_t channels, uint64_t bits, bool is_float, SampleLayout& layout);

// The samples begin at `offset` and take `size` bytes. None without a format or a frame.
std::optional<SampleLayout> Finish(SampleLayout layout, uint64_t offset, uint64_t size);

// The content of "fmt ": of WAV, RIFX and W64.
bool ReadWaveFormat(const HeaderBytes& file, uint64_t offset, uint64_t size, SampleLayout& layout);

// Each looks at a file that begins as its format does.
std::optional<SampleLayout> FindInWav(const HeaderBytes& file);
std::optional<SampleLayout> FindInAiff(const HeaderBytes& file);
std::optional<SampleLayout> FindInWave64(const HeaderBytes& file);
std::optional<SampleLayout> FindInAu(const HeaderBytes& file);
std::optional<SampleLayout> FindInCaf(const HeaderBytes& file);

}  // namespace lmz::audio
