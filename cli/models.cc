#include "cli/models.h"

namespace lmz {

namespace {

// The model of level 4 is too large to be built in.
constexpr int kLevelOfLarge = 4;
constexpr const char* kLarge = "large";

std::string ShapeText(const GlrShape& shape) {
  return std::to_string(shape.layers) + " layers of width " + std::to_string(shape.width) +
         ", state " + std::to_string(shape.state) + ", hidden " + std::to_string(shape.hidden);
}

std::string Column(std::string text, size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

std::string NumberOrDash(int number) {
  return number == 0 ? "-" : std::to_string(number);
}

std::string ModelRow(const ModelSummary& model) {
  return Column(NumberOrDash(model.number), 8) + Column(model.card.name, 16) +
         Column(NumberOrDash(model.level), 7) + Column(std::to_string(model.parameters), 12) +
         Column(std::to_string(model.file_size), 10) + ModelIdText(model.id) + "\n";
}

}  // namespace

Result<Models> LoadModels(const Options& options) {
  Models models;
  if (!options.model.empty()) {
    LMZ_ASSIGN(const Bytes file, ReadModelFile(options.model));
    Result<std::shared_ptr<const Network>> model = LoadModel(file);
    if (!model.ok()) return model.status().At(options.model);
    models.encoder = std::move(model).value();
    models.decoders.push_back(models.encoder);
  } else if (options.mode == Mode::kCompress && options.level == kLevelOfLarge) {
    Result<std::shared_ptr<const Network>> model = models.folder->Load(kLarge);
    if (!model.ok()) return model.status().At("level 4");
    models.encoder = std::move(model).value();
  } else if (options.mode == Mode::kCompress) {
    LMZ_ASSIGN(models.encoder, ModelOfLevel(options.level));
  }
  return models;
}

std::string ModelTable() {
  std::string text = Column("Number", 8) + Column("Name", 16) + Column("Level", 7) +
                     Column("Parameters", 12) + Column("Size", 10) + "Id\n";
  for (const ModelSummary& model : BuiltInModels()) text += ModelRow(model);
  for (const std::string& path : ModelFolder().Files()) {
    const Result<Bytes> file = ReadModelFile(path);
    if (!file.ok()) continue;
    Result<ModelSummary> model = DescribeModel(file.value());
    if (!model.ok() || model.value().number != 0) continue;
    if (path.ends_with(std::string("/") + kLarge + ".lmm")) model.value().level = kLevelOfLarge;
    text += ModelRow(model.value());
  }
  return text;
}

Result<std::string> ModelInfo(const std::string& path) {
  LMZ_ASSIGN(const Bytes file, ReadModelFile(path));
  const Result<ModelSummary> described = DescribeModel(file);
  if (!described.ok()) return described.status().At(path);
  const ModelSummary& model = described.value();
  return "Name        " + model.card.name + "\nId          " + ModelIdText(model.id) +
         "\nSize        " + std::to_string(model.file_size) + " bytes\nNetwork     " +
         ShapeText(model.shape) + "\nParameters  " + std::to_string(model.parameters) +
         "\nLicence     " + model.card.licence + "\nNote        " + model.card.note + "\n";
}

}  // namespace lmz
