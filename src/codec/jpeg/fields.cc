#include "codec/jpeg/fields.h"

#include <algorithm>
#include <vector>

namespace lmz::jpeg {

namespace {

// Flags.
constexpr uint8_t kPadsOnes = 1;
constexpr uint8_t kIsLight = 2;
constexpr uint8_t kIsCut = 4;
constexpr uint8_t kHasThumbnail = 8;
constexpr uint8_t kUnknownFlags = 0xF0;

}  // namespace

void Fields::Write(Bytes& out) const {
  uint8_t flags = 0;
  if (pads_ones) flags |= kPadsOnes;
  if (strength == Strength::kLight) flags |= kIsLight;
  if (scans.last_units != 0) flags |= kIsCut;
  if (thumbnail.size != 0) flags |= kHasThumbnail;
  ByteWriter writer(out);
  writer.U8(flags);
  for (const uint64_t number : {scans.count, blocks}) writer.Varint(number);
  if (scans.last_units != 0) writer.Varint(scans.last_units);
  writer.Varint(around_size);
  if (thumbnail.size == 0) return;
  for (const uint64_t number : {thumbnail.begin, thumbnail.size}) writer.Varint(number);
}

Result<Fields> Fields::Read(ByteReader& reader, uint64_t raw_size) {
  Fields fields;
  LMZ_ASSIGN(const uint8_t flags, reader.U8());
  fields.pads_ones = (flags & kPadsOnes) != 0;
  if ((flags & kIsLight) != 0) fields.strength = Strength::kLight;
  const bool is_cut = (flags & kIsCut) != 0, has_thumbnail = (flags & kHasThumbnail) != 0;
  std::vector<uint64_t*> numbers = {&fields.scans.count, &fields.blocks};
  if (is_cut) numbers.push_back(&fields.scans.last_units);
  numbers.push_back(&fields.around_size);
  if (has_thumbnail) {
    numbers.insert(numbers.end(), {&fields.thumbnail.begin, &fields.thumbnail.size});
  }
  for (uint64_t* const number : numbers) {
    LMZ_ASSIGN(*number, reader.Varint());
  }
  const bool is_valid = (flags & kUnknownFlags) == 0 && is_cut == (fields.scans.last_units != 0) &&
                        has_thumbnail == (fields.thumbnail.size != 0) &&
                        fields.AreInRange(raw_size);
  if (!is_valid) return Status(Code::kDamaged, "the fields of the JPEG file are impossible");
  return fields;
}

bool Fields::AreInRange(uint64_t raw_size) const {
  return scans.count >= 1 && scans.count <= kMaxScans && blocks >= 1 &&
         blocks <= MaxBlocksOf(raw_size) && around_size <= raw_size &&
         thumbnail.size <= std::min(kMaxThumbnailSize, raw_size - around_size) &&
         thumbnail.begin <= around_size;
}

}  // namespace lmz::jpeg
