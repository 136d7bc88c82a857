#include "models.h"

#include "input_file.h"

namespace lmz {

namespace {

// Far above any model that the format allows to be useful; keeps a wrong path from filling memory.
constexpr uint64_t kMaxModelFileSize = uint64_t{1} << 30;

Result<Bytes> ReadModelFile(const std::string& path) {
  LMZ_ASSIGN(const std::unique_ptr<InputFile> input,
             InputFile::Open(path, InputFile::Accept::kAnyReadable));
  Bytes file;
  LMZ_TRY(ReadGrowing(*input, kMaxModelFileSize, file));
  return file;
}

std::string ShapeText(const GlrShape& shape) {
  return std::to_string(shape.layers) + " layers of width " + std::to_string(shape.width) +
         ", state " + std::to_string(shape.state) + ", hidden " + std::to_string(shape.hidden);
}

std::string Column(std::string text, size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
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
  } else if (options.mode == Mode::kCompress) {
    LMZ_ASSIGN(models.encoder, ModelOfLevel(options.level));
  }
  return models;
}

std::string ModelTable() {
  std::string text = Column("Number", 8) + Column("Name", 16) + Column("Level", 7) +
                     Column("Parameters", 12) + Column("Size", 10) + "Id\n";
  for (const ModelSummary& model : BuiltInModels()) {
    std::string level = "-";
    if (model.level != 0) level += std::to_string(model.level);
    text += Column(std::to_string(model.number), 8) + Column(model.card.name, 16) +
            Column(level, 7) + Column(std::to_string(model.parameters), 12) +
            Column(std::to_string(model.file_size), 10) + ModelIdText(model.id) + "\n";
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
