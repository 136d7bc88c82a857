// One block: the unit that is coded, checked and decoded alone.
//
// Encoding: raw bytes -> filters (in the order of their bits) -> codec -> payload. Decoding runs
// the same steps backwards. The container stores a BlockHeader in front of each payload; the api
// layer moves blocks between threads. Which codec and filters to use is the planner's choice;
// EncodeBlock only guarantees that the answer is legal and never longer than `stored`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "base/bytes.h"
#include "codec/image/layout.h"
#include "mix/profile.h"

namespace lmz {

class Network;
struct ModelReference;  // model/catalog.h

// The model that a block names, from wherever the caller has it. Errors: kModelMissing with the
// model's name, id and where it was looked for. Thread-safe; does not throw.
using ModelFinder =
    std::function<Result<std::shared_ptr<const Network>>(const ModelReference& reference)>;

enum class CodecId : uint8_t {
  kStored = 0,  // the raw bytes themselves
  kBytes = 1,   // context mixing, no neural model
  kText = 2,    // context mixing with a neural byte model
  kImage = 3,   // rows of pixels, and `bytes` for what surrounds them
  kAudio = 4,   // PCM samples by adaptive prediction
  kPng = 5,     // PNG files: their pixels, and how these were compressed
};

// Reversible transforms in front of the codec, as bits of BlockHeader::filters.
inline constexpr uint8_t kFilterRepeat = 1;  // long repeats become copies (src/codec/filter/repeat)
inline constexpr uint8_t kFilterX86 = 2;     // x86 call and jump targets become absolute

// Where the samples of uncompressed audio lie in a block.
struct SampleLayout {
  uint64_t offset = 0;  // of the first frame: a sample of each channel
  uint64_t frames = 0;
  uint8_t channels = 0;
  uint8_t sample_bytes = 0;  // 1 to 3
  bool is_big_endian = false;
  bool is_unsigned = false;
};

// The planner's choice for one block.
struct BlockChoice {
  CodecId codec = CodecId::kBytes;
  uint8_t filters = 0;
  // What follows are fields of the payload, so any choice decodes.
  Profile profile = Profile::kText;  // of kImage and kPng for what surrounds the pixels
  const Network* model = nullptr;    // of kText, which needs one
  uint8_t lanes = 0;                 // of kText, 1 .. 64; 0: by size
  uint8_t groups = 1;                // of kText, 1 .. 4; counts when lanes do
  ImageLayout image = {};            // of kImage; without a width: as FindImage sees it
  SampleLayout samples = {};         // of kAudio; without frames: as its header says
};

// What coding a block may use. None of it decides the result.
struct BlockResources {
  int threads = 1;  // >= 1, for the codecs that can use more than one
  // Held by a codec while it uses `threads`, so that blocks coded at the same time do not all do so
  // at once; may be null.
  std::mutex* crew_mutex = nullptr;
  // Beside the built-in ones, for blocks that name one of them.
  std::span<const std::shared_ptr<const Network>> models = {};
  ModelFinder find_model = {};  // asked when it is none of those; may be empty
  // Called now and then, from one thread at a time, with the number of bytes done so far; returning
  // false stops the work with kCancelled. Must not throw.
  std::function<bool(uint64_t)> report = {};

  // For codecs.
  bool Report(uint64_t done) const { return !report || report(done); }
};

inline Status CancelledStatus() {
  return Status(Code::kCancelled, "the work was stopped by the caller");
}

struct BlockHeader {
  CodecId codec = CodecId::kStored;
  uint8_t filters = 0;
  uint64_t raw_size = 0;      // bytes before filters
  uint64_t payload_size = 0;  // bytes after the codec
  uint64_t checksum = 0;      // XXH3-64 of the raw bytes
  uint32_t fingerprint = 0;   // the coder's final state; 0 for kStored
};

// The largest raw block that any decoder accepts, in bytes.
inline constexpr uint64_t kMaxBlockRawSize = uint64_t{1} << 28;

// Encodes `raw` (1 .. kMaxBlockRawSize bytes) as `choice` says, replacing `payload`'s content;
// falls back to kStored when that is not longer. Deterministic: the result depends on nothing but
// the arguments but `resources`. Errors: kInvalidArgument for a size out of range or a choice that
// does not exist, kCancelled.
// Thread-safe for distinct outputs.
Result<BlockHeader> EncodeBlock(ByteSpan raw, const BlockChoice& choice, Bytes& payload,
                                const BlockResources& resources = {});

// Decodes `payload` into `raw`, which is exactly header.raw_size bytes long; both sizes must agree
// with the header. Memory and time are bounded by the two sizes. Errors: kDamaged when the payload
// breaks a rule, the fingerprint or the checksum differs; kTruncated when the payload ends before
// the block is complete; kNewerVersion for an unknown codec, profile or filter; kModelMissing;
// kCancelled; kOutOfMemory. On
// error the content of `raw` is unspecified. Thread-safe for distinct outputs.
Status DecodeBlock(const BlockHeader& header, ByteSpan payload, MutableByteSpan raw,
                   const BlockResources& resources = {});

// The part of DecodeBlock without the two comparisons, for a container that checks the raw bytes in
// its own way: returns the coder's final state. Errors and conditions otherwise as DecodeBlock.
Result<uint32_t> DecodePayload(const BlockHeader& header, ByteSpan payload, MutableByteSpan raw,
                               const BlockResources& resources = {});

// Refuses, before any allocation, a header that no encoder writes: raw_size 0 or above
// kMaxBlockRawSize, a payload longer than the raw bytes, or raw_size beyond what payload_size bytes
// can stand for. Errors: kDamaged, kNewerVersion.
Status ValidateBlockHeader(const BlockHeader& header);

// An upper bound of the memory, in bytes, that DecodeBlock needs beside payload and raw.
uint64_t DecodeMemory(const BlockHeader& header);

}  // namespace lmz
