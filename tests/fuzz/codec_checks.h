// What every codec owes any bytes, coded or not.
#pragma once

#include <algorithm>

#include "codec/codec.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

// `raw` is coded within the codec's bound and comes back.
template <class Options>
void RoundTripCodec(const CodecRow<Options>& codec, ByteSpan raw, const Options& options) {
  Bytes payload;
  const Result<uint32_t> fingerprint = codec.encode(raw, options, {}, payload);
  LMZ_REQUIRE(fingerprint.ok());
  LMZ_REQUIRE(raw.size() <= codec.max_raw_size(payload.size()));
  Bytes restored(raw.size());
  const Result<uint32_t> decoded = codec.decode(payload, {}, restored);
  LMZ_REQUIRE(decoded.ok() && decoded.value() == fingerprint.value());
  LMZ_REQUIRE(std::equal(raw.begin(), raw.end(), restored.begin()));
}

// Any payload gives `raw_size` bytes or is refused for what it is.
template <class Options>
void DecodeAny(const CodecRow<Options>& codec, ByteSpan payload, uint64_t raw_size) {
  Bytes raw(static_cast<size_t>(raw_size));
  const Status status = codec.decode(payload, {}, raw).status();
  LMZ_REQUIRE(status.ok() || status.code() == Code::kDamaged || status.code() == Code::kTruncated ||
              status.code() == Code::kNewerVersion);
}

}  // namespace lmz::fuzz
