// Arbitrary payloads of every codec and filter, behind the checksums that would stop the fuzzer:
// an error or bytes, the same ones each time and with any number of threads.
#include "codec/block.h"

#include "codec/filter/filter.h"
#include "codec/registry.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tiny_model.h"

namespace lmz::fuzz {

void FuzzOne(ByteSpan input) {
  Choices choices(input);
  const std::span<const AnyCodec> codecs = AllCodecs();
  BlockHeader header;
  header.codec = codecs[choices.Below(codecs.size())].id;
  for (const FilterRow& filter : AllFilters()) {
    if (choices.Below(2) != 0) header.filters |= filter.bit;
  }
  header.raw_size = choices.Below(uint64_t{1} << 14);
  header.payload_size = choices.rest().size();
  if (!ValidateBlockHeader(header).ok()) return;

  Bytes raw(header.raw_size);
  const BlockResources one_thread = testing::WithTinyModels();
  BlockResources two_threads = one_thread;
  two_threads.threads = 2;
  const Result<uint32_t> fingerprint = DecodePayload(header, choices.rest(), raw, one_thread);
  Bytes again(header.raw_size, 0xA5);
  const Result<uint32_t> fingerprint_again =
      DecodePayload(header, choices.rest(), again, two_threads);
  LMZ_REQUIRE(fingerprint.ok() == fingerprint_again.ok());
  if (!fingerprint.ok()) {
    LMZ_REQUIRE(fingerprint.status().code() == Code::kDamaged ||
                fingerprint.status().code() == Code::kTruncated ||
                fingerprint.status().code() == Code::kModelMissing ||
                fingerprint.status().code() == Code::kNewerVersion);
    return;
  }
  LMZ_REQUIRE(fingerprint.value() == fingerprint_again.value());
  LMZ_REQUIRE(raw == again);
}

}  // namespace lmz::fuzz
