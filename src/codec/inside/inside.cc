#include "codec/inside/inside.h"

#include <algorithm>

#include "codec/block.h"
#include "codec/deflate/remake.h"
#include "codec/inside/unpack.h"

namespace lmz {

namespace {

using inside::Fields;
using inside::kGroups;

// Of the progress of a block, about what remaking the streams takes.
constexpr uint64_t kStreamShare = 16;

Status TooDeep() {
  return Status(Code::kDamaged, "blocks are too deep inside each other");
}

// A block inside: its header without the checksum, and its payload.
struct InnerBlock {
  BlockHeader header;
  ByteSpan payload;
};

Result<InnerBlock> ReadBlock(ByteReader& reader, uint64_t left) {
  InnerBlock block;
  LMZ_ASSIGN(const uint8_t kinds, reader.U8());
  block.header.codec = CodecId{static_cast<uint8_t>(kinds & 15)};
  block.header.filters = static_cast<uint8_t>(kinds >> 4);
  LMZ_ASSIGN(block.header.raw_size, reader.Varint());
  LMZ_ASSIGN(block.header.payload_size, reader.Varint());
  if (block.header.raw_size > left) {
    return Status(Code::kDamaged, "a block inside has an impossible size");
  }
  LMZ_TRY(ValidateBlockHeader(block.header));
  if (block.header.payload_size > reader.remaining()) {
    return Status(Code::kTruncated, "the payload ends too early");
  }
  LMZ_ASSIGN(block.payload, reader.Take(static_cast<size_t>(block.header.payload_size)));
  return block;
}

Result<uint32_t> CodeAsBytes(ByteSpan bytes, const BlockResources& resources, Bytes& payload) {
  Bytes code;
  const BlockChoice choice = {.options = BytesOptions{.profile = Profile::kBinary}};
  LMZ_ASSIGN(const BlockHeader header, EncodeBlock(bytes, choice, code, resources));
  inside::AppendBlock(header, code, payload);
  return header.fingerprint;
}

// Up to the blocks.
Result<Fields> ReadFields(ByteReader& reader, ByteSpan& code) {
  LMZ_ASSIGN(Fields fields, Fields::Read(reader));
  LMZ_ASSIGN(const uint64_t code_size, reader.Varint());
  if (code_size > reader.remaining()) {
    return Status(Code::kTruncated, "the payload ends too early");
  }
  LMZ_ASSIGN(code, reader.Take(static_cast<size_t>(code_size)));
  return fields;
}

}  // namespace

namespace inside {

void AppendBlock(const BlockHeader& header, ByteSpan payload, Bytes& out) {
  ByteWriter writer(out);
  writer.U8(
      static_cast<uint8_t>(static_cast<unsigned>(header.codec) | unsigned{header.filters} << 4));
  writer.Varint(header.raw_size);
  writer.Varint(payload.size());
  writer.Append(payload);
}

}  // namespace inside

Result<uint32_t> EncodeInside(ByteSpan raw, const InsideOptions& options,
                              const BlockResources& resources, Bytes& payload) {
  LMZ_ASSIGN(const inside::Unpacked unpacked, inside::Unpack(raw, options, resources));
  payload.clear();
  unpacked.fields.Write(payload);
  ByteWriter writer(payload);
  writer.Varint(unpacked.code.size());
  writer.Append(unpacked.code);
  uint32_t fingerprint = unpacked.fingerprint;
  const uint64_t size = unpacked.fields.unpacked_size();
  uint64_t done = 0;
  for (size_t group = 0; group < kGroups; ++group) {
    const Bytes& bytes = unpacked.groups[group];
    if (bytes.empty()) continue;
    const uint64_t begin = done;
    done += bytes.size();
    const BlockResources share =
        resources.Part(raw.size() * begin / size, raw.size() * done / size, bytes.size());
    uint32_t group_fingerprint = 0;
    if (options.contents == nullptr) {
      LMZ_ASSIGN(group_fingerprint, CodeAsBytes(bytes, share, payload));
    } else {
      const auto [first, last] = std::equal_range(
          unpacked.contents.begin(), unpacked.contents.end(), inside::Content{.group = group},
          [](const auto& a, const auto& b) { return a.group < b.group; });
      LMZ_ASSIGN(group_fingerprint,
                 options.contents->code(group, bytes, std::span(first, last), share, payload));
    }
    fingerprint ^= group_fingerprint;
  }
  return fingerprint;
}

Result<uint32_t> DecodeInside(ByteSpan payload, const BlockResources& resources,
                              MutableByteSpan raw) {
  if (resources.depth >= inside::kMaxDepth) return TooDeep();
  ByteReader reader(payload);
  ByteSpan code;
  LMZ_ASSIGN(const Fields fields, ReadFields(reader, code));
  Bytes unpacked(static_cast<size_t>(fields.unpacked_size()));
  const uint64_t streams_share = fields.streams == 0 ? 0 : raw.size() / kStreamShare;
  const uint64_t streams_begin = raw.size() - streams_share;
  uint32_t fingerprint = 0;
  for (uint64_t done = 0; done < unpacked.size();) {
    LMZ_ASSIGN(const InnerBlock block, ReadBlock(reader, unpacked.size() - done));
    const uint64_t end = done + block.header.raw_size;
    BlockResources share =
        resources.Part(streams_begin * done / unpacked.size(),
                       streams_begin * end / unpacked.size(), block.header.raw_size);
    ++share.depth;
    const MutableByteSpan bytes = MutableByteSpan(unpacked).subspan(
        static_cast<size_t>(done), static_cast<size_t>(block.header.raw_size));
    LMZ_ASSIGN(const uint32_t state, DecodePayload(block.header, block.payload, bytes, share));
    fingerprint ^= state;
    done = end;
  }
  if (reader.remaining() != 0) {
    return Status(Code::kDamaged, "the payload is longer than its blocks");
  }
  const BlockResources share = resources.Part(streams_begin, raw.size(), unpacked.size());
  LMZ_ASSIGN(const uint32_t state, inside::Pack(fields, code, unpacked, share, raw));
  return fingerprint ^ state;
}

uint64_t MaxRawSizeOfInside(uint64_t payload_size) {
  // Nothing that a block inside may be stands for more.
  return kJpegCodec.max_raw_size(payload_size);
}

uint64_t DecodeMemoryOfInside(ByteSpan payload, uint64_t raw_size,
                              const BlockResources& resources) {
  if (resources.depth >= inside::kMaxDepth) return 0;
  ByteReader reader(payload);
  ByteSpan code;
  const Result<Fields> fields = ReadFields(reader, code);
  if (!fields.ok()) return 0;
  BlockResources inner = resources;
  ++inner.depth;
  const uint64_t size = fields.value().unpacked_size();
  uint64_t memory = 0;
  for (uint64_t left = size; left != 0;) {
    const Result<InnerBlock> block = ReadBlock(reader, left);
    if (!block.ok()) break;
    const BlockHeader& header = block.value().header;
    memory = std::max(memory, DecodeMemory(header, block.value().payload, inner));
    left -= header.raw_size;
  }
  // The block, before it takes its place.
  constexpr uint64_t kSmallParts = 1 << 16;
  const uint64_t remaking = deflate::RemakingMemory(std::min(inside::kMaxBlockTokens, size));
  return size + std::max(memory, raw_size + remaking) + kSmallParts;
}

}  // namespace lmz
