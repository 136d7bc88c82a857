// Files with deflate streams inside for tests: gzip, zip, PDF, as usual programs make them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/deflate/sums.h"
#include "codec/inside/base64.h"
#include "tests/png_builder.h"

namespace lmz::testing {

// A gzip member with the name "name".
inline Bytes GzipFile(ByteSpan data, const deflate::Settings& settings = {}) {
  Bytes file = {0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3};
  AppendTo(file, ToBytes("name"));
  file.push_back(0);
  AppendTo(file, WriteBlocks(ZlibBlocks(data, settings), data));
  ByteWriter writer(file);
  writer.U32(deflate::Crc32(data));
  writer.Le(data.size(), 4);
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
  ByteWriter writer(fields);
  writer.Le(20, 2);
  writer.Le(entry.has_descriptor ? 8 : 0, 2);
  writer.Le(entry.is_stored ? 0 : 8, 2);
  writer.Le(0x58215A3Cu, 4);
  writer.Le(has_sums ? deflate::Crc32(entry.data) : 0, 4);
  writer.Le(has_sums ? stream_size : 0, 4);
  writer.Le(has_sums ? entry.data.size() : 0, 4);
  writer.Le(entry.name.size(), 2);
  writer.Le(0, 2);
  return fields;
}

}  // namespace internal

inline Bytes ZipFile(const std::vector<ZipEntry>& entries) {
  Bytes file, directory;
  ByteWriter writer(file), records(directory);
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
      writer.Le(deflate::Crc32(entry.data), 4);
      writer.Le(stream.size(), 4);
      writer.Le(entry.data.size(), 4);
    }
    AppendTo(directory, ToBytes("PK\x01\x02"));
    records.Le(0x0314, 2);
    AppendTo(directory, internal::ZipFields(entry, stream.size(), true));
    AppendTo(directory, Bytes(10));
    records.Le(begin, 4);
    AppendTo(directory, ToBytes(entry.name));
  }
  const size_t begin = file.size();
  AppendTo(file, directory);
  AppendTo(file, ToBytes("PK\x05\x06"));
  writer.Le(0, 4);
  writer.Le(entries.size(), 2);
  writer.Le(entries.size(), 2);
  writer.Le(directory.size(), 4);
  writer.Le(begin, 4);
  writer.Le(0, 2);
  return file;
}

// Base64 as mail has it.
inline Bytes MailBase64(ByteSpan data) {
  const inside::Base64Layout layout = {
      .line_length = 76, .first_line = 76, .separator_size = 2, .separator = {'\r', '\n'}};
  Bytes text;
  inside::AppendBase64(data, layout, text);
  return text;
}

// A mail with attachments.
inline Bytes MailFile(const std::vector<Bytes>& attachments) {
  const Bytes between = ToBytes(
      "\r\n--b1\r\nContent-Type: application/octet-stream\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n");
  Bytes file = ToBytes(
      "From: a@example.org\r\nSubject: b\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b1\r\n");
  for (const Bytes& attachment : attachments) {
    AppendTo(file, between);
    AppendTo(file, MailBase64(attachment));
  }
  AppendTo(file, ToBytes("\r\n--b1--\r\n"));
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
