#include <algorithm>

#include "codec/codec.h"
#include "codec/png/unpacked.h"

namespace lmz::png {

namespace {

// Flags, as a byte of the payload.
constexpr uint8_t kRightAdler = 1;
constexpr uint8_t kRightCrcs = 2;
constexpr uint8_t kBare = 4;
constexpr uint8_t kInterlaced = 8;
constexpr uint8_t kUnknownFlags = 0xF0;

constexpr uint64_t kMaxGrowth = 64;
constexpr uint64_t kMinUnpackedSize = 1 << 12;

Status Impossible() {
  return Status(Code::kDamaged, "the fields of the PNG file are impossible");
}

// A number of at most kMaxBlockRawSize.
Result<uint64_t> Size(ByteReader& reader) {
  LMZ_ASSIGN(const uint64_t size, reader.Varint());
  if (size > kMaxBlockRawSize) return Impossible();
  return size;
}

bool AreValid(const Fields& fields, uint64_t raw_size) {
  if (!fields.settings.IsValid() || fields.data_size == 0) return false;
  const Scanlines& lines = fields.lines;
  if (lines.row_size == 0) {
    if (lines.is_interlaced()) return false;
  } else {
    if (lines.pixel_size < 1 || lines.pixel_size > 8 || !lines.Fits(fields.data_size)) return false;
  }
  return fields.head_size + fields.extra_size + fields.rows() <= fields.around_size &&
         fields.unpacked_size() <= MaxUnpackedSize(raw_size);
}

}  // namespace

uint64_t MaxUnpackedSize(uint64_t raw_size) {
  return std::min(kMaxBlockRawSize, kMinUnpackedSize + kMaxGrowth * raw_size);
}

void Fields::Write(Bytes& out) const {
  ByteWriter writer(out);
  writer.U8(static_cast<uint8_t>((has_right_adler ? kRightAdler : 0) |
                                 (has_right_crcs ? kRightCrcs : 0) | (is_bare ? kBare : 0) |
                                 (lines.is_interlaced() ? kInterlaced : 0)));
  if (!is_bare) writer.Append(zlib_header);
  writer.Append(settings.Pack());
  writer.Varint(data_size);
  writer.Varint(lines.row_size);
  if (lines.row_size != 0) writer.U8(static_cast<uint8_t>(lines.pixel_size));
  if (lines.is_interlaced()) writer.Varint(lines.interlaced_height);
  for (const uint64_t number :
       {around_size, head_size, head_chunks, tail_chunks, extra_size, idat_size}) {
    writer.Varint(number);
  }
}

Result<Fields> Fields::Read(ByteReader& reader, uint64_t raw_size) {
  Fields fields;
  LMZ_ASSIGN(const uint8_t flags, reader.U8());
  fields.has_right_adler = (flags & kRightAdler) != 0;
  fields.has_right_crcs = (flags & kRightCrcs) != 0;
  fields.is_bare = (flags & kBare) != 0;
  for (uint8_t& byte : fields.zlib_header) {
    if (fields.is_bare) break;
    LMZ_ASSIGN(byte, reader.U8());
  }
  deflate::Settings::Packed packed;
  for (uint8_t& byte : packed) {
    LMZ_ASSIGN(byte, reader.U8());
  }
  fields.settings = deflate::Settings::Unpack(packed);
  LMZ_ASSIGN(fields.data_size, Size(reader));
  LMZ_ASSIGN(fields.lines.row_size, Size(reader));
  if (fields.lines.row_size != 0) {
    LMZ_ASSIGN(fields.lines.pixel_size, reader.U8());
  }
  const bool is_interlaced = (flags & kInterlaced) != 0;
  if (is_interlaced) {
    LMZ_ASSIGN(fields.lines.interlaced_height, Size(reader));
  }
  for (uint64_t* const number : {&fields.around_size, &fields.head_size, &fields.head_chunks,
                                 &fields.tail_chunks, &fields.extra_size, &fields.idat_size}) {
    LMZ_ASSIGN(*number, Size(reader));
  }
  const bool is_contradiction = (is_interlaced && !fields.lines.is_interlaced()) ||
                                (fields.is_bare && !fields.has_right_adler);
  if ((flags & kUnknownFlags) != 0 || (packed[0] & deflate::Settings::kUnknownFlags) != 0 ||
      is_contradiction || !AreValid(fields, raw_size)) {
    return Impossible();
  }
  return fields;
}

}  // namespace lmz::png
