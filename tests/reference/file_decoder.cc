#include "tests/reference/file_decoder.h"

#include <xxhash.h>

#include <algorithm>
#include <iterator>

#include "tests/reference/charset_decoder.h"
#include "tests/reference/filter_decoders.h"
#include "tests/reference/input.h"
#include "tests/reference/inside/inside_decoder.h"
#include "tests/reference/media/audio_decoder.h"
#include "tests/reference/media/bilevel_decoder.h"
#include "tests/reference/media/image_decoder.h"
#include "tests/reference/media/jpeg_decoder.h"
#include "tests/reference/media/png_decoder.h"
#include "tests/reference/text/token_decoder.h"

namespace lmz::reference {

namespace {

uint64_t Xxh3(const Bytes& bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

uint32_t Xxh3Low(const Bytes& bytes) {
  return static_cast<uint32_t>(Xxh3(bytes));
}

// Section 3.
struct BlockFields {
  uint64_t codec = 0;
  uint64_t filters = 0;
  uint64_t raw_size = 0;
  uint64_t payload_size = 0;
};

void CheckLimits(const BlockFields& block) {
  Require(block.codec <= 10, "newer version: unknown Codec");
  Require(block.filters <= 7, "newer version: unknown Filters");
  Require(block.raw_size >= 1 && block.raw_size <= uint64_t{1} << 28, "limit 1: Raw_Size");
  Require(block.payload_size <= block.raw_size, "limit 2: Payload_Size above Raw_Size");
  Require(block.payload_size < block.raw_size || (block.codec == 0 && block.filters == 0),
          "limit 2: Payload_Size equals Raw_Size");
}

// Limits 3 and 4: what a code of n bytes can stand for, as each codec's specification has it.
uint64_t MostBytes(uint64_t codec, uint64_t n) {
  switch (codec) {
    case 1:
    case 10:
      return 45500 * (n + 8);
    case 2:
    case 7:
      return 1024 * n + 65536;
    case 3:
    case 5:
      return 728000 * (n + 8);
    case 4:
      return 45500 * (n + 16);
    case 6:
      return 11648000 * (n + 8) + 93184000 * (n / 3);
    case 8:
    case 9:
      return 11648000 * (n + 8);
    default:
      return n;
  }
}

Decoded DecodeParts(const Bytes& payload, uint64_t size, const Models& models, int depth);
Decoded DecodePayload(const BlockFields& block, const Bytes& payload, const Models& models,
                      int depth);

// src/codec/inside/spec.md, 2; `depth` blocks of its kind are around.
Decoded DecodeInside(const Bytes& code, uint64_t size, const Models& models, int depth) {
  Require(depth < 3, "blocks too deep inside each other");
  return DecodeInsideCodec(code, size, [&](const InnerBlock& block) {
    const BlockFields fields = {block.codec, block.filters, block.raw_size, block.payload.size()};
    return DecodePayload(fields, block.payload, models, depth + 1);
  });
}

Decoded DecodeCodec(uint64_t codec, const Bytes& code, uint64_t size, const Models& models,
                    int depth) {
  Require(size <= MostBytes(codec, code.size()), "limit 3 or 4: more than the code can stand for");
  if (codec == 1) return DecodeBytesCodec(code, size);
  if (codec == 3) return DecodeImageCodec(code, size);
  if (codec == 4) return DecodeAudioCodec(code, size);
  if (codec == 5) return DecodePngCodec(code, size);
  if (codec == 2) return DecodeTextCodec(code, size, models);
  if (codec == 6) return DecodeParts(code, size, models, depth);
  if (codec == 7) return DecodeTokenCodec(code, size, models);
  if (codec == 8) return DecodeInside(code, size, models, depth);
  if (codec == 9) return DecodeJpegCodec(code, size);
  if (codec == 10) return DecodeBilevelCodec(code, size);
  Require(code.size() == size, "stored: another size");
  return {code, 0};
}

// src/codec/parts/spec.md.
Decoded DecodeParts(const Bytes& payload, uint64_t size, const Models& models, int depth) {
  Input input(payload);
  Decoded all{};
  while (all.raw.size() < size) {
    const uint64_t codec = input.Number(1);
    Require(codec <= 10 && codec != 6, "newer version: Codec of a part");
    const uint64_t raw_size = input.Varint();
    Require(raw_size >= 1 && raw_size <= size - all.raw.size(), "Raw_Size of a part");
    const Decoded part = DecodeCodec(codec, input.Take(input.Varint()), raw_size, models, depth);
    all.raw.insert(all.raw.end(), part.raw.begin(), part.raw.end());
    all.fingerprint ^= part.fingerprint;
  }
  Require(input.Left() == 0, "bytes behind the last part");
  return all;
}

Decoded DecodePayload(const BlockFields& block, const Bytes& payload, const Models& models,
                      int depth) {
  CheckLimits(block);
  if (block.filters == 0) return DecodeCodec(block.codec, payload, block.raw_size, models, depth);
  Input input(payload);
  const uint64_t filtered_size = input.Varint();
  const bool has_charset = (block.filters & 4) != 0;
  const uint64_t max_size =
      has_charset ? std::min(2 * block.raw_size, uint64_t{1} << 28) + 64 : block.raw_size + 64;
  Require(filtered_size >= 1 && filtered_size <= max_size && filtered_size <= uint64_t{1} << 28,
          "limit 4: Filtered_Size");
  Decoded decoded =
      DecodeCodec(block.codec, input.Take(input.Left()), filtered_size, models, depth);
  if ((block.filters & 2) != 0) decoded.raw = UndoX86(decoded.raw);
  Require(decoded.raw.size() <= max_size, "limit 4: result of a filter");
  if ((block.filters & 1) != 0) decoded.raw = UndoRepeat(decoded.raw, max_size);
  Require(decoded.raw.size() <= max_size, "limit 4: result of a filter");
  if (has_charset) decoded.raw = UndoCharset(decoded.raw);
  Require(decoded.raw.size() == block.raw_size, "the filters give another size than Raw_Size");
  return decoded;
}

// Section 2: whether `bytes` end, before zeros, as a full frame or a note does.
bool EndsInMagic(Bytes bytes) {
  while (bytes.back() == 0) bytes.pop_back();
  const Bytes end(bytes.end() - 3, bytes.end());
  return end == Bytes{0x7A, 0x6C, 0xF7} || end == Bytes{0x7A, 0x6C, 0xF6};
}

// Section 4, behind Version_And_Kind.
Bytes DecodeCompactFrame(Input& file, size_t begin, const Models& models) {
  const uint64_t codec_and_filters = file.Number(1);
  BlockFields block;
  block.codec = codec_and_filters % 16;
  block.filters = codec_and_filters / 16;
  block.raw_size = file.Varint();
  block.payload_size = file.Varint();
  Bytes checked = file.Since(begin);
  const uint64_t check = file.Number(4);
  Require(block.raw_size < 65536, "Raw_Size in a compact frame");
  Bytes raw;
  if (block.raw_size == 0) {
    Require(codec_and_filters == 0 && block.payload_size == 0, "empty content with other fields");
  } else {
    const Bytes payload = file.Take(block.payload_size);
    Require(!EndsInMagic(file.Since(begin)), "a compact frame that ends in a magic");
    raw = DecodePayload(block, payload, models, 0).raw;
  }
  checked.insert(checked.end(), raw.begin(), raw.end());
  Require(check == Xxh3Low(checked), "Compact_Check");
  return raw;
}

struct IndexEntry {
  uint64_t coded_size;
  uint64_t raw_size;
  uint64_t checksum;
};

// Section 5.2, from Codec on, which is not 255.
IndexEntry DecodeBlock(Input& file, uint64_t number, const Models& models, Bytes& content) {
  const size_t begin = file.position();
  BlockFields block;
  block.codec = file.Number(1);
  block.filters = file.Number(1);
  block.raw_size = file.Varint();
  block.payload_size = file.Varint();
  const uint64_t checksum = file.Number(8);
  const uint64_t fingerprint = block.codec == 0 ? 0 : file.Number(4);
  Bytes checked = file.Since(begin);
  for (int i = 0; i < 8; ++i) checked.push_back(static_cast<uint8_t>(number >> (8 * i)));
  Require(file.Number(4) == Xxh3Low(checked), "Block_Header_Check");
  const Decoded decoded = DecodePayload(block, file.Take(block.payload_size), models, 0);
  Require(decoded.fingerprint == fingerprint, "Fingerprint");
  Require(Xxh3(decoded.raw) == checksum, "Checksum");
  content.insert(content.end(), decoded.raw.begin(), decoded.raw.end());
  return {file.position() - begin, block.raw_size, checksum};
}

// Section 5.3, behind End_Mark.
void CheckIndex(Input& file, uint64_t frame_header_size, const std::vector<IndexEntry>& blocks) {
  const size_t begin = file.position();
  Require(file.Varint() == frame_header_size, "Frame_Header_Size");
  Require(file.Varint() == blocks.size(), "Block_Count");
  Bytes checksums;
  for (const IndexEntry& block : blocks) {
    for (int i = 0; i < 8; ++i)
      checksums.push_back(static_cast<uint8_t>(block.checksum >> (8 * i)));
  }
  Require(file.Number(8) == Xxh3(checksums), "Content_Check");
  for (const IndexEntry& block : blocks) {
    Require(file.Varint() == block.coded_size, "Coded_Size in the index");
    Require(file.Varint() == block.raw_size, "Raw_Size in the index");
  }
  const Bytes index = file.Since(begin);
  Require(file.Number(4) == Xxh3Low(index), "Index_Check");
  Require(file.Number(4) == index.size(), "Index_Size");
  Require(file.Take(3) == Bytes{0x7A, 0x6C, 0xF7}, "End_Magic");
}

// Section 5, behind Version_And_Kind.
Bytes DecodeFullFrame(Input& file, size_t begin, const Models& models) {
  const uint64_t flags = file.Number(1);
  Require(flags <= 1, "newer version: Flags");
  const bool has_content_size = flags == 1;
  const uint64_t content_size = has_content_size ? file.Varint() : 0;
  const Bytes header = file.Since(begin);
  Require(file.Number(4) == Xxh3Low(header), "Frame_Header_Check");
  const uint64_t frame_header_size = header.size() + 4;
  Bytes content;
  std::vector<IndexEntry> blocks;
  while (file.Peek() != 255) blocks.push_back(DecodeBlock(file, blocks.size(), models, content));
  file.Take(1);
  CheckIndex(file, frame_header_size, blocks);
  Require(!has_content_size || content.size() == content_size, "Content_Size");
  return content;
}

// Section 6, behind Version_And_Kind. No note is known here.
void PassNote(Input& file, size_t begin) {
  const Bytes tag = file.Take(4);
  const uint64_t size = file.Varint();
  const Bytes header = file.Since(begin);
  Require(file.Number(4) == Xxh3Low(header), "Note_Header_Check");
  Require(tag[0] >= 'a' && tag[0] <= 'z', "a note that must be understood, or with another tag");
  const Bytes data = file.Take(size);
  Require(file.Number(4) == Xxh3Low(data), "Note_Check");
  const size_t length = file.position() - begin;
  Require(file.Number(8) == length, "Note_Length");
  Require(file.Take(3) == Bytes{0x7A, 0x6C, 0xF6}, "Note_End_Magic");
}

// Section 2.
void PassPadding(Input& file) {
  const size_t begin = file.position();
  while (file.Left() > 0 && file.Peek() == 0) file.Take(1);
  Require(file.position() - begin <= 1048576, "Padding is longer than 2^20 bytes");
}

}  // namespace

Bytes DecodeFile(const Bytes& bytes, const Models& models) {
  Input file(bytes);
  bool has_frame = false;
  Bytes content;
  while (file.Left() > 0) {
    const size_t begin = file.position();
    Require(file.Take(3) == Bytes{0xF7, 0x6C, 0x7A}, "Magic");
    const uint64_t version_and_kind = file.Number(1);
    Require(version_and_kind == 0 || version_and_kind == 0x10 || version_and_kind == 0x20,
            "newer version: Version_And_Kind");
    if (version_and_kind == 0x20) {
      PassNote(file, begin);
      PassPadding(file);
      continue;
    }
    has_frame = true;
    const Bytes raw = version_and_kind == 0x10 ? DecodeCompactFrame(file, begin, models)
                                               : DecodeFullFrame(file, begin, models);
    content.insert(content.end(), raw.begin(), raw.end());
    PassPadding(file);
  }
  Require(has_frame, "truncated: a file without a frame");
  return content;
}

}  // namespace lmz::reference
