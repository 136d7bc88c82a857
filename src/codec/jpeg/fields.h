// The numbers in front of a payload. spec.md, section 2.
#pragma once

#include "base/status.h"
#include "codec/jpeg/file.h"
#include "codec/jpeg/model/strength.h"
#include "codec/jpeg/thumbnail.h"

namespace lmz::jpeg {

// What a payload begins with that is a JPEG file.
inline constexpr uint8_t kKindJpeg = 1;

// No fields are longer, the kind included: two bytes, and six numbers of up to ten.
inline constexpr size_t kMaxFieldsSize = 2 + 6 * 10;

struct Fields {
  bool pads_ones = true;
  Strength strength = Strength::kFull;
  ScansTaken scans;
  uint64_t blocks = 0;
  uint64_t around_size = 0;  // without the thumbnail
  Thumbnail thumbnail;

  // What the code of the coefficients stands for, of so many bytes.
  uint64_t SizeInScans(uint64_t raw_size) const { return raw_size - around_size - thumbnail.size; }

  // Behind the kind.
  void Write(Bytes& out) const;
  // Errors: kTruncated; kDamaged for what no file of `raw_size` bytes has.
  static Result<Fields> Read(ByteReader& reader, uint64_t raw_size);

 private:
  bool AreInRange(uint64_t raw_size) const;
};

}  // namespace lmz::jpeg
