#include "codec/jpeg/jpeg.h"

#include <algorithm>
#include <array>
#include <span>

#include "codec/bytes/bytes.h"
#include "codec/formats/file_format.h"
#include "codec/jpeg/fields.h"
#include "codec/jpeg/model/coefficient_coder.h"

namespace lmz {

namespace {

using jpeg::Fields;
using jpeg::File;
using jpeg::kKindJpeg;
using jpeg::ReadFileResult;
using jpeg::Strength;

// No file that is worth it has more, for each decision.
constexpr uint64_t kMaxBytesPerDecision = 32;

constexpr uint64_t kSmallParts = uint64_t{1} << 20;

// A thumbnail is a file without one.
enum class Place : uint8_t { kOutside, kThumbnail };

extern const CodecRow<JpegOptions> kThumbnailCodec;

template <Place kPlace, Strength kStrength>
Result<bool> Unpack(ByteSpan raw, Profile profile, PartsWriter& parts) {
  const Watch watch = parts.MakeWatch();
  std::optional<ReadFileResult> read = jpeg::ReadFile(raw, watch);
  if (watch.is_stopped()) return CancelledStatus();
  if (!read) return false;
  jpeg::Frame& frame = read->file.frame;
  Fields fields = {.pads_ones = read->pads_ones,
                   .strength = kStrength,
                   .scans = {.count = read->file.scans.size(), .last_units = read->file.last_units},
                   .blocks = frame.block_count(),
                   .thumbnail = {}};
  Bytes thumbnail;
  if (kPlace == Place::kOutside) {
    const size_t first_scan = read->file.scans.front().head_end;
    fields.thumbnail = jpeg::TakeThumbnail(first_scan, read->around, thumbnail);
  }
  fields.around_size = read->around.size();
  fields.Write(parts.payload());
  LMZ_TRY(parts.Leave(kBytesCodec, read->around, {.profile = profile}, Framing::kSized,
                      fields.around_size));
  if (fields.thumbnail.size != 0) {
    LMZ_TRY(parts.Leave(kThumbnailCodec, thumbnail, {}, Framing::kSized, fields.thumbnail.size));
  }
  LMZ_TRY(parts.Code(Framing::kRest, fields.blocks, fields.SizeInScans(raw.size()),
                     [&](Encoder& encoder, const BlockResources& part) {
                       return jpeg::CodeCoefficients(encoder, kStrength, part, frame);
                     }));
  return true;
}

// The bytes around the scans.
template <Place kPlace>
Result<Bytes> FetchAround(const Fields& fields, PartsReader& parts) {
  LMZ_ASSIGN(Bytes around,
             parts.Fetch(kBytesCodec, fields.around_size, Framing::kSized, fields.around_size));
  if (fields.thumbnail.size == 0) return around;
  if constexpr (kPlace == Place::kThumbnail) {
    return Status(Code::kDamaged, "a thumbnail in a thumbnail");
  } else {
    LMZ_ASSIGN(const Bytes thumbnail, parts.Fetch(kThumbnailCodec, fields.thumbnail.size,
                                                  Framing::kSized, fields.thumbnail.size));
    around.insert(around.begin() + static_cast<std::ptrdiff_t>(fields.thumbnail.begin),
                  thumbnail.begin(), thumbnail.end());
    return around;
  }
}

template <Place kPlace>
Status Pack(PartsReader& parts, MutableByteSpan raw) {
  LMZ_ASSIGN(const Fields fields, Fields::Read(parts.fields(), raw.size()));
  LMZ_ASSIGN(const Bytes around, FetchAround<kPlace>(fields, parts));
  LMZ_ASSIGN(const ByteSpan code, parts.Take(Framing::kRest));
  if (fields.blocks > MaxDecisions(code.size())) {
    return Status(Code::kDamaged, "payload too short for the declared size");
  }
  std::optional<File> file = jpeg::ParseAround(around, fields.scans, fields.blocks);
  if (!file || file->frame.block_count() != fields.blocks) {
    return Status(Code::kDamaged, "the segments of the JPEG file are impossible");
  }
  file->frame.MakeBlocks();
  CodeShape shape = {.kind = CodeShape::Kind::kBlocks, .items = fields.blocks};
  for (const jpeg::Component& component : file->frame.components) {
    shape.planes.push_back({component.all_columns, component.all_rows});
  }
  LMZ_TRY(parts.Decode(code, fields.blocks, fields.SizeInScans(raw.size()), shape,
                       [&](auto& decoder, const BlockResources& part) {
                         return jpeg::CodeCoefficients(decoder, fields.strength, part, file->frame);
                       }));
  const Watch watch = parts.MakeWatch();
  Bytes written;
  written.reserve(raw.size() + kSmallParts / 2);
  const bool is_written =
      jpeg::WriteFile(*file, around, fields.pads_ones, raw.size(), watch, written);
  if (watch.is_stopped()) return CancelledStatus();
  if (!is_written || written.size() != raw.size()) {
    return Status(Code::kDamaged, "the JPEG file has another size than its block");
  }
  std::ranges::copy(written, raw.begin());
  return OkStatus();
}

uint64_t MaxRawSize(uint64_t payload_size) {
  return kMaxBytesPerDecision * MaxDecisions(payload_size);
}

// Without blocks and what codes them.
uint64_t MemoryAround(uint64_t raw_size) {
  const uint64_t segments = jpeg::kMaxScans * 2 * sizeof(jpeg::ScanInFile);
  return segments + kSmallParts + 2 * raw_size;
}

uint64_t PackMemory(ByteReader& reader, uint64_t raw_size, const BlockResources& /*resources*/) {
  const Result<Fields> read = Fields::Read(reader, raw_size);
  if (!read.ok()) return 0;
  const Fields& fields = read.value();
  uint64_t most = std::max(jpeg::CoefficientMemory(fields.strength, fields.blocks),
                           fields.around_size + MemoryOfBytes(fields.around_size));
  if (const uint64_t size = fields.thumbnail.size; size != 0) {
    const uint64_t blocks = jpeg::MaxBlocksOf(size);
    const uint64_t coefficients = jpeg::CoefficientMemory(Strength::kFull, blocks);
    most = std::max(most, std::max(coefficients, MemoryOfBytes(size)) + MemoryAround(size));
  }
  return most + MemoryAround(raw_size);
}

template <Place kPlace, Strength kStrength>
constexpr std::array kFormats = {FileFormat{.kind = kKindJpeg,
                                            .name = "jpeg",
                                            .unpack = Unpack<kPlace, kStrength>,
                                            .pack = Pack<kPlace>,
                                            .max_raw_size = MaxRawSize,
                                            .pack_memory = PackMemory}};

constexpr std::span<const FileFormat> kFull = kFormats<Place::kOutside, Strength::kFull>;
constexpr std::span<const FileFormat> kLight = kFormats<Place::kOutside, Strength::kLight>;
// A light model is as good for so few blocks.
constexpr std::span<const FileFormat> kThumbnail = kFormats<Place::kThumbnail, Strength::kLight>;

const CodecRow<JpegOptions> kThumbnailCodec = {
    .id = kJpegCodec.id,
    .name = "thumbnail",
    .encode =
        [](ByteSpan raw, const JpegOptions&, const BlockResources& resources, Bytes& payload) {
          return EncodeFile(kThumbnail, raw, Profile::kBinary, resources, payload);
        },
    .decode = [](ByteSpan payload, const BlockResources& resources,
                 MutableByteSpan raw) { return DecodeFile(kThumbnail, payload, resources, raw); },
    .max_raw_size = MaxRawSizeOfJpeg,
    .decode_memory = DecodeMemoryOfJpeg};

}  // namespace

Result<uint32_t> EncodeJpeg(ByteSpan raw, const JpegOptions& options,
                            const BlockResources& resources, Bytes& payload) {
  const auto& formats = options.strength == Strength::kLight ? kLight : kFull;
  return EncodeFile(formats, raw, Profile::kBinary, resources, payload);
}

Result<uint32_t> DecodeJpeg(ByteSpan payload, const BlockResources& resources,
                            MutableByteSpan raw) {
  return DecodeFile(kFull, payload, resources, raw);
}

uint64_t MaxRawSizeOfJpeg(uint64_t payload_size) {
  return MaxRawSizeOfFile(kFull, payload_size);
}

uint64_t DecodeMemoryOfJpeg(ByteSpan payload, uint64_t raw_size, const BlockResources& resources) {
  return DecodeMemoryOfFile(kFull, payload, raw_size, resources);
}

}  // namespace lmz
