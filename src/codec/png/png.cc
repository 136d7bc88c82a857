#include "codec/png/png.h"

#include <algorithm>
#include <optional>

#include "codec/bytes/bytes.h"
#include "codec/deflate/stream_coder.h"
#include "codec/image/image.h"
#include "codec/image/resemblance.h"
#include "codec/png/unpacked.h"
#include "entropy/coder.h"

namespace lmz {

namespace {

using png::Fields;
using png::Unpacked;

// What a payload begins with.
constexpr uint8_t kKindBytes = 0;
constexpr uint8_t kKindPng = 1;

// Where less than this share is gained, `bytes` may gain more.
constexpr size_t kDoubtfulShare = 32;

// Where the pixels stand among the unpacked bytes, when they are of a kind that the image codec is
// good at.
ImageLayout LayoutOf(const Unpacked& unpacked) {
  const Fields& fields = unpacked.fields;
  if (fields.lines.row_size == 0 || unpacked.format.has_palette) return {};
  ImageLayout layout;
  layout.offset = fields.around_size;
  layout.width = unpacked.format.width;
  layout.height = static_cast<uint32_t>(fields.rows());
  layout.channels = unpacked.format.channels;
  layout.sample_bytes = unpacked.format.sample_bytes;
  layout.is_big_endian = layout.sample_bytes == 2;
  if (!layout.Fits(unpacked.bytes.size())) return {};
  return LooksLikePixels(unpacked.bytes, layout) ? layout : ImageLayout();
}

// Appends the code of how the stream was made; returns the coder's final state.
Result<uint32_t> EncodeStream(const Unpacked& unpacked, Bytes& out) {
  Encoder encoder(out);
  deflate::StreamCoder<Encoder> coder(encoder, unpacked.stream.data, unpacked.fields.settings);
  for (const deflate::Block& block : unpacked.stream.blocks) {
    const std::optional<deflate::Block> coded = coder.Code(block);
    LMZ_CHECK(coded.has_value());
  }
  const uint32_t fingerprint = encoder.fingerprint();
  encoder.Finish();
  return fingerprint;
}

// Writes the stream that stands for `data`; at most `max_size` bytes.
Result<uint32_t> DecodeStream(ByteSpan code, const Fields& fields, ByteSpan data, uint64_t max_size,
                              Bytes& deflated) {
  Decoder decoder(code);
  deflate::StreamCoder<Decoder> coder(decoder, data, fields.settings);
  deflate::BitWriter writer(deflated, max_size);
  bool is_last = false;
  while (!is_last) {
    const std::optional<deflate::Block> block = coder.Code({});
    if (decoder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    if (!block || !deflate::WriteBlock(*block, data, writer) || writer.overran()) {
      return Status(Code::kDamaged, "a block of the PNG file's pixels is impossible");
    }
    data = data.subspan(static_cast<size_t>(deflate::SizeOf(*block)));
    is_last = block->is_last;
  }
  writer.FillByte();
  if (writer.overran() || decoder.has_rest()) {
    return Status(Code::kDamaged, "the code of the PNG file's blocks has an impossible size");
  }
  return decoder.fingerprint();
}

Result<uint32_t> EncodeUnpacked(const Unpacked& unpacked, const PngOptions& options,
                                const BlockResources& resources, Bytes& payload) {
  payload.assign(1, kKindPng);
  unpacked.fields.Write(payload);
  Bytes code;
  LMZ_ASSIGN(const uint32_t stream_fingerprint, EncodeStream(unpacked, code));
  ByteWriter writer(payload);
  writer.Varint(code.size());
  writer.Append(code);
  const ImageOptions pixels = {.layout = LayoutOf(unpacked), .profile = options.profile};
  Bytes pixel_code;
  LMZ_ASSIGN(const uint32_t fingerprint,
             EncodeImage(unpacked.bytes, pixels, resources, pixel_code));
  writer.Append(pixel_code);
  return fingerprint ^ stream_fingerprint;
}

Result<uint32_t> DecodeUnpacked(ByteReader& reader, ByteSpan payload,
                                const BlockResources& resources, MutableByteSpan raw) {
  LMZ_ASSIGN(const Fields fields, Fields::Read(reader, raw.size()));
  LMZ_ASSIGN(const uint64_t code_size, reader.Varint());
  if (code_size > reader.remaining()) {
    return Status(Code::kTruncated, "the payload ends too early");
  }
  LMZ_ASSIGN(const ByteSpan code, reader.Take(static_cast<size_t>(code_size)));
  const ByteSpan pixel_code = payload.subspan(reader.position());
  if (fields.unpacked_size() > MaxRawSizeOfImage(pixel_code.size())) {
    return Status(Code::kDamaged, "the payload is too short for the PNG file");
  }
  Bytes unpacked(static_cast<size_t>(fields.unpacked_size()));
  LMZ_ASSIGN(const uint32_t fingerprint, DecodeImage(pixel_code, resources, unpacked));
  LMZ_ASSIGN(const Bytes data, png::DataOf(fields, unpacked));
  Bytes deflated;
  LMZ_ASSIGN(const uint32_t stream_fingerprint,
             DecodeStream(code, fields, data, raw.size(), deflated));
  LMZ_TRY(png::Pack(fields, unpacked, deflated, png::Adler32(data), raw));
  return fingerprint ^ stream_fingerprint;
}

Result<uint32_t> EncodePlain(ByteSpan raw, const PngOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  Bytes code;
  LMZ_ASSIGN(const uint32_t fingerprint,
             EncodeBytes(raw, {.profile = options.profile}, resources, code));
  payload.assign(1, kKindBytes);
  payload.insert(payload.end(), code.begin(), code.end());
  return fingerprint;
}

}  // namespace

Result<uint32_t> EncodePng(ByteSpan raw, const PngOptions& options, const BlockResources& resources,
                           Bytes& payload) {
  const std::optional<Unpacked> unpacked = png::Unpack(raw);
  if (!unpacked) return EncodePlain(raw, options, resources, payload);
  LMZ_ASSIGN(const uint32_t fingerprint, EncodeUnpacked(*unpacked, options, resources, payload));
  const bool is_lawful = raw.size() <= MaxRawSizeOfPng(payload.size());
  if (is_lawful && payload.size() + raw.size() / kDoubtfulShare < raw.size()) return fingerprint;
  Bytes plain;
  LMZ_ASSIGN(const uint32_t plain_fingerprint, EncodePlain(raw, options, resources, plain));
  if (is_lawful && payload.size() <= plain.size()) return fingerprint;
  payload.swap(plain);
  return plain_fingerprint;
}

Result<uint32_t> DecodePng(ByteSpan payload, const BlockResources& resources, MutableByteSpan raw) {
  ByteReader reader(payload);
  LMZ_ASSIGN(const uint8_t kind, reader.U8());
  if (kind == kKindBytes) {
    const ByteSpan code = payload.subspan(1);
    if (raw.size() > MaxRawSizeOfBytes(code.size())) {
      return Status(Code::kDamaged, "the payload is too short for what it should stand for");
    }
    return DecodeBytes(code, resources, raw);
  }
  if (kind != kKindPng) {
    return Status(Code::kNewerVersion, "kind " + std::to_string(kind) +
                                           " of a PNG file is unknown; a newer one is needed");
  }
  return DecodeUnpacked(reader, payload, resources, raw);
}

uint64_t MaxRawSizeOfPng(uint64_t payload_size) {
  return MaxRawSizeOfImage(payload_size);
}

uint64_t DecodeMemoryOfPng(uint64_t raw_size) {
  const uint64_t unpacked = png::MaxUnpackedSize(raw_size);
  // The tokens of a block, while their number doubles, the data they stand for, the code.
  const uint64_t stream = 3 * sizeof(deflate::Token) * unpacked + unpacked +
                          sizeof(deflate::StreamCoder<Decoder>) + deflate::Parser::Memory();
  constexpr uint64_t kSmallParts = 1 << 16;
  const uint64_t file = 8 * raw_size;
  return unpacked + std::max(DecodeMemoryOfImage(unpacked), stream + file + kSmallParts);
}

}  // namespace lmz
