// Arbitrary model files with the right hash: an error, or a network that steps without harm and is
// written back byte for byte unless sections were skipped.
#include "base/checksum.h"
#include "model/glr/glr_predictor.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

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

  const GlrPredictor network(model.value());
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

}  // namespace lmz::fuzz
