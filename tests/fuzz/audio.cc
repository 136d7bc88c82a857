// The way into the audio codec: any bytes as the beginning of an audio file, and any layout laid
// over any bytes. What is found lies within the bytes, and all of them come back.
#include "codec/audio/audio.h"

#include "codec/audio/audio_layout.h"
#include "plan/plan.h"
#include "tests/fuzz/codec_checks.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

constexpr size_t kMostCoded = 1024;  // bytes; more takes time and finds nothing new

void RoundTrip(ByteSpan raw, const SampleLayout& samples) {
  RoundTripCodec(kAudioCodec, raw, {.samples = samples});
}

void PlanInParts(ByteSpan raw, uint64_t part_size) {
  Planner planner;
  for (uint64_t begin = 0; begin < raw.size(); begin += part_size) {
    const uint64_t size = std::min<uint64_t>(part_size, raw.size() - begin);
    uint64_t offset = 0;
    for (const BlockPlan& block : planner.Plan(raw.subspan(begin, size), Edge::kFlush, {})) {
      LMZ_REQUIRE(block.offset == offset);
      offset += block.size;
      const auto* audio = std::get_if<AudioOptions>(&block.choice.options);
      if (audio == nullptr) continue;
      const SampleLayout& samples = audio->samples;
      LMZ_REQUIRE(samples.offset + samples.frames * FrameSize(samples) <= block.size);
    }
    LMZ_REQUIRE(offset == size);
  }
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Choices choices(input);
  SampleLayout samples;
  samples.channels = static_cast<uint8_t>(choices.Below(20));
  samples.sample_bytes = static_cast<uint8_t>(choices.Below(5));
  samples.is_big_endian = choices.Below(2) != 0;
  samples.is_unsigned = choices.Below(2) != 0;
  samples.offset = choices.Below(64);
  samples.frames = choices.Below(2) != 0 ? choices.Number(2) : choices.Number(8);
  const uint64_t part_size = 1 + choices.Number(1);
  const bool looks_for_layout = choices.Below(4) == 0;
  const ByteSpan raw = choices.rest().first(std::min(choices.rest().size(), kMostCoded));
  if (raw.empty()) return;
  RoundTrip(raw, samples);
  if (looks_for_layout) RoundTrip(raw, {});
  PlanInParts(raw, part_size);
}

}  // namespace lmz::fuzz
