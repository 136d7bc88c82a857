#include "codec/block.h"

#include <algorithm>
#include <bit>
#include <string>

#include "base/checksum.h"
#include "codec/filter/filter.h"
#include "codec/filter/repeat.h"
#include "codec/filter/repeat_stream.h"
#include "codec/observer.h"

namespace lmz {

namespace {

// What all filters of a block together may add for their headers: the output of a useless one can
// be a little longer than its input.
constexpr uint64_t kMaxFilterHeaders = 64;

// How large a block of raw_size bytes may be before, between and behind its filters. Keeps the
// memory of a decoder a function of the block header alone. Spec: container.md, section 3.
uint64_t MaxFilteredSize(uint8_t filters, uint64_t raw_size) {
  uint64_t growth = 1;
  for (const FilterRow& filter : AllFilters()) {
    if ((filters & filter.bit) != 0) growth *= filter.max_growth;
  }
  return std::min(growth * raw_size + kMaxFilterHeaders, kMaxBlockRawSize + kMaxFilterHeaders);
}

uint8_t KnownFilters() {
  uint8_t known = 0;
  for (const FilterRow& filter : AllFilters()) known |= filter.bit;
  return known;
}

bool HasUnknownFilter(uint8_t filters) {
  return (filters & ~KnownFilters()) != 0;
}

// The way back: `filtered` is replaced by the raw bytes, which must be exactly `raw_size`.
Status UndoFilters(uint8_t filters, uint64_t raw_size, const Watch& watch, Bytes& filtered) {
  Bytes next;
  const uint64_t max_size = MaxFilteredSize(filters, raw_size);
  const auto all = AllFilters();
  for (auto filter = all.rbegin(); filter != all.rend(); ++filter) {
    if ((filters & filter->bit) == 0) continue;
    LMZ_TRY(filter->inverse(filtered, max_size, watch, next).At(filter->name));
    filtered.swap(next);
  }
  if (filtered.size() != raw_size) {
    return Status(Code::kDamaged, "the filters give another size than the block header says");
  }
  return OkStatus();
}

Result<uint32_t> DecodeFiltered(const AnyCodec& codec, const BlockHeader& header, ByteSpan payload,
                                const BlockResources& resources, MutableByteSpan raw) {
  ByteReader reader(payload);
  const Result<uint64_t> filtered_size = reader.Varint();
  if (!filtered_size.ok()) return Status(Code::kDamaged, filtered_size.status().message());
  const ByteSpan code = payload.subspan(reader.position());
  if (filtered_size.value() == 0 || filtered_size.value() > kMaxBlockRawSize ||
      filtered_size.value() > MaxFilteredSize(header.filters, header.raw_size) ||
      filtered_size.value() > codec.max_raw_size(code.size())) {
    return Status(Code::kDamaged, "the size before the filters is impossible");
  }
  Bytes filtered(static_cast<size_t>(filtered_size.value()));
  BlockResources part = resources.Part(0, header.raw_size, filtered.size());
  // The one filter that can be undone from the front.
  RepeatStream early(filtered, raw);
  if (resources.decoded && header.filters == kFilterRepeat) {
    part.decoded = [&](uint64_t size) { return resources.TellDecoded(early.Advance(size)); };
  }
  LMZ_ASSIGN(const uint32_t fingerprint, codec.decode(code, part, filtered));
  const Watch watch(resources.Part(header.raw_size, header.raw_size, 0));
  LMZ_TRY(UndoFilters(header.filters, header.raw_size, watch, filtered));
  // Others may be reading what was made early.
  const auto made = static_cast<std::ptrdiff_t>(early.made());
  std::copy(filtered.begin() + made, filtered.end(), raw.begin() + made);
  return fingerprint;
}

}  // namespace

Result<PreparedBlock> PreparedBlock::Make(ByteSpan raw, uint8_t filters,
                                          const BlockResources& resources) {
  if (raw.empty() || raw.size() > kMaxBlockRawSize) {
    return Status(Code::kInvalidArgument,
                  "a block holds 1 to 2^28 bytes, not " + std::to_string(raw.size()));
  }
  if (HasUnknownFilter(filters)) {
    return Status(Code::kInvalidArgument, "there is no filter of bits " + std::to_string(filters));
  }
  PreparedBlock block(raw, Checksum64(raw));
  const Watch watch(resources);
  Bytes next;
  for (const FilterRow& filter : AllFilters()) {
    if ((filters & filter.bit) == 0) continue;
    const ByteSpan in = block.filters_ != 0 ? ByteSpan(block.filtered_) : raw;
    const bool is_of_use = filter.forward(in, watch, next) && !next.empty();
    if (watch.is_stopped()) return CancelledStatus();
    if (!is_of_use) continue;
    const auto used = static_cast<uint8_t>(block.filters_ | filter.bit);
    if (next.size() > std::min(MaxFilteredSize(used, raw.size()), kMaxBlockRawSize)) continue;
    block.filtered_.swap(next);
    block.filters_ = used;
  }
  return block;
}

Result<PreparedBlock> PreparedBlock::Make(ByteSpan raw, const std::vector<Repeat>& repeats) {
  LMZ_ASSIGN(PreparedBlock block, Make(raw, 0));
  if (repeats.empty()) return block;
  block.literals_begin_ = RemoveRepeats(raw, repeats, block.filtered_);
  block.filters_ = kFilterRepeat;
  return block;
}

BlockHeader PreparedBlock::Finish(CodecId codec, uint32_t fingerprint, Bytes& payload) const {
  const ByteSpan input = filtered();
  BlockHeader header = {.codec = codec,
                        .filters = filters_,
                        .raw_size = raw_.size(),
                        .checksum = checksum_,
                        .fingerprint = fingerprint};
  if (payload.size() >= input.size()) {
    header.codec = kStoredCodec.id;
    header.fingerprint = 0;
    payload.assign(input.begin(), input.end());
  }
  if (header.filters != 0) {
    Bytes filtered_size;
    ByteWriter(filtered_size).Varint(input.size());
    payload.insert(payload.begin(), filtered_size.begin(), filtered_size.end());
    if (payload.size() >= raw_.size()) {
      header.codec = kStoredCodec.id;
      header.filters = 0;
      header.fingerprint = 0;
      payload.assign(raw_.begin(), raw_.end());
    }
  }
  header.payload_size = payload.size();
  return header;
}

Result<BlockHeader> PreparedBlock::Encode(const CodecOptions& options, Bytes& payload,
                                          const BlockResources& resources) const {
  const AnyCodec& codec = CodecOf(options);
  const ByteSpan input = filtered();
  const BlockResources part = resources.Part(0, raw_.size(), input.size());
  LMZ_ASSIGN(const uint32_t fingerprint, codec.encode(input, options, part, payload));
  if (input.size() > codec.max_raw_size(payload.size())) {
    return Encode(BytesOptions{}, payload, resources);
  }
  return Finish(codec.id, fingerprint, payload);
}

Result<BlockHeader> EncodeBlock(ByteSpan raw, const BlockChoice& choice, Bytes& payload,
                                const BlockResources& resources) {
  LMZ_ASSIGN(const PreparedBlock block, PreparedBlock::Make(raw, choice.filters, resources));
  return block.Encode(choice.options, payload, resources);
}

Status ValidateBlockHeader(const BlockHeader& header) {
  const AnyCodec* codec = FindCodec(header.codec);
  if (codec == nullptr) {
    return Status(Code::kNewerVersion, "codec " + std::to_string(static_cast<int>(header.codec)) +
                                           " requires a newer version of lmz");
  }
  if (HasUnknownFilter(header.filters)) {
    return Status(Code::kNewerVersion, "filter set " + std::to_string(header.filters) +
                                           " requires a newer version of lmz");
  }
  if (header.raw_size == 0 || header.raw_size > kMaxBlockRawSize) {
    return Status(Code::kDamaged,
                  "a raw size of " + std::to_string(header.raw_size) + " bytes is impossible");
  }
  const bool is_plain = header.codec == kStoredCodec.id && header.filters == 0;
  if (header.payload_size > header.raw_size ||
      (header.payload_size == header.raw_size && !is_plain)) {
    return Status(Code::kDamaged, "payload longer than the declared size");
  }
  // A filter may stand for any number of bytes; its own output is bounded when it is known.
  if (header.filters == 0 && header.raw_size > codec->max_raw_size(header.payload_size)) {
    return Status(Code::kDamaged, "payload too short for the declared size");
  }
  return OkStatus();
}

Result<uint32_t> DecodePayload(const BlockHeader& header, ByteSpan payload, MutableByteSpan raw,
                               const BlockResources& resources) {
  LMZ_TRY(ValidateBlockHeader(header));
  LMZ_CHECK(payload.size() == header.payload_size && raw.size() == header.raw_size);
  const AnyCodec& codec = *FindCodec(header.codec);
  if (resources.observer != nullptr) {
    resources.observer->BeginPart({.codec = codec.name,
                                   .filters = header.filters,
                                   .raw_size = header.raw_size,
                                   .coded_size = payload.size()});
  }
  const Result<uint32_t> fingerprint = header.filters != 0
                                           ? DecodeFiltered(codec, header, payload, resources, raw)
                                           : codec.decode(payload, resources, raw);
  if (resources.observer != nullptr && fingerprint.ok()) resources.observer->EndPart(raw);
  return fingerprint;
}

Status DecodeBlock(const BlockHeader& header, ByteSpan payload, MutableByteSpan raw,
                   const BlockResources& resources) {
  LMZ_ASSIGN(const uint32_t fingerprint, DecodePayload(header, payload, raw, resources));
  if (fingerprint != header.fingerprint) {
    return Status(Code::kDamaged, "decoder state mismatch: corrupt payload or faulty program");
  }
  if (Checksum64(raw) != header.checksum) {
    return Status(Code::kDamaged, "checksum differs; the file is damaged here");
  }
  return OkStatus();
}

uint64_t DecodeMemory(const BlockHeader& header, ByteSpan payload,
                      const BlockResources& resources) {
  const AnyCodec* codec = FindCodec(header.codec);
  if (codec == nullptr) return 0;
  if (header.filters == 0) return codec->decode_memory(payload, header.raw_size, resources);
  const Result<uint64_t> read = ByteReader(payload).Varint();
  const uint64_t max_size = MaxFilteredSize(header.filters, header.raw_size);
  if (!read.ok() || read.value() > max_size) return 0;
  const uint64_t filtered_size = read.value();
  const ByteSpan code = CodeOf(header, payload);
  const uint64_t decoding = filtered_size + codec->decode_memory(code, filtered_size, resources);
  // What a filter makes and what it makes it of, which another filter may have made.
  const bool is_chain = !std::has_single_bit(header.filters);
  return std::max(decoding, max_size + (is_chain ? max_size : filtered_size));
}

ByteSpan CodeOf(const BlockHeader& header, ByteSpan payload) {
  if (header.filters == 0) return payload;
  ByteReader reader(payload);
  return reader.Varint().ok() ? payload.subspan(reader.position()) : ByteSpan();
}

}  // namespace lmz
