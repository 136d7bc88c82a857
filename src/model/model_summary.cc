#include "model/model_summary.h"

#include <utility>
#include <variant>

#include "base/memory_errors.h"
#include "model/catalog.h"
#include "model/file/model_file_reader.h"

namespace lmz {

namespace {

std::string Counted(uint64_t count, const char* of_what) {
  return std::to_string(count) + " " + of_what;
}

void Describe(const GlrWeights& network, ModelSummary& summary) {
  const GlrShape& shape = network.shape;
  summary.network = "recurrent (GLR), " + Counted(shape.layers, "layers of width ") +
                    std::to_string(shape.width) + ", state " + std::to_string(shape.state) +
                    ", hidden " + std::to_string(shape.hidden);
  summary.parameters = CountParameters(shape);
}

void Describe(const TransformerNetwork& network, ModelSummary& summary) {
  const TransformerShape& shape = network.weights.shape;
  summary.network = "transformer, " + Counted(shape.layers, "layers of width ") +
                    std::to_string(shape.width) + ", " + Counted(shape.heads, "heads of ") +
                    std::to_string(shape.head_size) + " (" + std::to_string(shape.kv_heads) +
                    " with keys of their own), hidden " + std::to_string(shape.hidden) +
                    ", context " + std::to_string(shape.context);
  summary.parameters = CountParameters(shape);
  summary.tokens = network.vocabulary.size();
}

}  // namespace

Result<ModelSummary> DescribeModel(ByteSpan file) {
  return WithMemoryErrors(
      [&]() -> Result<ModelSummary> {
        LMZ_ASSIGN(ModelFile model, ParseModelFile(file));
        ModelSummary summary;
        summary.card = std::move(model.card);
        summary.id = model.id;
        std::visit([&summary](const auto& network) { Describe(network, summary); }, model.network);
        summary.file_size = file.size();
        if (const CatalogRow* row = FindBuiltIn(model.id)) {
          summary.number = row->number;
          summary.level = row->level;
        }
        return summary;
      },
      kNoMemoryForModel);
}

Result<ModelSummary> DescribeModelFile(const std::string& path) {
  LMZ_ASSIGN(const Bytes file, ReadModelFile(path));
  Result<ModelSummary> summary = DescribeModel(file);
  if (!summary.ok()) return summary.status().At(path);
  ModelSummary described = std::move(summary).value();
  described.path = path;
  return described;
}

}  // namespace lmz
