// Where the samples of an uncompressed audio file are: WAV, RIFX, RF64, BW64, Wave64, AIFF, AIFF-C,
// AU and CAF with integers of up to 32 bits or floating-point numbers of 32. Encoder only: blocks
// carry the layout, so what is found may improve without a change of the format.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace lmz {

// Where the samples of uncompressed audio lie in a block.
struct SampleLayout {
  uint64_t offset = 0;  // of the first frame: a sample of each channel
  uint64_t frames = 0;
  uint8_t channels = 0;
  uint8_t sample_bytes = 0;  // 1 to 4
  bool is_big_endian = false;
  bool is_unsigned = false;
  bool is_float = false;  // IEEE 754, 4 bytes, not unsigned
};

// A decoder's memory for a block grows with the number of channels.
inline constexpr int kMaxAudioChannels = 16;

// The layout that the header of `file` tells, or nothing when this is no such file or the header
// contradicts itself. `file` may be the beginning of the file only, if it reaches to the first
// sample: `frames` counts what the header promises, which may be more than is there. Time bounded
// by that of some hundred chunks. Thread-safe.
std::optional<SampleLayout> FindSamples(ByteSpan file);

// The part of `layout` that lies wholly in [begin, end) of its bytes, relative to begin.
SampleLayout ClipSamples(const SampleLayout& layout, uint64_t begin, uint64_t end);

inline uint64_t FrameSize(const SampleLayout& layout) {
  return uint64_t{layout.channels} * layout.sample_bytes;
}

}  // namespace lmz
