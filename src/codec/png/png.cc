#include "codec/png/png.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "codec/filter/repeat.h"
#include "codec/formats/file_format.h"
#include "codec/image/image.h"
#include "codec/image/resemblance.h"
#include "codec/png/unpacked.h"

namespace lmz {

namespace {

using png::Fields;
using png::Unpacked;

// Of the progress of a block, about what coding the deflate stream takes.
constexpr uint64_t kStreamShare = 16;

// Where the pixels stand among the unpacked bytes, when they are of a kind that the image codec is
// good at.
ImageLayout LayoutOf(const Unpacked& unpacked) {
  const Fields& fields = unpacked.fields;
  if (fields.lines.row_size == 0 || unpacked.format.has_palette) return {};
  ImageLayout layout;
  layout.offset = fields.around_size;
  layout.width = unpacked.format.width;
  layout.height = static_cast<uint32_t>(fields.lines.Height(fields.data_size));
  layout.channels = unpacked.format.channels;
  layout.sample_bytes = unpacked.format.sample_bytes;
  layout.is_big_endian = layout.sample_bytes == 2;
  if (!layout.Fits(unpacked.bytes.size())) return {};
  return LooksLikePixels(unpacked.bytes, layout) ? layout : ImageLayout();
}

Result<bool> UnpackPng(ByteSpan raw, Profile profile, PartsWriter& parts) {
  const Watch watch = parts.MakeWatch();
  const std::optional<Unpacked> unpacked = png::Unpack(raw, watch);
  if (watch.is_stopped()) return CancelledStatus();
  if (!unpacked) return false;
  unpacked->fields.Write(parts.payload());
  const uint64_t stream_share = raw.size() / kStreamShare;
  LMZ_TRY(parts.Code(Framing::kSized, unpacked->fields.data_size, stream_share,
                     [&](Encoder& encoder, const BlockResources& part) {
                       deflate::StreamModel model;
                       return deflate::EncodeRemaking(unpacked->stream, Watch(part), encoder,
                                                      model);
                     }));
  std::vector<ImageOptions> options = {{.layout = LayoutOf(*unpacked), .profile = profile}};
  // Tiles and sprites may be smaller as mere bytes.
  const bool has_rival = options[0].layout.width != 0 && RepeatsItself(unpacked->bytes);
  if (has_rival) options.push_back({.layout = {}, .profile = Profile::kBinary});
  LMZ_TRY(parts.LeaveSmallest<ImageOptions>(kImageCodec, unpacked->bytes, options, Framing::kRest,
                                            raw.size() - stream_share));
  return true;
}

Status PackPng(PartsReader& parts, MutableByteSpan raw) {
  LMZ_ASSIGN(const Fields fields, Fields::Read(parts.fields(), raw.size()));
  LMZ_ASSIGN(const ByteSpan code, parts.Take(Framing::kSized));
  const uint64_t stream_share = raw.size() / kStreamShare;
  LMZ_ASSIGN(const Bytes unpacked, parts.Fetch(kImageCodec, fields.unpacked_size(), Framing::kRest,
                                               raw.size() - stream_share));
  LMZ_ASSIGN(const Bytes data, png::DataOf(fields, unpacked, parts.MakeWatch()));
  Bytes deflated;
  LMZ_TRY(parts.Decode(code, data.size(), stream_share, {.name = "deflate stream"},
                       [&](Decoder& decoder, const BlockResources& part) {
                         deflate::StreamModel model;
                         return deflate::DecodeRemaking({.data = data, .settings = fields.settings},
                                                        raw.size(), Watch(part), decoder, model,
                                                        deflated);
                       }));
  return png::Pack(fields, unpacked, deflated, png::Adler32(data), raw);
}

uint64_t PackPngMemory(ByteReader& reader, uint64_t raw_size, const BlockResources& resources) {
  const Result<Fields> fields = Fields::Read(reader, raw_size);
  if (!fields.ok()) return 0;
  const Result<uint64_t> stream_size = reader.Varint();
  if (!stream_size.ok() || !reader.Take(stream_size.value()).ok()) return 0;
  const ByteSpan code = reader.Take(reader.remaining()).value();
  const uint64_t unpacked = fields.value().unpacked_size();
  const uint64_t data = fields.value().data_size;
  constexpr uint64_t kSmallParts = 1 << 16;
  const uint64_t remaking = data + 2 * raw_size + deflate::RemakingMemory(data);
  return unpacked + kSmallParts +
         std::max(DecodeMemoryOfImage(code, unpacked, resources), remaking);
}

// PNG is the first; see codec/formats/file_format.h.
constexpr std::array kFormats = {FileFormat{.kind = 1,
                                            .name = "png",
                                            .unpack = UnpackPng,
                                            .pack = PackPng,
                                            .max_raw_size = MaxRawSizeOfImage,
                                            .pack_memory = PackPngMemory}};

}  // namespace

Result<uint32_t> EncodePng(ByteSpan raw, const PngOptions& options, const BlockResources& resources,
                           Bytes& payload) {
  return EncodeFile(kFormats, raw, options.profile, resources, payload);
}

Result<uint32_t> DecodePng(ByteSpan payload, const BlockResources& resources, MutableByteSpan raw) {
  return DecodeFile(kFormats, payload, resources, raw);
}

uint64_t MaxRawSizeOfPng(uint64_t payload_size) {
  return MaxRawSizeOfFile(kFormats, payload_size);
}

uint64_t DecodeMemoryOfPng(ByteSpan payload, uint64_t raw_size, const BlockResources& resources) {
  return DecodeMemoryOfFile(kFormats, payload, raw_size, resources);
}

}  // namespace lmz
