// Files with deflate streams inside for tests: gzip, zip, PDF, as usual programs make them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/deflate/sums.h"
#include "tests/png_builder.h"

namespace lmz::testing {

inline void AppendLe(uint64_t v, int bytes, Bytes& out) {
  for (int i = 0; i < bytes; ++i, v >>= 8) out.push_back(static_cast<uint8_t>(v));
}

// A gzip member with the name "name".
inline Bytes GzipFile(ByteSpan data, const deflate::Settings& settings = {}) {
  Bytes file = {0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3};
  AppendTo(file, ToBytes("name"));
  file.push_back(0);
  AppendTo(file, WriteBlocks(ZlibBlocks(data, settings), data));
  AppendLe(deflate::Crc32(data), 4, file);
  AppendLe(data.size(), 4, file);
  return file;
}

struct ZipEntry {
  std::string name;
  Bytes data;
  deflate::Settings settings = {};
  bool has_descriptor = false;  // sizes follow the stream instead of standing in front of it
  bool is_stored = false;
};

namespace internal {

// What the local header and the directory have in common, from the version on.
inline Bytes ZipFields(const ZipEntry& entry, uint64_t stream_size, bool has_sums) {
  Bytes fields;
  AppendLe(20, 2, fields);
  AppendLe(entry.has_descriptor ? 8 : 0, 2, fields);
  AppendLe(entry.is_stored ? 0 : 8, 2, fields);
  AppendLe(0x58215A3Cu, 4, fields);
  AppendLe(has_sums ? deflate::Crc32(entry.data) : 0, 4, fields);
  AppendLe(has_sums ? stream_size : 0, 4, fields);
  AppendLe(has_sums ? entry.data.size() : 0, 4, fields);
  AppendLe(entry.name.size(), 2, fields);
  AppendLe(0, 2, fields);
  return fields;
}

}  // namespace internal

inline Bytes ZipFile(const std::vector<ZipEntry>& entries) {
  Bytes file, directory;
  for (const ZipEntry& entry : entries) {
    const uint64_t begin = file.size();
    const Bytes stream = entry.is_stored
                             ? entry.data
                             : WriteBlocks(ZlibBlocks(entry.data, entry.settings), entry.data);
    AppendTo(file, ToBytes("PK\x03\x04"));
    AppendTo(file, internal::ZipFields(entry, stream.size(), !entry.has_descriptor));
    AppendTo(file, ToBytes(entry.name));
    AppendTo(file, stream);
    if (entry.has_descriptor) {
      AppendTo(file, ToBytes("PK\x07\x08"));
      AppendLe(deflate::Crc32(entry.data), 4, file);
      AppendLe(stream.size(), 4, file);
      AppendLe(entry.data.size(), 4, file);
    }
    AppendTo(directory, ToBytes("PK\x01\x02"));
    AppendLe(0x0314, 2, directory);
    AppendTo(directory, internal::ZipFields(entry, stream.size(), true));
    AppendLe(0, 10, directory);
    AppendLe(begin, 4, directory);
    AppendTo(directory, ToBytes(entry.name));
  }
  const size_t begin = file.size();
  AppendTo(file, directory);
  AppendTo(file, ToBytes("PK\x05\x06"));
  AppendLe(0, 4, file);
  AppendLe(entries.size(), 2, file);
  AppendLe(entries.size(), 2, file);
  AppendLe(directory.size(), 4, file);
  AppendLe(begin, 4, file);
  AppendLe(0, 2, file);
  return file;
}

// A PDF file of one gray picture.
inline Bytes PdfFile(uint32_t width, uint32_t height, ByteSpan pixels) {
  const Bytes zlib = ZlibStream(pixels, {});
  Bytes file =
      ToBytes("%PDF-1.4\n1 0 obj\n<< /Type /XObject /Subtype /Image /Width " +
              std::to_string(width) + " /Height " + std::to_string(height) +
              " /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /Length " +
              std::to_string(zlib.size()) + " >>\nstream\n");
  AppendTo(file, zlib);
  AppendTo(file, ToBytes("\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"));
  return file;
}

}  // namespace lmz::testing
