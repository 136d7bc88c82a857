// Arbitrary GGUF files: an error, or a model file that obeys all rules.
#include "convert/convert.h"
#include "model/model_file.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

void FuzzOne(ByteSpan input) {
  Bytes file;
  MemorySink sink(file);
  const Result<ModelId> id = convert::Convert(lmz::MemoryAccess(input), {}, sink);
  if (id.ok()) {
    const Result<ModelFile> model = ParseModelFile(file);
    LMZ_REQUIRE(model.ok() && model.value().id == id.value());
    LMZ_REQUIRE(model.value().transformer() != nullptr);
    return;
  }
  const Code code = id.status().code();
  LMZ_REQUIRE(code == Code::kDamaged || code == Code::kTruncated || code == Code::kNewerVersion ||
              code == Code::kNotLmz);
}

}  // namespace lmz::fuzz
