#include "codec/formats/file_format.h"

#include <algorithm>
#include <string>

#include "codec/bytes/bytes.h"

namespace lmz {

namespace {

// In place of a format's number: there is no such file, all of it went to `bytes`.
constexpr uint8_t kKindBytes = 0;

// Where less than this share is gained, `bytes` may gain more.
constexpr size_t kDoubtfulShare = 32;

Result<uint32_t> EncodePlain(ByteSpan raw, Profile profile, const BlockResources& resources,
                             Bytes& payload) {
  payload.assign(1, kKindBytes);
  PartsWriter parts(resources, payload);
  LMZ_TRY(parts.Leave(kBytesCodec, raw, {.profile = profile}, Framing::kRest, raw.size()));
  return parts.fingerprint();
}

}  // namespace

Result<uint32_t> EncodeFile(std::span<const FileFormat> formats, ByteSpan raw, Profile profile,
                            const BlockResources& resources, Bytes& payload) {
  for (const FileFormat& format : formats) {
    payload.assign(1, format.kind);
    PartsWriter parts(resources, payload);
    LMZ_ASSIGN(const bool is_unpacked, format.unpack(raw, profile, parts));
    if (!is_unpacked) continue;
    const bool is_valid = raw.size() <= format.max_raw_size(payload.size());
    if (is_valid && payload.size() + raw.size() / kDoubtfulShare < raw.size()) {
      return parts.fingerprint();
    }
    // All bytes have been reported: the progress stands still meanwhile.
    Bytes plain;
    const BlockResources standing = resources.Part(raw.size(), raw.size(), 0);
    LMZ_ASSIGN(const uint32_t plain_fingerprint, EncodePlain(raw, profile, standing, plain));
    if (is_valid && payload.size() <= plain.size()) return parts.fingerprint();
    payload.swap(plain);
    return plain_fingerprint;
  }
  return EncodePlain(raw, profile, resources, payload);
}

Result<uint32_t> DecodeFile(std::span<const FileFormat> formats, ByteSpan payload,
                            const BlockResources& resources, MutableByteSpan raw) {
  PartsReader parts(resources, payload);
  LMZ_ASSIGN(const uint8_t kind, parts.fields().U8());
  if (kind == kKindBytes) {
    LMZ_TRY(parts.Fetch(kBytesCodec, Framing::kRest, raw.size(), raw));
    return parts.fingerprint();
  }
  const auto format = std::ranges::find(formats, kind, &FileFormat::kind);
  if (format == formats.end()) {
    return Status(Code::kNewerVersion,
                  "file format " + std::to_string(kind) + " requires a newer version of lmz");
  }
  LMZ_TRY(format->pack(parts, raw));
  return parts.fingerprint();
}

uint64_t MaxRawSizeOfFile(std::span<const FileFormat> formats, uint64_t payload_size) {
  uint64_t most = kBytesCodec.max_raw_size(payload_size);
  for (const FileFormat& format : formats) {
    most = std::max(most, format.max_raw_size(payload_size));
  }
  return most;
}

uint64_t DecodeMemoryOfFile(std::span<const FileFormat> formats, ByteSpan payload,
                            uint64_t raw_size, const BlockResources& resources) {
  ByteReader reader(payload);
  const Result<uint8_t> kind = reader.U8();
  if (!kind.ok()) return 0;
  if (kind.value() == kKindBytes) return MemoryOfBytes(raw_size);
  const auto format = std::ranges::find(formats, kind.value(), &FileFormat::kind);
  return format == formats.end() ? 0 : format->pack_memory(reader, raw_size, resources);
}

}  // namespace lmz
