// Payloads made of parts: fields, arithmetic codes, and payloads of other codecs for what a codec
// leaves to them.
//
// What nesting needs is here once: the size in front of a part, the bound that keeps a short part
// from promising much, one fingerprint for all, the memory, and what goes down to the inner codec:
// its share of the progress, cancelling, threads and models.
#pragma once

#include <span>

#include "base/bytes.h"
#include "codec/arithmetic_code.h"
#include "codec/codec.h"
#include "codec/observer.h"
#include "codec/watch.h"

namespace lmz {

enum class Framing : uint8_t {
  kSized,  // a varint in front tells the part's size
  kRest,   // the part goes on to the end of the payload
};

// How far the parts of one block have come, for both directions.
class Parts {
 public:
  // Of all parts so far: exclusive or.
  uint32_t fingerprint() const { return fingerprint_; }

  // For work between parts; goes on while the caller of the codec wants it.
  Watch MakeWatch() const { return Watch(resources_.Part(done_, done_, 0)); }

 protected:
  explicit Parts(const BlockResources& resources) : resources_(resources) {}

  // Resources for what counts to `work`, and stands for the next `share` bytes of the block.
  BlockResources Next(uint64_t share, uint64_t work);

  void AddFingerprint(uint32_t fingerprint) { fingerprint_ ^= fingerprint; }

 private:
  const BlockResources& resources_;
  uint64_t done_ = 0;  // bytes of the block that its parts stand for so far
  uint32_t fingerprint_ = 0;
};

// Appends parts to a payload.
class PartsWriter : public Parts {
 public:
  // Both outlive the writer.
  PartsWriter(const BlockResources& resources, Bytes& payload)
      : Parts(resources), payload_(payload) {}

  // For fields of one's own.
  Bytes& payload() { return payload_; }

  // Leaves `raw` to `codec`; of nothing there is no code. The part stands for `share` bytes of the
  // block's progress. Errors: those of the codec.
  template <class Options>
  Status Leave(const CodecRow<Options>& codec, ByteSpan raw, const Options& options,
               Framing framing, uint64_t share) {
    return LeaveSmallest(codec, raw, std::span(&options, 1), framing, share);
  }

  // The same with those options of several (at least one) that make the shortest code.
  template <class Options>
  Status LeaveSmallest(const CodecRow<Options>& codec, ByteSpan raw,
                       std::span<const Options> contestants, Framing framing, uint64_t share) {
    Bytes smallest;
    uint32_t fingerprint = 0;
    for (const Options& options : contestants) {
      if (raw.empty()) break;
      const bool is_first = &options == &contestants.front();
      const BlockResources resources = Next(is_first ? share : 0, raw.size());
      Bytes code;
      LMZ_ASSIGN(const uint32_t code_fingerprint, codec.encode(raw, options, resources, code));
      if (!is_first && code.size() >= smallest.size()) continue;
      smallest.swap(code);
      fingerprint = code_fingerprint;
    }
    AddFingerprint(fingerprint);
    Append(smallest, framing);
    return OkStatus();
  }

  // An arithmetic code: that of walk(encoder, resources), which reports up to `work`.
  template <class Walk>
  Status Code(Framing framing, uint64_t work, uint64_t share, Walk walk) {
    Bytes code;
    Bytes& out = framing == Framing::kRest ? payload_ : code;
    const BlockResources resources = Next(share, work);
    LMZ_ASSIGN(const uint32_t fingerprint,
               EncodeCode(out, [&](Encoder& encoder) { return walk(encoder, resources); }));
    AddFingerprint(fingerprint);
    if (framing != Framing::kRest) Append(code, framing);
    return OkStatus();
  }

 private:
  void Append(ByteSpan code, Framing framing);

  Bytes& payload_;
};

// Reads the parts of a payload.
class PartsReader : public Parts {
 public:
  // Both outlive the reader.
  PartsReader(const BlockResources& resources, ByteSpan payload)
      : Parts(resources), payload_(payload), reader_(payload) {}

  // For fields of one's own.
  ByteReader& fields() { return reader_; }

  // The next part as it stands in the payload. Errors: kTruncated when the payload ends before the
  // part does.
  Result<ByteSpan> Take(Framing framing);

  // The `raw_size` bytes that were left to `codec`. Errors: those of Take and of the codec;
  // kDamaged, before memory is taken for them, when the part is too short for so many bytes.
  template <class Options>
  Result<Bytes> Fetch(const CodecRow<Options>& codec, uint64_t raw_size, Framing framing,
                      uint64_t share) {
    LMZ_ASSIGN(const ByteSpan code, TakeFor(raw_size, codec.max_raw_size, framing));
    Bytes raw(static_cast<size_t>(raw_size));
    LMZ_TRY(Decode(codec, code, share, raw));
    return raw;
  }

  // The same for bytes that have their place.
  template <class Options>
  Status Fetch(const CodecRow<Options>& codec, Framing framing, uint64_t share,
               MutableByteSpan raw) {
    LMZ_ASSIGN(const ByteSpan code, TakeFor(raw.size(), codec.max_raw_size, framing));
    return Decode(codec, code, share, raw);
  }

  // Decodes an arithmetic code that was taken, by walk(decoder, resources), which reports up to
  // `work`; observers are told that it has this shape. Errors: those of the walk; kDamaged when
  // some of the code is left over.
  template <class Walk>
  Status Decode(ByteSpan code, uint64_t work, uint64_t share, const CodeShape& shape, Walk walk) {
    const BlockResources resources = Next(share, work);
    LMZ_ASSIGN(const uint32_t fingerprint,
               DecodeCode(
                   code, resources.observer, [&] { return shape; },
                   [&](auto& decoder) { return walk(decoder, resources); }));
    AddFingerprint(fingerprint);
    return OkStatus();
  }

  // The end of a payload whose last part has its size. Errors: kDamaged when something follows.
  Status End() const { return reader_.remaining() != 0 ? LeftOver() : OkStatus(); }

 private:
  static Status LeftOver();
  Result<ByteSpan> TakeFor(uint64_t raw_size, uint64_t (*max_raw_size)(uint64_t), Framing framing);

  template <class Options>
  Status Decode(const CodecRow<Options>& codec, ByteSpan code, uint64_t share,
                MutableByteSpan raw) {
    if (raw.empty()) return OkStatus();
    const BlockResources resources = Next(share, raw.size());
    BlockObserver* const observer = resources.observer;
    if (observer != nullptr) {
      observer->BeginPart({.codec = codec.name, .raw_size = raw.size(), .coded_size = code.size()});
    }
    LMZ_ASSIGN(const uint32_t fingerprint, codec.decode(code, resources, raw));
    if (observer != nullptr) observer->EndPart(raw);
    AddFingerprint(fingerprint);
    return OkStatus();
  }

  ByteSpan payload_;
  ByteReader reader_;
};

}  // namespace lmz
