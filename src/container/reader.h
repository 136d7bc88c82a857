// Reads frames piece by piece from a stream, without decoding payloads.
//
//   Reader reader(source);
//   for (;;) {
//     LMZ_ASSIGN(const Reader::Item item, reader.Next());
//     if (item == Reader::Item::kEnd) break;
//     if (item == Reader::Item::kBlock) { reader.block(); reader.ReadPayload(payload); }
//   }
//
// Memory does not depend on the input, less the payload that the caller asks for. Notes are checked
// and passed over, and so is padding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/checksum.h"
#include "base/stream.h"
#include "codec/block.h"
#include "container/buffered_input.h"
#include "container/layout.h"

namespace lmz {

class HeaderReader;

struct FrameRecord {
  int version = 0;
  bool is_compact = false;
  uint64_t offset = 0;  // in the input
  std::optional<uint64_t> content_size = {};
};

struct BlockRecord {
  uint64_t offset = 0;      // of the block header in the input; of the frame when is_compact
  uint64_t number = 0;      // from 0 within the frame
  BlockHeader header = {};  // without checksum and fingerprint when is_compact
  bool is_compact = false;
  uint32_t compact_check = 0;
};

struct NoteRecord {
  uint64_t offset = 0;  // in the input
  uint64_t header_size = 0;
  uint64_t size = 0;  // of its content
  uint64_t left = 0;  // bytes of its content that are not passed over yet
  Checksum64Stream covered;
};

class Reader {
 public:
  enum class Item {
    kFrame,     // frame() is new
    kBlock,     // block() is new and passed ValidateBlockHeader; its payload is next
    kFrameEnd,  // the frame is complete and its index agrees with its blocks
    kEnd,       // the input ends after a whole frame
  };

  // `source` outlives this.
  explicit Reader(Source& source) : input_(source) {}
  // For a source that passes over payloads: reads so few bytes at a time.
  Reader(Source& source, size_t buffer_size) : input_(source, buffer_size) {}

  // Skips the payload of the last block unless it was read. Errors: kNotLmz, kTruncated, kDamaged,
  // kNewerVersion, those of the source; after an error there is nothing more to read.
  Result<Item> Next();

  // Next for a source that is fed: after kTruncated, and after kEnd, this stands where it stood and
  // may be called again when the source has more. Keeps what it reads of one item in memory, but
  // not notes.
  Result<Item> TryNext();

  const FrameRecord& frame() const { return frame_; }
  const BlockRecord& block() const { return block_; }
  // Bytes of the input read so far.
  uint64_t offset() const { return input_.offset(); }

  // Replaces `payload` by that of block(). Once after each kBlock. Memory grows with the bytes that
  // are there, not with what the header promises. Errors: kTruncated, those of the source.
  Status ReadPayload(Bytes& payload);

  // The first `size` (at most the buffer's) bytes of the payload of block(), fewer where it or the
  // input ends. Leaves all of it to ReadPayload and Next. Valid until the next call. Errors: those
  // of the source.
  Result<ByteSpan> PeekPayload(size_t size);

  // ReadPayload for a source that is fed and holds `source_size` bytes: appends what is there to
  // `payload`, which is empty at first, and says whether it is whole. To be repeated until then.
  Result<bool> ResumePayload(Bytes& payload, size_t source_size);

  // Bytes that the source gave but that were not read yet. Valid until the next call.
  ByteSpan buffered() const { return input_.buffered(); }

 private:
  enum class State { kBetweenFrames, kInFrame, kInCompactFrame };

  Status Trailing(const std::string& what) const;
  Status PassPadding();
  Result<bool> IsAtMagic();
  Result<Item> BeginFrame();
  Status BeginNote(HeaderReader& archive);
  Status PassNote();
  Result<Item> BeginFullFrame(HeaderReader& archive);
  Result<Item> BeginCompactFrame(HeaderReader& archive);
  Result<Item> NextBlock();
  Result<Item> EndFrame();
  Status CheckIndex();

  BufferedInput input_;
  State state_ = State::kBetweenFrames;
  bool has_read_magic_ = false;  // of a frame or a note
  bool has_read_frame_ = false;
  bool is_payload_pending_ = false;
  std::optional<NoteRecord> note_;  // that was begun
  uint64_t padding_size_ = 0;       // zeros since the last frame or note
  FrameRecord frame_;
  BlockRecord block_;
  uint64_t frame_header_size_ = 0;
  uint64_t block_count_ = 0;  // of this frame, as are the next two
  uint64_t raw_size_ = 0;
  std::optional<Checksum64Stream> entries_;  // over what the index must repeat
  std::optional<ContentCheck> content_check_;
};

// Decodes `payload` into `raw` (block.header.raw_size bytes) and compares the checks, wherever the
// frame keeps them. Errors: as DecodeBlock, with the number and the offset of the block in front.
// Thread-safe for distinct outputs.
Status DecodeRecord(const BlockRecord& block, ByteSpan payload, MutableByteSpan raw,
                    const BlockResources& resources = {});

// "block 17 at offset 4194331", for messages.
std::string BlockName(const BlockRecord& block);

}  // namespace lmz
