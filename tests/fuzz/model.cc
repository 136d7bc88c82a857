// Arbitrary model files with the right hash: an error, or a network that steps without harm and is
// written back byte for byte unless sections were skipped.
#include "base/checksum.h"
#include "model/glr/glr_predictor.h"
#include "model/transformer/transformer_predictor.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

void StepBytes(const ModelFile& model) {
  const GlrPredictor network(model);
  const auto session = network.Begin({.lanes = 2, .workers = 1, .lanes_per_step = 2});
  std::vector<uint32_t> weights(2 * kByteValues);
  for (const uint8_t byte : Bytes{0, 97, 255}) {
    const uint8_t bytes[] = {byte, byte};
    LMZ_REQUIRE(session->Step(0, 0, 2, bytes, weights.data()).ok());
    for (int i = 0; i < kByteValues; ++i) {
      const uint32_t weight = weights[static_cast<size_t>(i)];
      LMZ_REQUIRE(weight >= 1 && weight <= uint32_t{1} << 22);
      LMZ_REQUIRE(weight == weights[static_cast<size_t>(kByteValues + i)]);
    }
  }
}

void StepTokens(const ModelFile& model) {
  const TransformerPredictor network(model);
  const Vocabulary& vocabulary = network.vocabulary();
  const auto session = network.Begin({.lanes = 2, .positions = 1, .threads = 1});
  std::vector<uint32_t> weights(2 * size_t{vocabulary.size()});
  uint32_t row = vocabulary.begin_row();
  const int lanes[] = {1, 0};
  for (int step = 0; step < 3; ++step) {
    const uint32_t rows[] = {row, row};
    LMZ_REQUIRE(session->Step(lanes, 1, rows, weights.data()).ok());
    for (uint32_t t = 0; t < vocabulary.size(); ++t) {
      LMZ_REQUIRE(weights[t] >= 1 && weights[t] <= uint32_t{1} << 30);
      LMZ_REQUIRE(weights[t] == weights[vocabulary.size() + t]);
    }
    row = vocabulary.row(vocabulary.size() - 1);
  }
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Bytes file(input.begin(), input.end());
  const ModelId id = Checksum128(file);
  file.insert(file.end(), id.begin(), id.end());
  const Result<ModelFile> model = ParseModelFile(file);
  if (!model.ok()) {
    LMZ_REQUIRE(model.status().code() == Code::kModelDamaged ||
                model.status().code() == Code::kNewerVersion);
    return;
  }
  const Result<Bytes> again = WriteModelFile(model.value());
  LMZ_REQUIRE(again.ok() && again.value().size() <= file.size());

  if (model.value().transformer() != nullptr) {
    StepTokens(model.value());
  } else {
    StepBytes(model.value());
  }
}

}  // namespace lmz::fuzz
