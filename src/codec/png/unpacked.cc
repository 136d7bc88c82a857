#include "codec/png/unpacked.h"

#include <algorithm>
#include <array>

namespace lmz::png {

namespace {

constexpr size_t kZlibHeader = 2;
constexpr size_t kAdlerSize = 4;
constexpr std::array<uint8_t, 4> kIdat = {'I', 'D', 'A', 'T'};

Status Misfit() {
  return Status(Code::kDamaged, "the parts of the PNG file do not fit together");
}

// The content of the IDAT chunks and the sizes they have it in.
struct Idat {
  Bytes content;
  std::vector<uint64_t> sizes;
  Bytes crcs;
  bool has_right_crcs = true;
};

Idat JoinIdat(ByteSpan raw, const File& file, const Watch& watch) {
  Idat idat;
  for (size_t at = file.idat_begin; at < file.idat_end;) {
    const size_t size = LoadBe32(&raw[at]);
    if (!watch.Pass(kChunkFrame + size)) break;
    const ByteSpan body = raw.subspan(at + 4, 4 + size);
    const ByteSpan crc = raw.subspan(at + 8 + size, 4);
    idat.content.insert(idat.content.end(), body.begin() + 4, body.end());
    idat.crcs.insert(idat.crcs.end(), crc.begin(), crc.end());
    idat.has_right_crcs &= Crc32(body) == LoadBe32(crc.data());
    idat.sizes.push_back(size);
    at += kChunkFrame + size;
  }
  return idat;
}

// The size of all but the last, which is not longer; 0 when there is no such.
uint64_t CommonSize(const std::vector<uint64_t>& sizes) {
  const uint64_t first = sizes.front();
  for (const uint64_t size : sizes) {
    if (size != first && &size != &sizes.back()) return 0;
  }
  return sizes.back() != 0 && sizes.back() <= first ? first : 0;
}

bool IsZlibHeader(ByteSpan bytes) {
  constexpr uint8_t kDeflate = 8, kDictionary = 0x20;
  return (bytes[0] & 15) == kDeflate && bytes[0] >> 4 <= 7 && (bytes[1] & kDictionary) == 0;
}

Scanlines LinesOf(const Format& format, uint64_t data_size) {
  Scanlines lines;
  lines.row_size = uint64_t{format.width} * format.pixel_size();
  lines.pixel_size = format.pixel_size();
  if (format.is_interlaced) lines.interlaced_height = format.height;
  if (!format.has_rows() || !lines.Fits(data_size)) return {};
  return lines;
}

// What surrounds the pixels, part by part. A part that is not there is damage.
class AroundReader {
 public:
  explicit AroundReader(ByteSpan bytes) : reader_(bytes) {}

  size_t remaining() const { return reader_.remaining(); }

  Result<ByteSpan> Take(uint64_t size) {
    if (size > remaining()) return Misfit();
    return reader_.Take(static_cast<size_t>(size));
  }

  Result<uint64_t> Number() {
    const Result<uint64_t> number = reader_.Varint();
    if (!number.ok()) return Misfit();
    return number;
  }

 private:
  ByteReader reader_;
};

// The sizes of the IDAT chunks, of `size` bytes of content together, in a block of `raw_size`.
Result<std::vector<uint64_t>> IdatSizes(const Fields& fields, uint64_t size, uint64_t raw_size,
                                        AroundReader& around) {
  uint64_t count = 0;
  if (fields.idat_size != 0) {
    count = (size + fields.idat_size - 1) / fields.idat_size;
  } else {
    LMZ_ASSIGN(count, around.Number());
  }
  if (count > raw_size / kChunkFrame || count * kChunkFrame + size > raw_size) return Misfit();
  std::vector<uint64_t> sizes;
  uint64_t left = size;
  while (sizes.size() < count) {
    uint64_t chunk = std::min(fields.idat_size, left);
    if (fields.idat_size == 0) {
      LMZ_ASSIGN(chunk, around.Number());
    }
    if (chunk > left) return Misfit();
    sizes.push_back(chunk);
    left -= chunk;
  }
  if (left != 0) return Misfit();
  return sizes;
}

// Appends `content` as IDAT chunks, with these CRCs or, when there are none, the right ones.
void AppendIdat(ByteSpan content, const std::vector<uint64_t>& sizes, ByteSpan crcs, Bytes& out) {
  ByteWriter writer(out);
  for (const uint64_t size : sizes) {
    AppendBe32(static_cast<uint32_t>(size), out);
    const size_t begin = out.size();
    writer.Append(kIdat);
    writer.Append(content.first(static_cast<size_t>(size)));
    content = content.subspan(static_cast<size_t>(size));
    if (crcs.empty()) {
      AppendBe32(Crc32(ByteSpan(out).subspan(begin)), out);
    } else {
      writer.Append(crcs.first(4));
      crcs = crcs.subspan(4);
    }
  }
}

}  // namespace

std::optional<Unpacked> Unpack(ByteSpan raw, const Watch& watch) {
  const std::optional<File> file = FindFile(raw);
  if (!file) return std::nullopt;
  Idat idat = JoinIdat(raw, *file, watch);
  const ByteSpan content = idat.content;
  if (watch.is_stopped()) return std::nullopt;
  const size_t header_size = file->is_bare ? 0 : kZlibHeader;
  const size_t adler_size = file->is_bare ? 0 : kAdlerSize;
  if (content.size() < header_size + adler_size) return std::nullopt;
  if (!file->is_bare && !IsZlibHeader(content)) return std::nullopt;
  std::optional<deflate::Remakable> remakable = deflate::ReadRemakable(
      content.subspan(header_size), {.data_size = MaxUnpackedSize(raw.size())},
      file->is_bare ? deflate::Settings::kMaxWindowBits : 8u + (content[0] >> 4), watch);
  if (!remakable) return std::nullopt;
  const Bytes& data = remakable->stream.data;
  const size_t end = header_size + remakable->stream.size;
  if (content.size() < end + adler_size) return std::nullopt;

  Unpacked unpacked;
  Fields& fields = unpacked.fields;
  fields.is_bare = file->is_bare;
  std::copy_n(content.begin(), header_size, fields.zlib_header);
  fields.settings = remakable->settings;
  fields.lines = LinesOf(file->format, data.size());
  fields.data_size = data.size();
  fields.has_right_crcs = idat.has_right_crcs;
  fields.has_right_adler = file->is_bare || LoadBe32(&content[end]) == Adler32(data);
  fields.idat_size = CommonSize(idat.sizes);
  fields.extra_size = content.size() - end - adler_size;

  Bytes& around = unpacked.bytes;
  ByteWriter writer(around);
  fields.head_chunks = StripCrcs(raw.first(file->idat_begin), kSignatureSize, around);
  fields.head_size = around.size();
  if (fields.idat_size == 0) {
    writer.Varint(idat.sizes.size());
    for (const uint64_t size : idat.sizes) writer.Varint(size);
  }
  if (!fields.has_right_crcs) writer.Append(idat.crcs);
  if (!fields.has_right_adler) writer.Append(content.subspan(end, kAdlerSize));
  writer.Append(content.subspan(end + adler_size));
  fields.tail_chunks = StripCrcs(raw.subspan(file->idat_end), 0, around);
  Bytes types, pixels;
  if (fields.lines.row_size != 0 && !Unfilter(fields.lines, data, types, pixels, watch)) {
    fields.lines = {};
  }
  if (watch.is_stopped()) return std::nullopt;
  if (fields.lines.row_size != 0) writer.Append(types);
  fields.around_size = around.size();
  writer.Append(fields.lines.row_size != 0 ? pixels : data);
  if (fields.unpacked_size() > MaxUnpackedSize(raw.size())) return std::nullopt;
  unpacked.format = file->format;
  unpacked.stream = *std::move(remakable);
  return unpacked;
}

Result<Bytes> DataOf(const Fields& fields, ByteSpan unpacked, const Watch& watch) {
  const ByteSpan pixels = unpacked.subspan(static_cast<size_t>(fields.around_size));
  if (fields.lines.row_size == 0) return Bytes(pixels.begin(), pixels.end());
  const auto rows = static_cast<size_t>(fields.rows());
  const ByteSpan types = unpacked.subspan(static_cast<size_t>(fields.around_size) - rows, rows);
  Bytes data;
  data.reserve(static_cast<size_t>(fields.data_size));
  if (!Filter(fields.lines, types, pixels, data, watch)) {
    if (watch.is_stopped()) return CancelledStatus();
    return Status(Code::kDamaged, "a row of the PNG file has an impossible filter");
  }
  return data;
}

Status Pack(const Fields& fields, ByteSpan unpacked, ByteSpan deflated, uint32_t adler,
            MutableByteSpan raw) {
  AroundReader around(unpacked.first(static_cast<size_t>(fields.around_size - fields.rows())));
  LMZ_ASSIGN(const ByteSpan head, around.Take(fields.head_size));
  const uint64_t frame_size = fields.is_bare ? 0 : kZlibHeader + kAdlerSize;
  const uint64_t size = deflated.size() + frame_size + fields.extra_size;
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, IdatSizes(fields, size, raw.size(), around));
  ByteSpan crcs;
  if (!fields.has_right_crcs) {
    LMZ_ASSIGN(crcs, around.Take(4 * sizes.size()));
  }
  if (!fields.has_right_adler) {
    LMZ_ASSIGN(const ByteSpan wrong, around.Take(kAdlerSize));
    adler = LoadBe32(wrong.data());
  }
  LMZ_ASSIGN(const ByteSpan extra, around.Take(fields.extra_size));
  LMZ_ASSIGN(const ByteSpan tail, around.Take(around.remaining()));
  if (head.size() + tail.size() > raw.size()) return Misfit();

  Bytes content;
  content.reserve(static_cast<size_t>(size));
  ByteWriter writer(content);
  for (const uint8_t byte : fields.zlib_header) {
    if (!fields.is_bare) writer.U8(byte);
  }
  writer.Append(deflated);
  if (!fields.is_bare) AppendBe32(adler, content);
  writer.Append(extra);
  Bytes out;
  if (!RestoreCrcs(head, kSignatureSize, fields.head_chunks, out)) return Misfit();
  AppendIdat(content, sizes, crcs, out);
  if (!RestoreCrcs(tail, 0, fields.tail_chunks, out)) return Misfit();
  if (out.size() != raw.size()) return Misfit();
  std::copy(out.begin(), out.end(), raw.begin());
  return OkStatus();
}

}  // namespace lmz::png
