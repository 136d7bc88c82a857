// A PNG file taken apart: what stands around the pixels, the pixels, and how they were compressed.
// spec.md, sections 2 and 3.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "codec/deflate/remake.h"
#include "codec/png/chunks.h"
#include "codec/png/scanlines.h"

namespace lmz::png {

// The numbers in front of a payload.
struct Fields {
  bool has_right_adler = true;
  bool has_right_crcs = true;  // of the IDAT chunks
  bool is_bare = false;        // a deflate stream without the frame of zlib
  uint8_t zlib_header[2] = {};
  deflate::Settings settings;
  Scanlines lines;         // without a row size: the data is kept as it is
  uint64_t data_size = 0;  // what the deflate stream stands for, >= 1
  uint64_t around_size = 0;
  uint64_t head_size = 0;    // in front of the first IDAT chunk, without CRCs
  uint64_t head_chunks = 0;  // that get a CRC
  uint64_t tail_chunks = 0;  // behind the IDAT chunks
  uint64_t extra_size = 0;   // behind the zlib stream, in the IDAT chunks
  uint64_t idat_size = 0;    // of all IDAT chunks but the last; 0: each tells its own

  // Filter types.
  uint64_t rows() const { return lines.row_size == 0 ? 0 : lines.Types(data_size); }
  // Of the unpacked bytes: around, then pixels or data.
  uint64_t unpacked_size() const { return around_size + data_size - rows(); }

  void Write(Bytes& out) const;
  // Checks each number, and that all together are possible for a block of `raw_size` bytes.
  static Result<Fields> Read(ByteReader& reader, uint64_t raw_size);
};

// A block of `raw_size` bytes is not taken apart into more than this.
uint64_t MaxUnpackedSize(uint64_t raw_size);

struct Unpacked {
  Fields fields;
  Bytes bytes;  // around, then pixels or data
  Format format;
  deflate::Remakable stream;
};

// Takes apart the PNG file that `raw` begins with; what follows it belongs to the tail. None when
// there is none or it would not come back the same, or once the watch is stopped.
std::optional<Unpacked> Unpack(ByteSpan raw, const Watch& watch);

// What the deflate stream stands for. Errors: kDamaged, kCancelled.
Result<Bytes> DataOf(const Fields& fields, ByteSpan unpacked, const Watch& watch);

// Puts the file together around its deflate stream.
Status Pack(const Fields& fields, ByteSpan unpacked, ByteSpan deflated, uint32_t adler,
            MutableByteSpan raw);

}  // namespace lmz::png
