#include "container/header_reader.h"

#include <algorithm>
#include <array>

namespace lmz {

bool HeaderReader::Take(MutableByteSpan bytes) {
  if (!status_.ok()) return false;
  const Result<size_t> size = input_.Read(bytes);
  if (!size.ok()) {
    Fail(size.status());
  } else if (size.value() < bytes.size()) {
    Fail(Status(Code::kTruncated, "the file ends too early"));
  } else {
    covered_.Update(bytes);
  }
  return status_.ok();
}

uint64_t HeaderReader::Le(int bytes, uint64_t fallback) {
  std::array<uint8_t, 8> field = {};
  if (!Take(MutableByteSpan(field).first(static_cast<size_t>(bytes)))) return fallback;
  return LoadLe64(field.data());
}

void HeaderReader::Varint(uint64_t& v) {
  std::array<uint8_t, 10> field = {};
  size_t size = 0;
  do {
    if (!Take(MutableByteSpan(field).subspan(size, 1))) return;
  } while ((field[size++] & 0x80) != 0 && size < field.size());
  const Result<uint64_t> number = ByteReader(ByteSpan(field).first(size)).Varint();
  if (number.ok()) {
    v = number.value();
  } else {
    Fail(Status(Code::kDamaged, "a number is not in its shortest form"));
  }
}

void HeaderReader::Literal(ByteSpan expected) {
  std::array<uint8_t, 8> field = {};
  const MutableByteSpan found = MutableByteSpan(field).first(expected.size());
  if (Take(found) && !std::equal(found.begin(), found.end(), expected.begin())) {
    Fail(Status(Code::kDamaged, "the magic bytes differ"));
  }
}

void HeaderReader::Implied(uint64_t v) {
  Bytes bytes;
  ByteWriter(bytes).U64(v);
  covered_.Update(bytes);
}

void HeaderReader::Check() {
  const auto expected = static_cast<uint32_t>(covered_.Digest());
  uint32_t found = 0;
  U32(found);
  if (status_.ok() && found != expected) Fail(Status(Code::kDamaged, "its check differs"));
}

}  // namespace lmz
