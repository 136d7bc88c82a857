#include "codec/audio/finder.h"

#include <algorithm>
#include <array>
#include <optional>

#include "codec/audio/audio_layout.h"
#include "codec/block.h"

namespace lmz {

namespace {

// Bytes in front of the samples share their block up to this size, and have their own beyond it.
constexpr uint64_t kMaxAround = uint64_t{1} << 16;

constexpr uint64_t kMaxRest = uint64_t{1} << 12;

// Within other bytes, samples must be this many bytes to be worth a cut. Programs that do not know
// the size when they begin promise about 2 or 4 GiB: alone, the file ends when it does, but amid
// other bytes nothing would.
constexpr uint64_t kMinInnerSize = uint64_t{1} << 15;
constexpr uint64_t kMaxInnerSize = uint64_t{0x7FFF} << 16;

// Both codecs show on a piece of this size which one is right. On shorter ones neither has learned
// enough.
constexpr uint64_t kProbeSize = uint64_t{1} << 14;

// Coding a piece twice takes some ten milliseconds; then a search may do so every 64 KiB or so.
constexpr uint64_t kProbeCost = uint64_t{1} << 18;

CodecOptions OptionsFor(const SampleLayout& samples) {
  return AudioOptions{.samples = samples, .profile = Profile::kBinary};
}

uint64_t SamplesSize(const SampleLayout& samples) {
  return samples.frames * FrameSize(samples);
}

uint64_t End(const SampleLayout& samples) {
  return samples.offset + SamplesSize(samples);
}

// Whether a piece of the samples around `part` quarters of them is smaller as audio than as bytes.
bool ProbePays(ByteSpan bytes, const SampleLayout& samples, uint64_t part) {
  const uint64_t quarter = samples.frames / 4 * FrameSize(samples);
  const uint64_t middle = samples.offset + part * quarter;
  const uint64_t begin = middle - std::min(middle - samples.offset, kProbeSize / 2);
  const uint64_t end = std::min(begin + kProbeSize, End(samples));
  const SampleLayout clipped = ClipSamples(samples, begin, end);
  if (clipped.frames == 0) return false;
  const ByteSpan probe =
      bytes.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  Bytes as_audio, as_bytes;
  const Result<BlockHeader> plain =
      EncodeBlock(probe, {.options = BytesOptions{.profile = Profile::kBinary}}, as_bytes);
  // Sound takes longer, and has lost as soon as its code is the longer one.
  BlockResources until_lost;
  until_lost.report = [&](uint64_t, uint64_t code_size) { return code_size < as_bytes.size(); };
  const Result<BlockHeader> audio =
      EncodeBlock(probe, {.options = OptionsFor(clipped)}, as_audio, until_lost);
  return audio.ok() && plain.ok() && as_audio.size() < as_bytes.size();
}

// One good piece is enough, since silence tells nothing.
bool AudioPays(ByteSpan bytes, const SampleLayout& samples, uint64_t& cost) {
  for (const uint64_t part : {2u, 1u, 3u}) {
    cost += kProbeCost;
    if (ProbePays(bytes, samples, part)) return true;
  }
  return false;
}

bool MayBegin(ByteSpan bytes, bool /*is_inner*/) {
  constexpr std::array<std::string_view, 8> kSignatures = {"RIFF", "RIFX", "RF64", "BW64",
                                                           "FORM", "riff", ".snd", "caff"};
  return std::ranges::any_of(
      kSignatures, [&](std::string_view signature) { return MayBeginWith(bytes, signature); });
}

Sighting Look(ByteSpan bytes, const Surroundings& around) {
  Sighting sighting = {.cost = kHeaderCost};
  const std::optional<SampleLayout> promised = FindSamples(bytes);
  if (!promised) return sighting;
  const uint64_t size = SamplesSize(*promised);
  if (around.is_inner && (size < kMinInnerSize || size > kMaxInnerSize)) return sighting;
  if (around.is_open && bytes.size() < std::min(End(*promised), around.max_size)) {
    sighting.kind = Sighting::Kind::kUndecided;
    return sighting;
  }
  const SampleLayout samples = ClipSamples(*promised, 0, bytes.size());
  if (samples.frames == 0) return sighting;
  sighting.begin = promised->offset <= kMaxAround ? 0 : promised->offset;
  // Probes of a short file would take longer than coding all of it in both ways.
  const bool is_contested =
      !around.is_inner && End(samples) - sighting.begin <= kContestedAudioSize - kMaxRest;
  if (!is_contested && !AudioPays(bytes, samples, sighting.cost)) return sighting;
  sighting.kind = Sighting::Kind::kObject;
  sighting.size = End(*promised) - sighting.begin;
  SampleLayout object = *promised;
  object.offset -= sighting.begin;
  sighting.options = OptionsFor(object);
  return sighting;
}

ObjectPiece Cut(const CodecOptions& object, uint64_t done, uint64_t size) {
  const SampleLayout& samples = std::get<AudioOptions>(object).samples;
  const uint64_t end = std::min(done + size, End(samples));
  if (end <= done) return {};
  return {.size = end - done, .options = OptionsFor(ClipSamples(samples, done, end))};
}

}  // namespace

const Finder kAudioFinder = {.name = "audio",
                             .first_bytes = "RFBr.c",
                             .max_rest = kMaxRest,
                             .may_begin = MayBegin,
                             .look = Look,
                             .cut = Cut};

}  // namespace lmz
