#include "codec/audio/audio.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "codec/audio/audio_layout.h"
#include "codec/audio/channel_predictor.h"
#include "codec/audio/low_bits.h"
#include "codec/audio/sample_model.h"
#include "codec/audio/sample_words.h"
#include "codec/bytes/bytes.h"
#include "codec/drawn.h"
#include "codec/nested.h"

namespace lmz {

namespace {

constexpr uint64_t kReportFrames = 1024;

using audio::Analysis;
using audio::ChannelPredictor;
using audio::LowBitModel;
using audio::Parted;
using audio::SampleHistory;
using audio::SampleModel;
using audio::SampleRange;
using audio::SampleWords;
using audio::WordSplit;

// Bits of the field Format. Sample bytes are modulo 4: no bits stand for four.
constexpr uint8_t kSampleBytesMask = 3;
constexpr uint8_t kBigEndianBit = 4;
constexpr uint8_t kUnsignedBit = 8;
constexpr uint8_t kSplitBit = 16;
constexpr uint8_t kFloatBit = 32;
constexpr uint8_t kUnknownBits = 0xC0;

constexpr int kMaxHeadroom = 8;
constexpr uint64_t kChannelMemory = uint64_t{1500} << 10;

struct Channel {
  Channel(bool has_partner, int headroom, const SampleRange& range)
      : predictor(BestKernels(AudioBuilds()), has_partner, headroom),
        model(BestKernels(MixerBuilds()), range.lowest, range.highest) {}

  SampleHistory history;
  ChannelPredictor predictor;
  SampleModel model;
  LowBitModel low_bits;
};

// The one walk over the samples, for both directions; see CodeBlock of the `bytes` codec.
template <class Coder, class Byte>
Status CodeSamples(Coder& coder, const SampleLayout& layout, const Analysis& analysis,
                   const BlockResources& resources, std::span<Byte> samples) {
  const SampleRange& range = analysis.range;
  const SampleWords words(layout, analysis.split);
  const int headroom = std::min(16 - range.Bits(), kMaxHeadroom);
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
      Parted wanted;
      if constexpr (std::is_const_v<Byte>) wanted = words.Load(next);
      Parted sample;
      sample.high = channel.model.Code(
          Unobserved(coder), channel.predictor.Predict(channel.history, partner), wanted.high);
      channel.predictor.Update(sample.high);
      channel.history.Push(sample.high);
      if (words.has_low_bits()) {
        const uint32_t high_bits = words.HighBits(sample.high);
        sample.low = channel.low_bits.Code(Unobserved(coder), words.LowBits(high_bits), high_bits,
                                           wanted.low);
      }
      if constexpr (!std::is_const_v<Byte>) words.Store(sample, next);
      EndItem(coder, frame * count + c, sample.high);
    }
    if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
  }
  return OkStatus();
}

bool Fits(const SampleLayout& layout, uint64_t size) {
  return layout.channels >= 1 && layout.channels <= kMaxAudioChannels && layout.sample_bytes >= 1 &&
         layout.sample_bytes <= 4 && (!layout.is_float || layout.sample_bytes == 4) &&
         layout.frames >= 1 && layout.offset <= size &&
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

// What `Lowest` counts from.
int32_t HalfRange(const SampleLayout& layout) {
  return 1 << (8 * std::min<int>(layout.sample_bytes, 3) - 1);
}

// Whether the fields of a split are there.
bool HasSplit(const SampleLayout& layout, const WordSplit& split) {
  return layout.sample_bytes == 4 || split.shift != 0;
}

void WriteLayout(const SampleLayout& layout, const Analysis& analysis, Bytes& payload) {
  ByteWriter writer(payload);
  if (layout.frames == 0) {
    writer.U8(0);
    return;
  }
  const auto& [split, range] = analysis;
  const bool has_split = HasSplit(layout, split);
  writer.U8(static_cast<uint8_t>((layout.sample_bytes & kSampleBytesMask) |
                                 (layout.is_big_endian ? kBigEndianBit : 0) |
                                 (layout.is_unsigned ? kUnsignedBit : 0) |
                                 (has_split ? kSplitBit : 0) | (layout.is_float ? kFloatBit : 0)));
  writer.U8(layout.channels);
  writer.Varint(layout.offset);
  writer.Varint(layout.frames);
  writer.Varint(static_cast<uint64_t>(range.lowest + HalfRange(layout)));
  writer.Varint(static_cast<uint64_t>(range.highest - range.lowest));
  if (!has_split) return;
  writer.U8(split.shift);
  writer.Varint(split.has_low_bits ? 0 : uint64_t{split.low} + 1);
  if (layout.is_float) writer.U8(split.exponent);
}

Status ReadSplit(ByteReader& reader, const SampleLayout& layout, WordSplit& split) {
  LMZ_ASSIGN(split.shift, reader.U8());
  LMZ_ASSIGN(const uint64_t low, reader.Varint());
  split.has_low_bits = low == 0;
  if (layout.is_float) {
    LMZ_ASSIGN(split.exponent, reader.U8());
  }
  if (low != 0) split.low = static_cast<uint32_t>(low - 1);
  if (low > uint64_t{1} << 32 || !IsValid(split, layout)) {
    return Status(Code::kDamaged, "the samples are parted in an impossible way");
  }
  return OkStatus();
}

Status ReadLayout(ByteReader& reader, uint64_t raw_size, SampleLayout& layout, Analysis& analysis) {
  LMZ_ASSIGN(const uint8_t format, reader.U8());
  if (format == 0) return OkStatus();
  const bool has_split = (format & kSplitBit) != 0;
  layout.sample_bytes = format & kSampleBytesMask;
  if (layout.sample_bytes == 0 && has_split) layout.sample_bytes = 4;
  layout.is_big_endian = (format & kBigEndianBit) != 0;
  layout.is_unsigned = (format & kUnsignedBit) != 0;
  layout.is_float = (format & kFloatBit) != 0;
  LMZ_ASSIGN(layout.channels, reader.U8());
  if ((format & kUnknownBits) != 0 || layout.sample_bytes == 0 ||
      (layout.is_float && (layout.sample_bytes != 4 || layout.is_unsigned)) ||
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
  SampleRange& range = analysis.range;
  range.lowest = static_cast<int32_t>(lowest) - HalfRange(layout);
  range.highest = range.lowest + static_cast<int32_t>(span);
  if (!has_split) return OkStatus();
  LMZ_TRY(ReadSplit(reader, layout, analysis.split));
  const SampleRange limits = LimitsOf(layout, analysis.split);
  if (range.lowest < limits.lowest || range.highest > limits.highest) {
    return Status(Code::kDamaged, "the samples do not fit into their bytes");
  }
  return OkStatus();
}

}  // namespace

Result<uint32_t> EncodeAudio(ByteSpan raw, const AudioOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  payload.clear();
  PartsWriter parts(resources, payload);
  SampleLayout layout = LayoutFor(raw, options.samples);
  ByteSpan samples = raw.subspan(static_cast<size_t>(layout.offset),
                                 static_cast<size_t>(layout.frames * FrameSize(layout)));
  Analysis analysis;
  if (layout.frames != 0) {
    const Watch watch = parts.MakeWatch();
    const std::optional<Analysis> found = audio::Analyse(samples, layout, watch);
    if (watch.is_stopped()) return CancelledStatus();
    if (!found) {
      layout = {};
      samples = {};
    }
    analysis = found.value_or(Analysis());
  }
  WriteLayout(layout, analysis, payload);

  Bytes around(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(layout.offset));
  const ByteSpan after = raw.subspan(static_cast<size_t>(layout.offset) + samples.size());
  around.insert(around.end(), after.begin(), after.end());
  LMZ_TRY(parts.Leave(kBytesCodec, around, {.profile = options.profile}, Framing::kSized,
                      around.size()));
  if (layout.frames != 0) {
    LMZ_TRY(parts.Code(Framing::kRest, samples.size(), samples.size(),
                       [&](Encoder& encoder, const BlockResources& part) {
                         return CodeSamples(encoder, layout, analysis, part, samples);
                       }));
  }
  return parts.fingerprint();
}

Result<uint32_t> DecodeAudio(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  PartsReader parts(resources, payload);
  SampleLayout layout;
  Analysis analysis;
  LMZ_TRY(ReadLayout(parts.fields(), raw.size(), layout, analysis));
  const MutableByteSpan samples = raw.subspan(
      static_cast<size_t>(layout.offset), static_cast<size_t>(layout.frames * FrameSize(layout)));
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
  const CodeShape shape = {.kind = CodeShape::Kind::kSamples,
                           .items = layout.frames * layout.channels,
                           .channels = layout.channels,
                           .value_bits = analysis.range.Bits(),
                           .is_signed = true};
  LMZ_TRY(parts.Decode(code, samples.size(), samples.size(), shape,
                       [&](auto& decoder, const BlockResources& part) {
                         return CodeSamples(decoder, layout, analysis, part, samples);
                       }));
  return parts.fingerprint();
}

Result<uint64_t> SampleAudio(size_t given_size, uint64_t seed, MutableByteSpan samples) {
  if (given_size >= samples.size()) {
    return Status(Code::kInvalidArgument, "there are no samples behind those given");
  }
  SampleLayout layout;
  layout.channels = 1;
  layout.sample_bytes = 1;
  layout.is_unsigned = true;
  layout.frames = given_size;
  const ByteSpan given = ByteSpan(samples).first(given_size);
  const std::optional<Analysis> analysis =
      given_size == 0 ? std::nullopt : audio::Analyse(given, layout, Watch());
  if (!analysis) {
    return Status(Code::kInvalidArgument, "there are no samples to go on from");
  }
  DecisionRecorder recorder;
  LMZ_TRY(CodeSamples(recorder, layout, *analysis, {}, given));
  layout.frames = samples.size();
  DrawingDecoder decoder(recorder.decisions(), seed, samples.size());
  LMZ_TRY(CodeSamples(decoder, layout, *analysis, {}, samples));
  return decoder.taken_bits();
}

// A sample of at most four bytes takes a decision, which leaves at least 1 part in 2048 less of
// the range: fewer bytes than the `bytes` codec has for the same payload (spec.md, 2).
uint64_t MaxRawSizeOfAudio(uint64_t payload_size) {
  return MaxRawSizeOfBytes(payload_size + 8);
}

uint64_t DecodeMemoryOfAudio(ByteSpan payload, uint64_t raw_size,
                             const BlockResources& /*resources*/) {
  ByteReader reader(payload);
  SampleLayout layout;
  Analysis analysis;
  if (!ReadLayout(reader, raw_size, layout, analysis).ok()) return 0;
  const uint64_t around = raw_size - layout.frames * FrameSize(layout);
  const uint64_t coding_around = around == 0 ? 0 : around + MemoryOfBytes(around);
  const uint64_t channels = layout.frames == 0 ? 0 : layout.channels;
  return std::max(coding_around, around + channels * kChannelMemory);
}

}  // namespace lmz
