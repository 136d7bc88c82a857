#include "codec/image/image.h"

#include <algorithm>
#include <bit>

#include "codec/bytes/bytes.h"
#include "codec/drawn.h"
#include "codec/image/color_table.h"
#include "codec/image/layout.h"
#include "codec/image/predictor.h"
#include "codec/image/raster.h"
#include "codec/image/sample_coder.h"
#include "codec/nested.h"

namespace lmz {

namespace image {
namespace {

// What the payload says about the pixels. Spec: section 2.
struct Header {
  ImageLayout layout;
  int sample_bits = 8;
  uint32_t color_period = 0;
};

// Format, as a byte of the payload.
constexpr uint8_t kTwoBytes = 1 << 2;
constexpr uint8_t kBigEndian = 1 << 3;
constexpr int kSampleBitsShift = 4;  // sample bits less 8

// In the byte of the period.
constexpr uint8_t kPlanar = 1 << 7;

// Planes are coded green first: the others follow it best.
size_t ChannelOfPlane(size_t plane, size_t channels) {
  return channels >= 3 && plane < 2 ? 1 - plane : plane;
}

// Calls visit(sample's bytes, its place in `raster`) for all samples of the image, row by row.
// False when the caller stopped it.
template <class Byte, class Visit>
bool ForEachSample(const ImageLayout& layout, std::span<Byte> raw, Raster& raster,
                   const Watch& watch, Visit visit) {
  for (size_t plane = 0; plane < layout.channels; ++plane) {
    const size_t channel = ChannelOfPlane(plane, layout.channels);
    for (size_t y = 0; y < layout.height; ++y) {
      Byte* at = raw.data() + layout.offset + y * layout.row_size();
      at += layout.is_planar ? channel * layout.height * layout.row_size()
                             : channel * layout.sample_bytes;
      uint16_t* const row = raster.Row(plane, static_cast<ptrdiff_t>(y));
      for (size_t x = 0; x < layout.width; ++x) visit(at + x * layout.pixel_size(), row[x]);
      if (!watch.Pass(layout.width)) return false;
    }
  }
  return true;
}

uint16_t LoadSample(const ImageLayout& layout, const uint8_t* p) {
  if (layout.sample_bytes == 1) return *p;
  const int high = layout.is_big_endian ? p[0] : p[1];
  const int low = layout.is_big_endian ? p[1] : p[0];
  return static_cast<uint16_t>(high << 8 | low);
}

void StoreSample(const ImageLayout& layout, uint16_t sample, uint8_t* p) {
  const auto low = static_cast<uint8_t>(sample);
  const auto high = static_cast<uint8_t>(sample >> 8);
  if (layout.sample_bytes == 1) {
    *p = low;
  } else {
    p[0] = layout.is_big_endian ? high : low;
    p[1] = layout.is_big_endian ? low : high;
  }
}

// The fewest bits, at least 8, that hold every sample.
int SampleBits(const ImageLayout& layout, ByteSpan raw, const Watch& watch) {
  if (layout.sample_bytes == 1) return 8;
  unsigned all = 0;
  for (size_t y = 0; y < layout.rows() && watch.Pass(layout.pixel_row_size()); ++y) {
    const uint8_t* const row = raw.data() + layout.offset + y * layout.row_size();
    for (size_t i = 0; i < layout.pixel_row_size(); i += 2) all |= LoadSample(layout, row + i);
  }
  return std::max(static_cast<int>(std::bit_width(all)), 8);
}

// Calls visit(begin, size) for each stretch of the block that is no pixel, in order.
template <class Visit>
void ForEachRest(const ImageLayout& layout, uint64_t raw_size, Visit visit) {
  visit(uint64_t{0}, layout.offset);
  for (uint64_t y = 0; layout.row_padding != 0 && y < layout.rows(); ++y) {
    visit(layout.offset + y * layout.row_size() + layout.pixel_row_size(),
          uint64_t{layout.row_padding});
  }
  visit(layout.end(), raw_size - layout.end());
}

Bytes RestOf(const ImageLayout& layout, ByteSpan raw) {
  Bytes rest;
  ForEachRest(layout, raw.size(), [&](uint64_t begin, uint64_t size) {
    const ByteSpan part = raw.subspan(static_cast<size_t>(begin), static_cast<size_t>(size));
    rest.insert(rest.end(), part.begin(), part.end());
  });
  return rest;
}

void PlaceRest(const ImageLayout& layout, ByteSpan rest, MutableByteSpan raw) {
  auto from = rest.begin();
  ForEachRest(layout, raw.size(), [&](uint64_t begin, uint64_t size) {
    std::copy_n(from, size, raw.begin() + static_cast<ptrdiff_t>(begin));
    from += static_cast<ptrdiff_t>(size);
  });
}

// The one walk over the planes, for both directions. Encoding, `raster` holds the samples;
// decoding, each is written before anything reads it. Stops early once the coder has overrun.
template <class Coder>
Status CodePlanes(Coder& coder, uint32_t color_period, const BlockResources& resources,
                  Raster& raster) {
  Raster errors(raster.width(), raster.height(), raster.planes(), 8);
  ColorTable colors(color_period);
  const int32_t maximum = (1 << raster.bits()) - 1;
  for (size_t plane = 0; plane < raster.planes(); ++plane) {
    Predictor predictor(raster, plane, errors);
    SampleCoder samples(BestKernels(MixerBuilds()), maximum);
    const size_t channel = ChannelOfPlane(plane, raster.planes());
    const bool has_colors = color_period != 0 && (plane == 1 || plane == 2);
    for (size_t y = 0; y < raster.height(); ++y) {
      const auto at = static_cast<ptrdiff_t>(y);
      uint16_t* const row = raster.Row(plane, at);
      raster.BeginRow(plane, at);
      predictor.BeginRow(y);
      for (size_t x = 0; x < raster.width(); ++x) {
        const Prediction& prediction = predictor.Predict(x);
        if (has_colors) {
          const uint16_t* const second = plane == 2 ? raster.Row(1, at) + x : nullptr;
          colors.Begin(prediction, raster.Row(0, at)[x], second);
        }
        const int32_t value =
            samples.Code(Unobserved(coder), prediction, has_colors ? &colors : nullptr, row[x]);
        row[x] = static_cast<uint16_t>(value);
        predictor.Update(x, value);
        if (has_colors) colors.Update(value);
        EndItem(coder, (channel * raster.height() + y) * raster.width() + x, value);
      }
      predictor.EndRow();
      raster.EndRow(plane, at);
      const uint64_t rows_done = plane * raster.height() + y + 1;
      if (!resources.Report(rows_done * raster.width(), coder.written_size())) {
        return CancelledStatus();
      }
      if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    }
  }
  return OkStatus();
}

void WriteHeader(const Header& header, Bytes& payload) {
  const ImageLayout& layout = header.layout;
  ByteWriter writer(payload);
  writer.Varint(layout.width);
  if (layout.width == 0) return;
  writer.Varint(layout.height);
  const auto depth = static_cast<uint32_t>(header.sample_bits - 8);
  const uint32_t format = (layout.channels - 1) | (layout.sample_bytes == 2 ? kTwoBytes : 0u) |
                          (layout.is_big_endian ? kBigEndian : 0u) | depth << kSampleBitsShift;
  writer.U8(static_cast<uint8_t>(format));
  writer.U8(static_cast<uint8_t>(header.color_period | (layout.is_planar ? kPlanar : 0u)));
  writer.Varint(layout.offset);
  writer.Varint(layout.row_padding);
}

Result<uint32_t> Narrow(ByteReader& reader, uint32_t limit) {
  LMZ_ASSIGN(const uint64_t number, reader.Varint());
  if (number > limit) return Status(Code::kDamaged, "the image's geometry is impossible");
  return static_cast<uint32_t>(number);
}

Result<Header> ReadHeader(ByteReader& reader, uint64_t raw_size) {
  Header header;
  ImageLayout& layout = header.layout;
  LMZ_ASSIGN(layout.width, Narrow(reader, ImageLayout::kMaxWidth));
  if (layout.width == 0) return header;
  LMZ_ASSIGN(layout.height, Narrow(reader, ImageLayout::kMaxHeight));
  LMZ_ASSIGN(const uint8_t format, reader.U8());
  LMZ_ASSIGN(const uint8_t period_and_order, reader.U8());
  const uint8_t period = period_and_order & (kPlanar - 1);
  LMZ_ASSIGN(layout.offset, reader.Varint());
  LMZ_ASSIGN(layout.row_padding, Narrow(reader, ImageLayout::kMaxPadding));
  layout.channels = 1 + (format & 3u);
  layout.sample_bytes = (format & kTwoBytes) != 0 ? 2 : 1;
  layout.is_big_endian = (format & kBigEndian) != 0;
  layout.is_planar = (period_and_order & kPlanar) != 0;
  header.sample_bits = 8 + (format >> kSampleBitsShift);
  header.color_period = period;
  const bool is_wide = layout.sample_bytes == 2;
  const bool is_valid = layout.Fits(raw_size) && header.sample_bits <= (is_wide ? 16 : 8) &&
                        (is_wide || !layout.is_big_endian) && period <= ColorTable::kMaxPeriod &&
                        (period == 0 || (layout.channels >= 3 && header.sample_bits == 8));
  if (!is_valid) return Status(Code::kDamaged, "the image's geometry is impossible");
  return header;
}

uint64_t RestSize(const ImageLayout& layout, uint64_t raw_size) {
  return raw_size - layout.rows() * layout.pixel_row_size();
}

}  // namespace
}  // namespace image

using namespace image;  // NOLINT: the codec is its one user

Result<uint32_t> EncodeImage(ByteSpan raw, const ImageOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  Header header;
  header.layout = options.layout;
  if (options.layout.width != 0 && !options.layout.Fits(raw.size())) {
    return Status(Code::kInvalidArgument, "the image's pixels are not all within the block");
  }
  if (options.layout.width == 0) {
    header.layout = FindImage(raw).value_or(ImageLayout()).Within(raw.size());
  }
  payload.clear();
  PartsWriter parts(resources, payload);
  const ImageLayout& layout = header.layout;
  std::optional<Raster> raster;
  if (layout.width != 0) {
    const Watch watch = parts.MakeWatch();
    header.sample_bits = SampleBits(layout, raw, watch);
    raster.emplace(layout.width, layout.height, layout.channels, header.sample_bits);
    const bool is_loaded =
        ForEachSample(layout, raw, *raster, watch,
                      [&](const uint8_t* p, uint16_t& sample) { sample = LoadSample(layout, p); });
    if (!is_loaded) return CancelledStatus();
    header.color_period = ColorTable::FindPeriod(*raster);
  }
  WriteHeader(header, payload);
  const Bytes rest = RestOf(layout, raw);
  if (!rest.empty()) {
    LMZ_TRY(
        parts.Leave(kBytesCodec, rest, {.profile = options.profile}, Framing::kSized, rest.size()));
  }
  if (raster) {
    LMZ_TRY(parts.Code(Framing::kRest, layout.samples(), raw.size() - rest.size(),
                       [&](Encoder& encoder, const BlockResources& part) {
                         return CodePlanes(encoder, header.color_period, part, *raster);
                       }));
  }
  return parts.fingerprint();
}

Result<uint32_t> DecodeImage(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  PartsReader parts(resources, payload);
  LMZ_ASSIGN(const Header header, ReadHeader(parts.fields(), raw.size()));
  const ImageLayout& layout = header.layout;
  if (layout.width == 0) {
    LMZ_TRY(parts.Fetch(kBytesCodec, Framing::kSized, raw.size(), raw));
    LMZ_TRY(parts.End());
    return parts.fingerprint();
  }
  const uint64_t rest_size = RestSize(layout, raw.size());
  if (rest_size != 0) {
    LMZ_ASSIGN(const Bytes rest, parts.Fetch(kBytesCodec, rest_size, Framing::kSized, rest_size));
    PlaceRest(layout, rest, raw);
  }
  LMZ_ASSIGN(const ByteSpan code, parts.Take(Framing::kRest));
  if (layout.samples() > MaxDecisions(code.size())) {
    return Status(Code::kDamaged, "payload too short for the declared size");
  }
  Raster raster(layout.width, layout.height, layout.channels, header.sample_bits);
  const CodeShape shape = {.kind = CodeShape::Kind::kPixels,
                           .items = layout.samples(),
                           .planes = {layout.channels, {layout.width, layout.height}},
                           .value_bits = header.sample_bits};
  LMZ_TRY(parts.Decode(code, layout.samples(), raw.size() - rest_size, shape,
                       [&](auto& decoder, const BlockResources& part) {
                         return CodePlanes(decoder, header.color_period, part, raster);
                       }));
  const bool is_stored =
      ForEachSample(layout, raw, raster, parts.MakeWatch(),
                    [&](uint8_t* p, const uint16_t& sample) { StoreSample(layout, sample, p); });
  if (!is_stored) return CancelledStatus();
  return parts.fingerprint();
}

Result<uint64_t> SampleImage(uint32_t width, uint32_t given_rows, uint64_t seed,
                             MutableByteSpan pixels) {
  ImageLayout layout;
  layout.width = width;
  layout.height = width == 0 ? 0 : static_cast<uint32_t>(pixels.size() / width);
  if (!layout.Fits(pixels.size()) || layout.samples() != pixels.size() ||
      given_rows >= layout.height) {
    return Status(Code::kInvalidArgument, "the pixels are not whole rows behind those given");
  }
  const Watch watch;
  DecisionRecorder recorder;
  if (given_rows != 0) {
    ImageLayout given = layout;
    given.height = given_rows;
    Raster raster(width, given_rows, 1, 8);
    ForEachSample(given, ByteSpan(pixels), raster, watch,
                  [](const uint8_t* p, uint16_t& sample) { sample = *p; });
    LMZ_TRY(CodePlanes(recorder, 0, {}, raster));
  }
  Raster raster(width, layout.height, 1, 8);
  DrawingDecoder decoder(recorder.decisions(), seed, pixels.size());
  LMZ_TRY(CodePlanes(decoder, 0, {}, raster));
  ForEachSample(layout, pixels, raster, watch,
                [](uint8_t* p, const uint16_t& sample) { *p = static_cast<uint8_t>(sample); });
  return decoder.taken_bits();
}

uint64_t MaxRawSizeOfImage(uint64_t payload_size) {
  return MaxDecisions(payload_size) * 2;
}

uint64_t DecodeMemoryOfImage(ByteSpan payload, uint64_t raw_size,
                             const BlockResources& /*resources*/) {
  ByteReader reader(payload);
  const Result<Header> read = ReadHeader(reader, raw_size);
  if (!read.ok()) return 0;
  const auto& [layout, sample_bits, color_period] = read.value();
  if (layout.width == 0) return MemoryOfBytes(raw_size);
  const uint64_t rest_size = RestSize(layout, raw_size);
  const uint64_t around = rest_size == 0 ? 0 : rest_size + MemoryOfBytes(rest_size);
  // Samples and errors.
  const uint64_t rasters = 2 * Raster::MemoryFor(layout.width, layout.height, layout.channels);
  return std::max(around, rasters + image::Predictor::MemoryFor(layout.width) +
                              SampleCoder::Memory() + ColorTable::MemoryFor(color_period));
}

}  // namespace lmz
