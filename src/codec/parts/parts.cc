#include "codec/parts/parts.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "codec/nested.h"

namespace lmz {

namespace {

// No part is shorter than these fields: its codec, its size and that of its code.
constexpr uint64_t kMinPartSize = 3;

// Calls visit(row) for the codec `id`. False when there is none.
template <class Visit>
bool WithCodec(CodecId id, Visit visit) {
  return std::apply(
      [&](const auto&... rows) { return ((rows.id == id && (visit(rows), true)) || ...); },
      kLeafCodecs);
}

template <class Options>
const CodecRow<Options>& RowOf(const Options& /*options*/) {
  return std::get<CodecRow<Options>>(kLeafCodecs);
}

// The largest of f(row) of all codecs.
template <class Function>
uint64_t Largest(Function f) {
  return std::apply([&](const auto&... rows) { return std::max({f(rows)...}); }, kLeafCodecs);
}

struct PartFields {
  CodecId codec{};
  uint64_t raw_size = 0;
};

// What is in front of a part's size. `left`: bytes of the block that no part stands for yet.
Result<PartFields> ReadFields(ByteReader& reader, uint64_t left) {
  PartFields fields;
  LMZ_ASSIGN(const uint8_t codec, reader.U8());
  fields.codec = CodecId{codec};
  if (!WithCodec(fields.codec, [](const auto&) {})) {
    return Status(Code::kNewerVersion,
                  "a part of codec " + std::to_string(codec) + " requires a newer version of lmz");
  }
  LMZ_ASSIGN(fields.raw_size, reader.Varint());
  if (fields.raw_size == 0 || fields.raw_size > left) {
    return Status(Code::kDamaged, "a part has an impossible size");
  }
  return fields;
}

}  // namespace

void AppendPart(CodecId codec, uint64_t raw_size, ByteSpan code, Bytes& payload) {
  ByteWriter writer(payload);
  writer.U8(static_cast<uint8_t>(codec));
  writer.Varint(raw_size);
  writer.Varint(code.size());
  writer.Append(code);
}

Result<uint32_t> EncodeParts(ByteSpan raw, const PartsOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  payload.clear();
  PartsWriter writer(resources, payload);
  uint64_t done = 0;
  const auto add = [&](const Part& part) -> Status {
    if (part.size == 0 || part.size > raw.size() - done) {
      return Status(Code::kInvalidArgument, "the parts are not the whole block");
    }
    const ByteSpan bytes = raw.subspan(static_cast<size_t>(done), static_cast<size_t>(part.size));
    done += part.size;
    return std::visit(
        [&](const auto& part_options) {
          const auto& row = RowOf(part_options);
          ByteWriter fields(payload);
          fields.U8(static_cast<uint8_t>(row.id));
          fields.Varint(part.size);
          return writer.Leave(row, bytes, part_options, Framing::kSized, part.size);
        },
        part.options);
  };
  if (options.parts.empty()) LMZ_TRY(add({.size = raw.size(), .options = BytesOptions{}}));
  for (const Part& part : options.parts) LMZ_TRY(add(part));
  if (done != raw.size()) {
    return Status(Code::kInvalidArgument, "the parts are not the whole block");
  }
  return writer.fingerprint();
}

Result<uint32_t> DecodeParts(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  PartsReader reader(resources, payload);
  uint64_t done = 0;
  while (done < raw.size()) {
    LMZ_ASSIGN(const PartFields fields, ReadFields(reader.fields(), raw.size() - done));
    const MutableByteSpan bytes =
        raw.subspan(static_cast<size_t>(done), static_cast<size_t>(fields.raw_size));
    Status status;
    WithCodec(fields.codec, [&](const auto& row) {
      status = reader.Fetch(row, Framing::kSized, fields.raw_size, bytes);
    });
    LMZ_TRY(status);
    done += fields.raw_size;
  }
  LMZ_TRY(reader.End());
  return reader.fingerprint();
}

uint64_t MaxRawSizeOfParts(uint64_t payload_size) {
  // Each codec's bound is a + b * size; so many parts at most have their own a.
  const uint64_t parts = payload_size / kMinPartSize;
  return Largest([&](const auto& row) { return row.max_raw_size(payload_size); }) +
         parts * Largest([](const auto& row) { return row.max_raw_size(0); });
}

uint64_t DecodeMemoryOfParts(ByteSpan payload, uint64_t raw_size, const BlockResources& resources) {
  ByteReader reader(payload);
  uint64_t memory = 0;
  for (uint64_t left = raw_size; left != 0;) {
    const Result<PartFields> fields = ReadFields(reader, left);
    if (!fields.ok()) return memory;
    const Result<uint64_t> size = reader.Varint();
    if (!size.ok() || size.value() > reader.remaining()) return memory;
    const ByteSpan code = reader.Take(static_cast<size_t>(size.value())).value();
    WithCodec(fields.value().codec, [&](const auto& row) {
      memory = std::max(memory, row.decode_memory(code, fields.value().raw_size, resources));
    });
    left -= fields.value().raw_size;
  }
  return memory;
}

}  // namespace lmz
