#include "plan/audio.h"

#include <algorithm>
#include <optional>

#include "codec/audio/audio_layout.h"

namespace lmz {

namespace {

// Bytes around the samples share their block up to this size, and have their own beyond it.
constexpr uint64_t kMaxAround = uint64_t{1} << 16;

// Both codecs show on a piece of this size which one is right.
constexpr uint64_t kProbeSize = uint64_t{1} << 14;

BlockChoice AudioChoice(const SampleLayout& samples) {
  return {.options = AudioOptions{.samples = samples, .profile = Profile::kBinary}};
}

uint64_t End(const SampleLayout& samples) {
  return samples.offset + samples.frames * FrameSize(samples);
}

// Whether a piece of the samples from `part` quarters on is smaller as audio than as bytes.
bool ProbePays(ByteSpan input, const SampleLayout& samples, uint64_t part) {
  const uint64_t quarter = samples.frames / 4 * FrameSize(samples);
  const uint64_t middle = samples.offset + part * quarter;
  const uint64_t begin = middle - std::min(middle - samples.offset, kProbeSize / 2);
  const uint64_t end = std::min(begin + kProbeSize, End(samples));
  const SampleLayout clipped = ClipSamples(samples, begin, end);
  if (clipped.frames == 0) return false;
  const ByteSpan probe =
      input.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  Bytes as_audio, as_bytes;
  const Result<BlockHeader> audio = EncodeBlock(probe, AudioChoice(clipped), as_audio);
  const Result<BlockHeader> bytes =
      EncodeBlock(probe, {.options = BytesOptions{.profile = Profile::kBinary}}, as_bytes);
  return audio.ok() && bytes.ok() && as_audio.size() < as_bytes.size();
}

// One good piece is enough, since silence tells nothing.
bool AudioPays(ByteSpan input, const SampleLayout& samples) {
  for (const uint64_t part : {2u, 1u, 3u}) {
    if (ProbePays(input, samples, part)) return true;
  }
  return false;
}

// Samples promised beyond the first `size` bytes, as the bytes behind them will see them.
SampleLayout Remainder(const SampleLayout& samples, uint64_t size) {
  return ClipSamples(samples, size, samples.offset + samples.frames * FrameSize(samples));
}

}  // namespace

AudioRun FindAudio(ByteSpan input, PlanMemory* memory) {
  const bool goes_on = memory != nullptr && memory->samples.frames != 0;
  const std::optional<SampleLayout> promised = goes_on ? memory->samples : FindSamples(input);
  if (memory != nullptr) memory->samples = {};
  if (!promised) return {};
  const SampleLayout samples = ClipSamples(*promised, 0, input.size());
  if (samples.frames == 0 || (!goes_on && !AudioPays(input, samples))) return {};
  if (memory != nullptr) memory->samples = Remainder(*promised, input.size());

  AudioRun run = {.begin = samples.offset, .end = End(samples), .samples = samples};
  if (run.begin <= kMaxAround) run.begin = 0;
  if (input.size() - run.end <= kMaxAround) run.end = input.size();
  return run;
}

void PlanAudio(const AudioRun& run, uint64_t max_size, std::vector<BlockPlan>& plan) {
  for (uint64_t begin = run.begin; begin < run.end;) {
    const uint64_t size = std::min(max_size, run.end - begin);
    plan.push_back({.offset = begin,
                    .size = size,
                    .content = Content::kAudio,
                    .choice = AudioChoice(ClipSamples(run.samples, begin, begin + size))});
    begin += size;
  }
}

}  // namespace lmz
