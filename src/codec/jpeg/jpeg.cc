#include "codec/jpeg/jpeg.h"

#include <algorithm>
#include <array>

#include "codec/bytes/bytes.h"
#include "codec/formats/file_format.h"
#include "codec/jpeg/coefficient_coder.h"
#include "codec/jpeg/file.h"

namespace lmz {

namespace {

using jpeg::File;
using jpeg::ReadFileResult;

constexpr uint8_t kKindJpeg = 1;

// Flags, as a byte of the payload.
constexpr uint8_t kPadsOnes = 1;
constexpr uint8_t kUnknownFlags = 0xFE;

// No file that is worth it has more, for each decision.
constexpr uint64_t kMaxBytesPerDecision = 32;

constexpr uint64_t kSmallParts = uint64_t{1} << 20;

struct Fields {
  bool pads_ones = true;
  uint64_t scans = 0;
  uint64_t blocks = 0;
  uint64_t around_size = 0;

  void Write(Bytes& out) const {
    ByteWriter writer(out);
    writer.U8(pads_ones ? kPadsOnes : 0);
    for (const uint64_t number : {scans, blocks, around_size}) writer.Varint(number);
  }

  static Result<Fields> Read(ByteReader& reader, uint64_t raw_size) {
    Fields fields;
    LMZ_ASSIGN(const uint8_t flags, reader.U8());
    fields.pads_ones = (flags & kPadsOnes) != 0;
    for (uint64_t* const number : {&fields.scans, &fields.blocks, &fields.around_size}) {
      LMZ_ASSIGN(*number, reader.Varint());
    }
    const bool is_valid = (flags & kUnknownFlags) == 0 && fields.scans >= 1 &&
                          fields.scans <= jpeg::kMaxScans && fields.blocks >= 1 &&
                          fields.blocks <= jpeg::MaxBlocksOf(raw_size) &&
                          fields.around_size <= raw_size;
    if (!is_valid) return Status(Code::kDamaged, "the fields of the JPEG file are impossible");
    return fields;
  }
};

Result<bool> Unpack(ByteSpan raw, Profile profile, PartsWriter& parts) {
  const Watch watch = parts.MakeWatch();
  std::optional<ReadFileResult> read = jpeg::ReadFile(raw, watch);
  if (watch.is_stopped()) return CancelledStatus();
  if (!read) return false;
  jpeg::Frame& frame = read->file.frame;
  const Fields fields = {.pads_ones = read->pads_ones,
                         .scans = read->file.scans.size(),
                         .blocks = frame.block_count(),
                         .around_size = read->around.size()};
  fields.Write(parts.payload());
  LMZ_TRY(parts.Leave(kBytesCodec, read->around, {.profile = profile}, Framing::kSized,
                      fields.around_size));
  LMZ_TRY(parts.Code(Framing::kRest, fields.blocks, raw.size() - fields.around_size,
                     [&](Encoder& encoder, const BlockResources& part) {
                       return jpeg::CodeCoefficients(encoder, part, frame);
                     }));
  return true;
}

Status Pack(PartsReader& parts, MutableByteSpan raw) {
  LMZ_ASSIGN(const Fields fields, Fields::Read(parts.fields(), raw.size()));
  LMZ_ASSIGN(const Bytes around,
             parts.Fetch(kBytesCodec, fields.around_size, Framing::kSized, fields.around_size));
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
  LMZ_TRY(parts.Decode(code, fields.blocks, raw.size() - fields.around_size, shape,
                       [&](auto& decoder, const BlockResources& part) {
                         return jpeg::CodeCoefficients(decoder, part, file->frame);
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

// Without the blocks: those are as many as the payload says.
uint64_t PackMemory(uint64_t raw_size) {
  const uint64_t segments = jpeg::kMaxScans * 2 * sizeof(jpeg::ScanInFile);
  const uint64_t coding = jpeg::CoefficientMemory() + 2 * raw_size;
  return segments + kSmallParts + std::max(MemoryOfPart(kBytesCodec, raw_size), coding);
}

constexpr std::array kFormats = {FileFormat{.kind = kKindJpeg,
                                            .name = "jpeg",
                                            .unpack = Unpack,
                                            .pack = Pack,
                                            .max_raw_size = MaxRawSize,
                                            .pack_memory = PackMemory}};

}  // namespace

Result<uint32_t> EncodeJpeg(ByteSpan raw, const JpegOptions& /*options*/,
                            const BlockResources& resources, Bytes& payload) {
  return EncodeFile(kFormats, raw, Profile::kBinary, resources, payload);
}

Result<uint32_t> DecodeJpeg(ByteSpan payload, const BlockResources& resources,
                            MutableByteSpan raw) {
  return DecodeFile(kFormats, payload, resources, raw);
}

uint64_t MaxRawSizeOfJpeg(uint64_t payload_size) {
  return MaxRawSizeOfFile(kFormats, payload_size);
}

uint64_t DecodeMemoryOfJpeg(uint64_t raw_size) {
  return DecodeMemoryOfFile(kFormats, raw_size);
}

uint64_t PayloadMemoryOfJpeg(ByteSpan payload, uint64_t raw_size,
                             const BlockResources& /*resources*/) {
  ByteReader reader(payload);
  const Result<uint8_t> kind = reader.U8();
  if (!kind.ok() || kind.value() != kKindJpeg) return 0;
  const Result<Fields> fields = Fields::Read(reader, raw_size);
  return fields.ok() ? fields.value().blocks * jpeg::MemoryOfABlock() : 0;
}

}  // namespace lmz
