// The `inside` codec: a block in which deflate streams stand, as what these stand for, what is
// around them, and what it takes to make the same streams again. gzip, zip and all that is made of
// it, PDF and raw zlib streams are the same to it. The unpacked bytes are blocks again. Format:
// spec.md.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

#include "codec/codec.h"
#include "codec/deflate/stream.h"
#include "codec/image/layout.h"
#include "codec/inside/fields.h"

namespace lmz {

struct BlockHeader;  // codec/block.h

namespace inside {

// Blocks of this codec are in each other at most so deep.
inline constexpr int kMaxDepth = 3;

// A place between two blocks of a stream, at which it is parted.
struct Passage {
  deflate::Entrance entrance;
  Announcement announcement = Announcement::kZlib;  // of the stream
  uint32_t window_bits = 15;
};

// What a stream stands for.
struct Content {
  size_t group = 1;         // 1 .. kGroups - 1
  uint64_t begin = 0;       // in the group
  uint64_t size = 0;        // >= 1
  ImageLayout pixels = {};  // as the file around the stream says; without a width: it does not
};

// What the planner does for the codec.
struct ContentsCoder {
  // The group in which a content is, by what it looks like.
  std::function<size_t(ByteSpan content, const ImageLayout& pixels)> group_of;
  // Appends blocks (AppendBlock) that stand for the whole of a group. Returns the exclusive or of
  // their fingerprints.
  std::function<Result<uint32_t>(size_t group, ByteSpan bytes, std::span<const Content> contents,
                                 const BlockResources& resources, Bytes& payload)>
      code;
};

// Appends a block without a checksum.
void AppendBlock(const BlockHeader& header, ByteSpan payload, Bytes& out);

}  // namespace inside

struct InsideOptions {
  const inside::ContentsCoder* contents = nullptr;  // null: `bytes` codes all of it
  int depth_left = inside::kMaxDepth;               // >= 1: this block, and those within
  // What this block and those within may be unpacked to, together; falls as they are. Null: what
  // MaxUnpackedOf allows.
  uint64_t* budget = nullptr;
  // The stream that goes on at the beginning of the block; null: none does.
  std::shared_ptr<const inside::Passage> entrance = {};
  // Where a stream is parted that goes on behind the block; null: none does. The place is in bits
  // from the block's beginning on, at most 7 behind its end.
  std::shared_ptr<const inside::Passage> exit = {};
  uint64_t exit_bit = 0;
};

namespace inside {

// Bytes that each of a file may come to.
inline constexpr uint64_t kMaxGrowth = 64;

// Of a file of `raw_size` bytes.
inline uint64_t MaxUnpackedOf(uint64_t raw_size) {
  return std::min(kMaxGrowth * raw_size + 4096, 2 * kMaxUnpackedSize);
}

}  // namespace inside

// Replaces `payload` with the code of `raw`. Returns the coders' final state. Errors: kCancelled,
// kOutOfMemory, those of the coder of the contents.
Result<uint32_t> EncodeInside(ByteSpan raw, const InsideOptions& options,
                              const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coders' final state. Errors: kTruncated when
// the payload ends too early, kDamaged when it breaks a rule or some of it is left over,
// kNewerVersion for what an inner block needs, kCancelled, kOutOfMemory.
Result<uint32_t> DecodeInside(ByteSpan payload, const BlockResources& resources,
                              MutableByteSpan raw);

uint64_t MaxRawSizeOfInside(uint64_t payload_size);
uint64_t DecodeMemoryOfInside(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

inline constexpr CodecRow<InsideOptions> kInsideCodec = {
    .id = CodecId{8},
    .name = "inside",
    .encode = EncodeInside,
    .decode = DecodeInside,
    .max_raw_size = MaxRawSizeOfInside,
    .decode_memory = DecodeMemoryOfInside,
};

}  // namespace lmz
