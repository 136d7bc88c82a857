// Any bytes under any choice of codec, filters and profile come back, and twice the same code.
#include "stream/pipeline.h"
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

void RequireContent(ByteSpan coded, ByteSpan raw) {
  MemorySource source(coded);
  Bytes restored;
  MemorySink sink(restored);
  LMZ_REQUIRE(Decompress(source, sink, {.models = testing::TinyModels()}).ok());
  LMZ_REQUIRE(restored.size() == raw.size());
  LMZ_REQUIRE(std::equal(raw.begin(), raw.end(), restored.begin()));
}

// As the planner would have it, or in blocks of `block_size` bytes that are all coded as `choice`
// says, when that is given.
void RoundTripFile(ByteSpan raw, const CompressOptions& options, const BlockChoice* choice,
                   uint64_t block_size) {
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  if (choice == nullptr) {
    LMZ_REQUIRE(Compress(source, sink, options).ok());
  } else {
    LMZ_REQUIRE(
        CompressPlanned(source, sink, options, testing::FixedPlan(*choice, block_size)).ok());
  }
  RequireContent(coded, raw);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  static const std::vector<BlockChoice> all_choices = testing::AllChoices();
  Choices choices(input);
  const BlockChoice choice = all_choices[choices.Below(all_choices.size())];
  CompressOptions options;
  options.threads = static_cast<int>(1 + choices.Below(2));
  if (choices.Below(2) != 0) options.model = testing::TinyModel();
  const uint64_t block_size = 1 + choices.Number(2);
  const bool knows_size = choices.Below(2) == 0;
  const ByteSpan raw = choices.rest();
  if (knows_size) options.content_size = raw.size();
  if (!raw.empty()) RoundTripBlock(raw, choice);
  if (raw.size() / block_size < 64) {
    RoundTripFile(raw, options, &choice, block_size);
  } else {
    RoundTripFile(raw, options, nullptr, 0);
  }
}

}  // namespace lmz::fuzz
