#include "codec/audio/audio.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "codec/audio/audio_layout.h"
#include "codec/audio/channel_predictor.h"
#include "codec/audio/sample_model.h"
#include "codec/bytes/bytes.h"
#include "codec/nested.h"

namespace lmz {

namespace {

constexpr uint64_t kReportFrames = 1024;

using audio::ChannelPredictor;
using audio::SampleHistory;
using audio::SampleModel;

// Bits of the field Format.
constexpr uint8_t kSampleBytesMask = 3;
constexpr uint8_t kBigEndianBit = 4;
constexpr uint8_t kUnsignedBit = 8;

constexpr int kMaxHeadroom = 8;
constexpr uint64_t kChannelMemory = uint64_t{1500} << 10;

// What all samples of a block have in common.
struct SampleRange {
  int32_t lowest;
  int32_t highest;  // above lowest
};

int32_t HalfRange(const SampleLayout& layout) {
  return 1 << (8 * layout.sample_bytes - 1);
}

int32_t LoadSample(const uint8_t* bytes, const SampleLayout& layout) {
  const int size = layout.sample_bytes;
  int32_t value = 0;
  for (int i = 0; i < size; ++i) {
    value = value << 8 | bytes[layout.is_big_endian ? i : size - 1 - i];
  }
  const int32_t half = HalfRange(layout);
  if (layout.is_unsigned) return value - half;
  return value >= half ? value - 2 * half : value;
}

void StoreSample(int32_t sample, const SampleLayout& layout, uint8_t* bytes) {
  const int size = layout.sample_bytes;
  const auto value =
      static_cast<uint32_t>(layout.is_unsigned ? sample + HalfRange(layout) : sample);
  for (int i = 0; i < size; ++i) {
    bytes[layout.is_big_endian ? size - 1 - i : i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

struct Channel {
  Channel(bool has_partner, int headroom, const SampleRange& range)
      : predictor(BestKernels(AudioBuilds()), has_partner, headroom),
        model(BestKernels(MixerBuilds()), range.lowest, range.highest) {}

  SampleHistory history;
  ChannelPredictor predictor;
  SampleModel model;
};

// The one walk over the samples, for both directions; see CodeBlock of the `bytes` codec.
template <class Coder, class Byte>
Status CodeSamples(Coder& coder, const SampleLayout& layout, const SampleRange& range,
                   const BlockResources& resources, std::span<Byte> samples) {
  const int32_t peak = std::max(range.highest, -1 - range.lowest);
  const int headroom = std::min(15 - audio::BitLength(static_cast<uint64_t>(peak)), kMaxHeadroom);
  const size_t count = layout.channels;
  std::vector<Channel> channels;
  channels.reserve(count);
  for (size_t c = 0; c < count; ++c) channels.emplace_back(count > 1, headroom, range);
  Byte* next = samples.data();
  for (uint64_t frame = 0; frame < layout.frames; ++frame) {
    if (frame % kReportFrames == 0 &&
        !resources.Report(frame * FrameSize(layout), coder.written_size())) {
      return CancelledStatus();
    }
    for (size_t c = 0; c < count; ++c, next += layout.sample_bytes) {
      Channel& channel = channels[c];
      const SampleHistory* partner = count > 1 ? &channels[c == 0 ? 1 : c - 1].history : nullptr;
      int32_t wanted = 0;
      if constexpr (std::is_const_v<Byte>) wanted = LoadSample(next, layout);
      const int32_t sample =
          channel.model.Code(coder, channel.predictor.Predict(channel.history, partner), wanted);
      channel.predictor.Update(sample);
      channel.history.Push(sample);
      if constexpr (!std::is_const_v<Byte>) StoreSample(sample, layout, next);
    }
    if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
  }
  return OkStatus();
}

Result<SampleRange> RangeOf(ByteSpan samples, const SampleLayout& layout, const Watch& watch) {
  const int32_t half = HalfRange(layout);
  SampleRange range = {.lowest = half - 1, .highest = -half};
  for (size_t i = 0; i < samples.size(); i += layout.sample_bytes) {
    const int32_t sample = LoadSample(&samples[i], layout);
    range.lowest = std::min(range.lowest, sample);
    range.highest = std::max(range.highest, sample);
    if (!watch.Pass(1)) return CancelledStatus();
  }
  if (range.lowest == range.highest) ++(range.lowest < half - 1 ? range.highest : --range.lowest);
  return range;
}

bool Fits(const SampleLayout& layout, uint64_t size) {
  return layout.channels >= 1 && layout.channels <= kMaxAudioChannels && layout.sample_bytes >= 1 &&
         layout.sample_bytes <= 3 && layout.frames >= 1 && layout.offset <= size &&
         layout.frames <= (size - layout.offset) / FrameSize(layout);
}

// No frames when there is nothing for this codec.
SampleLayout LayoutFor(ByteSpan raw, const SampleLayout& chosen) {
  if (chosen.frames != 0) return Fits(chosen, raw.size()) ? chosen : SampleLayout();
  const std::optional<SampleLayout> found = FindSamples(raw);
  if (!found) return {};
  const SampleLayout clipped = ClipSamples(*found, 0, raw.size());
  return Fits(clipped, raw.size()) ? clipped : SampleLayout();
}

void WriteLayout(const SampleLayout& layout, const SampleRange& range, Bytes& payload) {
  ByteWriter writer(payload);
  if (layout.frames == 0) {
    writer.U8(0);
    return;
  }
  writer.U8(static_cast<uint8_t>(layout.sample_bytes | (layout.is_big_endian ? kBigEndianBit : 0) |
                                 (layout.is_unsigned ? kUnsignedBit : 0)));
  writer.U8(layout.channels);
  writer.Varint(layout.offset);
  writer.Varint(layout.frames);
  writer.Varint(static_cast<uint64_t>(range.lowest + HalfRange(layout)));
  writer.Varint(static_cast<uint64_t>(range.highest - range.lowest));
}

Status ReadLayout(ByteReader& reader, uint64_t raw_size, SampleLayout& layout, SampleRange& range) {
  LMZ_ASSIGN(const uint8_t format, reader.U8());
  if (format == 0) return OkStatus();
  layout.sample_bytes = format & kSampleBytesMask;
  layout.is_big_endian = (format & kBigEndianBit) != 0;
  layout.is_unsigned = (format & kUnsignedBit) != 0;
  LMZ_ASSIGN(layout.channels, reader.U8());
  if (format > (kSampleBytesMask | kBigEndianBit | kUnsignedBit) || layout.sample_bytes == 0 ||
      layout.channels == 0 || layout.channels > kMaxAudioChannels) {
    return Status(Code::kNewerVersion, "audio format " + std::to_string(format) + " with " +
                                           std::to_string(layout.channels) +
                                           " channels requires a newer version of lmz");
  }
  LMZ_ASSIGN(layout.offset, reader.Varint());
  LMZ_ASSIGN(layout.frames, reader.Varint());
  LMZ_ASSIGN(const uint64_t lowest, reader.Varint());
  LMZ_ASSIGN(const uint64_t span, reader.Varint());
  const auto values = 2 * static_cast<uint64_t>(HalfRange(layout));
  if (!Fits(layout, raw_size) || lowest >= values || span == 0 || span >= values - lowest) {
    return Status(Code::kDamaged, "the samples do not fit into the block");
  }
  range.lowest = static_cast<int32_t>(lowest) - HalfRange(layout);
  range.highest = range.lowest + static_cast<int32_t>(span);
  return OkStatus();
}

}  // namespace

Result<uint32_t> EncodeAudio(ByteSpan raw, const AudioOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  payload.clear();
  PartsWriter parts(resources, payload);
  const SampleLayout layout = LayoutFor(raw, options.samples);
  const ByteSpan samples =
      raw.subspan(layout.offset, static_cast<size_t>(layout.frames * FrameSize(layout)));
  SampleRange range = {};
  if (layout.frames != 0) {
    LMZ_ASSIGN(range, RangeOf(samples, layout, parts.MakeWatch()));
  }
  WriteLayout(layout, range, payload);

  Bytes around(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(layout.offset));
  const ByteSpan after = raw.subspan(layout.offset + samples.size());
  around.insert(around.end(), after.begin(), after.end());
  LMZ_TRY(parts.Leave(kBytesCodec, around, {.profile = options.profile}, Framing::kSized,
                      around.size()));
  if (layout.frames != 0) {
    LMZ_TRY(parts.Code(Framing::kRest, samples.size(), samples.size(),
                       [&](Encoder& encoder, const BlockResources& part) {
                         return CodeSamples(encoder, layout, range, part, samples);
                       }));
  }
  return parts.fingerprint();
}

Result<uint32_t> DecodeAudio(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  PartsReader parts(resources, payload);
  SampleLayout layout;
  SampleRange range = {};
  LMZ_TRY(ReadLayout(parts.fields(), raw.size(), layout, range));
  const MutableByteSpan samples =
      raw.subspan(layout.offset, static_cast<size_t>(layout.frames * FrameSize(layout)));
  const uint64_t around_size = raw.size() - samples.size();
  LMZ_ASSIGN(const Bytes around,
             parts.Fetch(kBytesCodec, around_size, Framing::kSized, around_size));
  const auto split = around.begin() + static_cast<std::ptrdiff_t>(layout.offset);
  std::copy(around.begin(), split, raw.begin());
  std::copy(split, around.end(), raw.end() - (around.end() - split));
  if (layout.frames == 0) {
    LMZ_TRY(parts.End());
    return parts.fingerprint();
  }
  LMZ_ASSIGN(const ByteSpan code, parts.Take(Framing::kRest));
  LMZ_TRY(parts.Decode(code, samples.size(), samples.size(),
                       [&](Decoder& decoder, const BlockResources& part) {
                         return CodeSamples(decoder, layout, range, part, samples);
                       }));
  return parts.fingerprint();
}

// A sample of at most three bytes takes a decision, which leaves at least 1 part in 2048 less of
// the range: fewer bytes than the `bytes` codec has for the same payload (spec.md, 2).
uint64_t MaxRawSizeOfAudio(uint64_t payload_size) {
  return MaxRawSizeOfBytes(payload_size + 8);
}

uint64_t DecodeMemoryOfAudio(uint64_t raw_size) {
  return MemoryOfPart(kBytesCodec, raw_size) + kMaxAudioChannels * kChannelMemory;
}

}  // namespace lmz
