// Any bytes under any choice of codec, filters and profile come back, and twice the same code.
#include "api/compressor.h"
#include "tests/choices.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

void RoundTripBlock(ByteSpan raw, const BlockChoice& choice) {
  Bytes payload;
  const Result<BlockHeader> header = EncodeBlock(raw, choice, payload);
  LMZ_REQUIRE(header.ok());
  LMZ_REQUIRE(ValidateBlockHeader(header.value()).ok());
  LMZ_REQUIRE(payload.size() <= raw.size());

  Bytes payload_again;
  const Result<BlockHeader> header_again = EncodeBlock(raw, choice, payload_again);
  LMZ_REQUIRE(header_again.ok() && payload_again == payload);

  Bytes restored(raw.size());
  LMZ_REQUIRE(DecodeBlock(header.value(), payload, restored, testing::WithTinyModels()).ok());
  LMZ_REQUIRE(std::equal(raw.begin(), raw.end(), restored.begin()));
}

void RoundTripFile(ByteSpan raw, int threads) {
  MemorySource raw_source(raw);
  Bytes coded;
  MemorySink coded_sink(coded);
  CompressOptions options;
  options.threads = threads;
  options.content_size = raw.size();
  LMZ_REQUIRE(Compress(raw_source, coded_sink, options).ok());

  MemorySource coded_source(coded);
  Bytes restored;
  MemorySink restored_sink(restored);
  LMZ_REQUIRE(Decompress(coded_source, restored_sink, {}).ok());
  LMZ_REQUIRE(restored.size() == raw.size());
  LMZ_REQUIRE(std::equal(raw.begin(), raw.end(), restored.begin()));
}

}  // namespace

void FuzzOne(ByteSpan input) {
  static const std::vector<BlockChoice> all_choices = testing::AllChoices();
  Choices choices(input);
  const BlockChoice choice = all_choices[choices.Below(all_choices.size())];
  const int threads = static_cast<int>(1 + choices.Below(2));
  if (!choices.rest().empty()) RoundTripBlock(choices.rest(), choice);
  RoundTripFile(choices.rest(), threads);
}

}  // namespace lmz::fuzz
