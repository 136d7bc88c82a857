// Whole-stream compression and decompression: the pipelines behind the CLI and the C boundary.
//
// Compress: Source -> Plan -> EncodePlanned on `threads` workers -> container writer -> Sink.
// Decompress: Source -> container reader -> DecodeBlock on `threads` workers -> Sink. The bytes
// written never depend on the number of threads. A decompressor writes a block only after its
// checksum agreed. Blocks of the text codec use all threads for one block, and come one by one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/stream.h"
#include "codec/jpeg/fields.h"
#include "model/device.h"
#include "model/library.h"
#include "plan/plan.h"

namespace lmz {

class BlockObserver;  // codec/observer.h

struct Progress {
  uint64_t raw_bytes = 0;    // uncompressed bytes done so far
  uint64_t coded_bytes = 0;  // compressed bytes done so far
};

// Called after each block and within long ones, from any thread but never from two at a time;
// returning false stops with kCancelled. Must not throw. Within a block the sizes are estimates;
// coded_bytes may shrink at its end.
using ProgressFunction = std::function<bool(const Progress&)>;

struct CompressOptions {
  // Of the text codec; null for none, which is level 0. See ModelLibrary::OfLevel.
  SharedModel model = nullptr;
  int threads = 1;  // 1 .. 256
  // Where models of bytes run; null: on the CPU. With a device more blocks than `threads` are coded
  // at a time, of which as many as there are threads work and the others wait for the device.
  std::shared_ptr<Device> device = nullptr;
  // Text in as many lanes as can be, and small blocks: for machines with many lanes, such as GPUs.
  bool is_wide = false;
  // The largest block: 64 KiB .. kMaxBlockRawSize. 0: as ChosenBlockSize says.
  uint64_t block_size = 0;
  // Content of each frame but the last, which may hold less; from 64 KiB on. Frames do not share
  // anything: each is what its part of the content alone would become.
  uint64_t frame_size = UINT64_MAX;
  std::optional<uint64_t> content_size = {};  // when known: goes into headers, is checked
  ProgressFunction progress = {};
  BlockObserver* observer = nullptr;  // of the planner's contests, with one thread; null: none
};

// Blocks of a wide frame: as large as they can be where 256 MB of text are to have 4,096 lanes.
inline constexpr uint64_t kWideBlockSize = uint64_t{3840} << 10;

// Blocks of content whose size is not known, and the usual ones of any other.
inline constexpr uint64_t kUsualBlockSize = uint64_t{16} << 20;

// Up to this size blocks may grow where what they hold repeats over longer distances than the usual
// size, in content whose size is known.
inline constexpr uint64_t kLongBlockSize = uint64_t{64} << 20;

// The largest block for these options: depends on block_size, is_wide and content_size alone.
inline uint64_t ChosenBlockSize(const CompressOptions& options) {
  if (options.block_size != 0) return options.block_size;
  if (options.is_wide) return kWideBlockSize;
  return std::clamp(options.content_size.value_or(0), kUsualBlockSize, kLongBlockSize);
}

// Bytes that decoding takes for each block that is in work at the same time, unless there is a
// limit: enough for the blocks that encoders choose. A block that needs more is decoded alone.
inline constexpr uint64_t kUsualBlockMemory = uint64_t{256} << 20;

struct DecompressOptions {
  // Where the models that blocks name are found; null: ModelLibrary::Installed().
  std::shared_ptr<const ModelLibrary> models = nullptr;
  int threads = 1;
  std::shared_ptr<Device> device = nullptr;  // as for compressing
  // Bytes for all blocks being decoded together, models and small buffers not counted; a block that
  // needs more alone: kLimit. Fewer blocks are decoded at a time when that is enough. Where there
  // is no limit, blocks that need more than kUsualBlockMemory a thread are not decoded together
  // either.
  uint64_t memory_limit = UINT64_MAX;
  uint64_t output_limit = UINT64_MAX;  // total raw bytes; above it: kLimit
  // Writes the bytes of a block as they are decoded, before its checksum is compared: an error may
  // then follow bytes that are wrong.
  bool writes_early = false;
  bool ends_with_frame = false;  // the first frame is all; what follows it is left alone
  ProgressFunction progress = {};
};

// Compresses all of `source` into one frame, or several of options.frame_size. Errors: those of the
// streams, kInvalidArgument, kCancelled; kInvalidArgument when content_size was given and is not
// what the source held.
Result<Progress> Compress(Source& source, Sink& sink, const CompressOptions& options);

// Decompresses all frames in `source`. Errors: those of the streams, kNotLmz, kTruncated, kDamaged,
// kNewerVersion, kModelMissing, kLimit, kCancelled; messages name the block and its offset. What
// was written before an error is right but incomplete, unless options.writes_early.
Result<Progress> Decompress(Source& source, Sink& sink, const DecompressOptions& options);

struct BlockEntry {
  uint64_t offset = 0;  // of the block header in the file
  BlockHeader header;
  // Of a block of the codec `inside` or `jpeg`, as it says itself.
  std::optional<inside::Fields> inside = {};
  std::optional<jpeg::Fields> jpeg = {};
};

struct FrameEntry {
  int version = 0;
  bool is_compact = false;
  uint64_t offset = 0;  // of the frame in the file
  uint64_t raw_size = 0;
  uint64_t coded_size = 0;              // the whole frame with header and index
  std::vector<BlockEntry> blocks = {};  // unless a FrameVisitor is told of them
};

// Is told of a file's frames and blocks one by one, however many there are.
class FrameVisitor {
 public:
  virtual ~FrameVisitor() = default;
  // Sizes are those of the part of the frame so far. Errors end the listing.
  virtual Status BeginFrame(const FrameEntry& frame) = 0;
  virtual Status AddBlock(const FrameEntry& frame, BlockEntry block) = 0;
  virtual Status EndFrame(const FrameEntry& frame) = 0;
};

// Reads the structure of every frame and skips the payloads: no decoding. Errors: as Decompress,
// less kLimit, and those of the visitor.
Status List(Source& source, FrameVisitor& visitor);

// All of it at once: takes about ten times the memory that a file of the smallest blocks is long.
Result<std::vector<FrameEntry>> List(Source& source);

// The sum of the raw sizes of all frames, as their blocks say. Errors: as List.
Result<uint64_t> ContentSize(Source& source);

}  // namespace lmz
