#include "model/model_summary.h"

#include <utility>

#include "base/memory_errors.h"
#include "model/catalog.h"
#include "model/model_file_reader.h"

namespace lmz {

namespace {

std::string ShapeText(const GlrShape& shape) {
  return std::to_string(shape.layers) + " layers of width " + std::to_string(shape.width) +
         ", state " + std::to_string(shape.state) + ", hidden " + std::to_string(shape.hidden);
}

}  // namespace

Result<ModelSummary> DescribeModel(ByteSpan file) {
  return WithMemoryErrors(
      [&]() -> Result<ModelSummary> {
        LMZ_ASSIGN(ModelFile model, ParseModelFile(file));
        ModelSummary summary;
        summary.card = std::move(model.card);
        summary.id = model.id;
        summary.network = ShapeText(model.glr.shape);
        summary.parameters = CountParameters(model.glr.shape);
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
