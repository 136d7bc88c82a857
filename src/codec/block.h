// One block: the unit that is coded, checked and decoded alone.
//
// Encoding: raw bytes -> filters (in the order of AllFilters) -> codec -> payload. Decoding runs
// the same steps backwards. The container stores a BlockHeader in front of each payload; the api
// layer moves blocks between threads. Which codec and filters to use is the planner's choice;
// EncodeBlock only guarantees that the answer is legal and never longer than `stored`.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "codec/registry.h"

namespace lmz {

// Reversible transforms in front of the codec, as bits of BlockHeader::filters.
inline constexpr uint8_t kFilterRepeat = 1;  // long repeats become copies (src/codec/filter/repeat)
inline constexpr uint8_t kFilterX86 = 2;     // x86 call and jump targets become absolute
inline constexpr uint8_t kFilterCharset = 4;  // text in other encodings becomes UTF-8

struct Repeat;  // codec/filter/repeat.h

// The planner's choice for one block: the codec is the one whose options these are. The payload
// tells a decoder all that it needs of them, so any choice decodes.
struct BlockChoice {
  CodecOptions options = BytesOptions{};
  uint8_t filters = 0;

  CodecId codec() const { return CodecOf(options).id; }
};

struct BlockHeader {
  CodecId codec = kStoredCodec.id;
  uint8_t filters = 0;
  uint64_t raw_size = 0;      // bytes before filters
  uint64_t payload_size = 0;  // bytes after the codec
  uint64_t checksum = 0;      // XXH3-64 of the raw bytes
  uint32_t fingerprint = 0;   // the coder's final state; 0 for kStored
};

// A block in front of its codec: filtered and summed up once, however many codecs then try it.
class PreparedBlock {
 public:
  // Runs the filters over `raw` (1 .. kMaxBlockRawSize bytes, which outlive the object) and keeps
  // those that had something to gain. Errors: kInvalidArgument for a size out of range or a filter
  // that does not exist; kCancelled.
  static Result<PreparedBlock> Make(ByteSpan raw, uint8_t filters,
                                    const BlockResources& resources = {});

  // Those that were kept.
  uint8_t filters() const { return filters_; }

  // The same with the repeat filter alone, which removes `repeats` as RemoveRepeats takes them.
  static Result<PreparedBlock> Make(ByteSpan raw, const std::vector<Repeat>& repeats);

  // Bytes before filters.
  uint64_t raw_size() const { return raw_.size(); }

  // What codecs code.
  ByteSpan filtered() const { return filters_ != 0 ? ByteSpan(filtered_) : raw_; }
  // Where in filtered() the literals of the repeats begin that were given.
  size_t literals_begin() const { return literals_begin_; }

  // The block for which `payload` is a payload of `codec` whose coder ended in `fingerprint`:
  // completes the payload, or replaces it where the bytes are shorter.
  BlockHeader Finish(CodecId codec, uint32_t fingerprint, Bytes& payload) const;

  // EncodeBlock with these options, or as `bytes` where the codec's code is too short for what a
  // decoder lets it stand for. Thread-safe for distinct outputs.
  Result<BlockHeader> Encode(const CodecOptions& options, Bytes& payload,
                             const BlockResources& resources = {}) const;

 private:
  PreparedBlock(ByteSpan raw, uint64_t checksum) : raw_(raw), checksum_(checksum) {}

  ByteSpan raw_;
  uint64_t checksum_;
  uint8_t filters_ = 0;  // that were applied
  size_t literals_begin_ = 0;
  Bytes filtered_;  // when there are any
};

// Encodes `raw` (1 .. kMaxBlockRawSize bytes) as `choice` says, replacing `payload`'s content;
// falls back to kStored when that is not longer. Deterministic: the result depends on nothing but
// the arguments but `resources`. Errors: kInvalidArgument for a size out of range, options that do
// not fit `raw` or a filter that does not exist; kCancelled; kOutOfMemory.
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

// An upper bound of the memory, in bytes, that DecodeBlock needs beside payload and raw, by the
// payload's first fields. The model that it names is loaded, if need be, and does not count.
uint64_t DecodeMemory(const BlockHeader& header, ByteSpan payload, const BlockResources& resources);

// What its codec reads of a payload: all but what filters have put in front of it; empty where that
// is damaged.
ByteSpan CodeOf(const BlockHeader& header, ByteSpan payload);

}  // namespace lmz
