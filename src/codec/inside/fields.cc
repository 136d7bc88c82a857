#include "codec/inside/fields.h"

namespace lmz::inside {

namespace {

constexpr uint8_t kHasDirectories = 1;
constexpr uint8_t kMaxFlags = 15;
constexpr uint32_t kFiltered = 16;
constexpr uint32_t kKeepsDistant = 32;

Status Impossible() {
  return Status(Code::kDamaged, "the sizes inside the block are impossible");
}

}  // namespace

void Fields::Write(Bytes& out) const {
  ByteWriter writer(out);
  writer.U8(static_cast<uint8_t>((has_directories ? kHasDirectories : 0) |
                                 static_cast<unsigned>(kind) << 1));
  for (const uint64_t size : sizes) writer.Varint(size);
  writer.Varint(streams);
  writer.Varint(kept);
  writer.Varint(alike);
  writer.U8(static_cast<uint8_t>(settings.search | (settings.is_filtered ? kFiltered : 0u) |
                                 (settings.keeps_distant ? kKeepsDistant : 0u)));
  writer.U8(static_cast<uint8_t>(settings.window_bits | settings.memory_level << 4));
}

Result<Fields> Fields::Read(ByteReader& reader) {
  Fields fields;
  LMZ_ASSIGN(const uint8_t flags, reader.U8());
  if (flags > kMaxFlags) return Impossible();
  fields.kind = static_cast<Kind>(flags >> 1);
  fields.has_directories = (flags & kHasDirectories) != 0;
  for (uint64_t& size : fields.sizes) {
    LMZ_ASSIGN(size, reader.Varint());
    if (size > kMaxUnpackedSize) return Impossible();
  }
  for (uint64_t* const number : {&fields.streams, &fields.kept, &fields.alike}) {
    LMZ_ASSIGN(*number, reader.Varint());
  }
  LMZ_ASSIGN(const uint8_t search, reader.U8());
  LMZ_ASSIGN(const uint8_t sizes, reader.U8());
  fields.settings = {.search = search & 15u,
                     .is_filtered = (search & kFiltered) != 0,
                     .keeps_distant = (search & kKeepsDistant) != 0,
                     .window_bits = sizes & 15u,
                     .memory_level = uint32_t{sizes} >> 4};
  if (fields.unpacked_size() > kMaxUnpackedSize || fields.streams > fields.unpacked_size()) {
    return Impossible();
  }
  return fields;
}

}  // namespace lmz::inside
