#include "codec/audio/audio_layout.h"

#include <algorithm>

#include "codec/audio/file_headers.h"

namespace lmz {

using audio::HeaderBytes;

std::optional<SampleLayout> FindSamples(ByteSpan file) {
  const HeaderBytes little = {.bytes = file, .is_big_endian = false};
  const HeaderBytes big = {.bytes = file, .is_big_endian = true};
  if (little.Is(8, "WAVE")) {
    if (little.Is(0, "RIFF") || little.Is(0, "RF64") || little.Is(0, "BW64")) {
      return FindInWav(little);
    }
    return big.Is(0, "RIFX") ? FindInWav(big) : std::nullopt;
  }
  if (big.Is(0, "FORM") && (big.Is(8, "AIFF") || big.Is(8, "AIFC"))) return FindInAiff(big);
  if (little.Is(0, "riff") && little.Is(24, "wave")) return FindInWave64(little);
  if (big.Is(0, ".snd")) return FindInAu(big);
  if (big.Is(0, "caff")) return FindInCaf(big);
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
