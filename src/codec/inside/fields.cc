#include "codec/inside/fields.h"

namespace lmz::inside {

namespace {

constexpr uint8_t kHasDirectories = 1;
constexpr uint8_t kIsEntered = 16;
constexpr uint8_t kMaxFlags = 31;

Status Impossible() {
  return Status(Code::kDamaged, "the sizes inside the block are impossible");
}

}  // namespace

void Fields::Write(Bytes& out) const {
  ByteWriter writer(out);
  writer.U8(static_cast<uint8_t>((has_directories ? kHasDirectories : 0) |
                                 static_cast<unsigned>(kind) << 1 |
                                 (is_entered ? kIsEntered : 0u)));
  for (const uint64_t size : sizes) writer.Varint(size);
  for (const uint64_t number : {streams, kept, alike}) writer.Varint(number);
  writer.Append(settings.Pack());
}

Result<Fields> Fields::Read(ByteReader& reader) {
  Fields fields;
  LMZ_ASSIGN(const uint8_t flags, reader.U8());
  if (flags > kMaxFlags) return Impossible();
  fields.kind = static_cast<Kind>(flags >> 1 & 7);
  fields.is_entered = (flags & kIsEntered) != 0;
  fields.has_directories = (flags & kHasDirectories) != 0;
  for (uint64_t& size : fields.sizes) {
    LMZ_ASSIGN(size, reader.Varint());
    if (size > kMaxUnpackedSize) return Impossible();
  }
  for (uint64_t* const number : {&fields.streams, &fields.kept, &fields.alike}) {
    LMZ_ASSIGN(*number, reader.Varint());
  }
  deflate::Settings::Packed packed;
  for (uint8_t& byte : packed) {
    LMZ_ASSIGN(byte, reader.U8());
  }
  fields.settings = deflate::Settings::Unpack(packed);
  if (fields.unpacked_size() > kMaxUnpackedSize || fields.streams > fields.unpacked_size()) {
    return Impossible();
  }
  return fields;
}

}  // namespace lmz::inside
