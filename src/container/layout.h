// The fields of the format (docs/spec/container.md), each header described once.
//
// Visit(archive, header) names the fields of a header in file order. HeaderWriter (header_writer.h)
// walks it to write them, HeaderReader (header_reader.h) to parse them. An archive has:
//   U8, U32, U64, Varint   a field that is stored
//   Literal                bytes that must be there
//   Implied                a number that is not stored but takes part in the check
//   Check                  the low 32 bits of XXH3-64 over all that the archive saw before it
#pragma once

#include <array>
#include <cstdint>

#include "base/checksum.h"
#include "codec/block.h"

namespace lmz {

// Not ASCII, and no UTF-8 text begins with F7; "lz" shows in a hex dump.
inline constexpr std::array<uint8_t, 3> kMagic = {0xF7, 'l', 'z'};
// The magic backwards, so that a frame with an index is known from its end; nothing else ends so.
inline constexpr std::array<uint8_t, 3> kEndMagic = {'z', 'l', 0xF7};
// How notes end.
inline constexpr std::array<uint8_t, 3> kNoteEndMagic = {'z', 'l', 0xF6};

inline constexpr uint8_t kFormatVersion = 0;
inline constexpr uint8_t kVersionMask = 0x0F;
inline constexpr uint8_t kCompactKind = 0x10;
inline constexpr uint8_t kNoteKind = 0x20;
inline constexpr uint8_t kFlagContentSize = 0x01;

// So many zero bytes at most may stand behind a frame or a note: what fills up the last record of a
// tape, or the last block of a copy.
inline constexpr uint64_t kMaxPadding = uint64_t{1} << 20;

// Stands where the next block's codec would: no codec will ever have this number.
inline constexpr uint8_t kEndMark = 0xFF;

// Inputs below this size get a compact frame.
inline constexpr uint64_t kCompactRawLimit = uint64_t{1} << 16;

// How every frame begins.
struct FrameStart {
  uint8_t version_and_kind = kFormatVersion;
};

template <class Archive>
void Visit(Archive& archive, FrameStart& start) {
  archive.Literal(kMagic);
  archive.U8(start.version_and_kind);
}

// What follows FrameStart in a note. `size` bytes follow it, then their check, then NoteFooter.
struct NoteHeader {
  uint32_t tag = 0;
  uint64_t size = 0;
};

// Whether who does not know the note passes it over: its tag begins with a small letter.
inline bool IsOptional(const NoteHeader& note) {
  const auto first = static_cast<uint8_t>(note.tag);
  return first >= 'a' && first <= 'z';
}

template <class Archive>
void Visit(Archive& archive, NoteHeader& header) {
  archive.U32(header.tag);
  archive.Varint(header.size);
  archive.Check();
}

// The end of a note, from which it is passed over by who comes from behind.
struct NoteFooter {
  uint64_t length = 0;  // from FrameStart to the check of the content
};
inline constexpr uint64_t kNoteCheckSize = 4;
inline constexpr uint64_t kNoteFooterSize = 8 + kNoteEndMagic.size();

template <class Archive>
void Visit(Archive& archive, NoteFooter& footer) {
  archive.U64(footer.length);
  archive.Literal(kNoteEndMagic);
}

// What follows FrameStart in a full frame.
struct FrameHeader {
  uint8_t flags = 0;
  uint64_t content_size = 0;  // when flags has kFlagContentSize
};

template <class Archive>
void Visit(Archive& archive, FrameHeader& header) {
  archive.U8(header.flags);
  if ((header.flags & kFlagContentSize) != 0) archive.Varint(header.content_size);
  archive.Check();
}

// What follows FrameStart in a compact frame, in front of Compact_Check.
struct CompactHeader {
  uint8_t codec_and_filters = 0;  // codec in the low four bits, filters in the high four
  uint64_t raw_size = 0;
  uint64_t payload_size = 0;
};

template <class Archive>
void Visit(Archive& archive, CompactHeader& header) {
  archive.U8(header.codec_and_filters);
  archive.Varint(header.raw_size);
  archive.Varint(header.payload_size);
}

// A block of a full frame. `number` counts from 0 within the frame; it guards against blocks that
// changed places.
struct NumberedBlock {
  BlockHeader header = {};
  uint64_t number = 0;
};

template <class Archive>
void Visit(Archive& archive, NumberedBlock& block) {
  auto codec = static_cast<uint8_t>(block.header.codec);
  archive.U8(codec);
  block.header.codec = static_cast<CodecId>(codec);
  archive.U8(block.header.filters);
  archive.Varint(block.header.raw_size);
  archive.Varint(block.header.payload_size);
  archive.U64(block.header.checksum);
  if (block.header.codec != kStoredCodec.id) archive.U32(block.header.fingerprint);
  archive.Implied(block.number);
  archive.Check();
}

// Codec, filters, two sizes of one byte, checksum, check, and a byte of payload.
inline constexpr uint64_t kMinCodedBlockSize = 1 + 1 + 1 + 1 + 8 + 4 + 1;

// No header is longer than 64 bytes, and no payload than what it stands for.
inline constexpr uint64_t kMaxCodedBlockSize = kMaxBlockRawSize + 64;

// The index begins with this and has one IndexEntry per block after it.
struct IndexHead {
  uint64_t frame_header_size = 0;  // FrameStart and FrameHeader
  uint64_t block_count = 0;
  uint64_t content_check = 0;  // ContentCheck of the blocks
};

template <class Archive>
void Visit(Archive& archive, IndexHead& head) {
  archive.Varint(head.frame_header_size);
  archive.Varint(head.block_count);
  archive.U64(head.content_check);
}

// XXH3-64 of the checksums of a frame's blocks, in their order: a block of another file is seen,
// though it has the same number and size.
class ContentCheck {
 public:
  void Add(uint64_t block_checksum) {
    Bytes bytes;
    ByteWriter(bytes).U64(block_checksum);
    covered_.Update(bytes);
  }
  uint64_t Digest() const { return covered_.Digest(); }

 private:
  Checksum64Stream covered_;
};

struct IndexEntry {
  uint64_t coded_size = 0;  // block header and payload
  uint64_t raw_size = 0;
};

template <class Archive>
void Visit(Archive& archive, IndexEntry& entry) {
  archive.Varint(entry.coded_size);
  archive.Varint(entry.raw_size);
}

// The end of a full frame; the check covers IndexHead and all IndexEntry.
struct Footer {
  uint32_t index_size = 0;  // IndexHead and all IndexEntry
};
inline constexpr uint64_t kFooterSize = 4 + 4 + kEndMagic.size();

template <class Archive>
void Visit(Archive& archive, Footer& footer) {
  archive.Check();
  archive.U32(footer.index_size);
  archive.Literal(kEndMagic);
}

}  // namespace lmz
