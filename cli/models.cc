#include "cli/models.h"

#include <algorithm>

#include "cli/show/message.h"

namespace lmz::cli {

namespace {

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
         Column(std::to_string(model.file_size), 10) + ModelIdText(model.id) + "  " +
         (model.path.empty() ? "built in" : Printable(model.path)) + "\n";
}

// The folders of the environment are looked through first.
std::shared_ptr<ModelLibrary> LibraryFor(const Options& options) {
  auto library = std::make_shared<ModelLibrary>(*ModelLibrary::Installed());
  const std::vector<std::string>& folders = options.model_folders;
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    library->AddFirstFolder(*folder);
  }
  return library;
}

}  // namespace

Result<Models> LoadModels(const Options& options) {
  const std::shared_ptr<ModelLibrary> library = LibraryFor(options);
  Models models;
  if (!options.model.empty()) {
    LMZ_ASSIGN(models.encoder, LoadModelFile(options.model));
    library->Add(models.encoder);
  } else if (options.mode == Mode::kCompress) {
    LMZ_ASSIGN(models.encoder, library->OfLevel(options.level));
  }
  models.known = library;
  return models;
}

Result<std::string> ModelTable(const Options& options) {
  LMZ_ASSIGN(const std::vector<ModelSummary> models, LibraryFor(options)->List());
  std::string text = Column("Number", 8) + Column("Name", 16) + Column("Level", 7) +
                     Column("Parameters", 12) + Column("Size", 10) + Column("Id", 34) + "File\n";
  for (const ModelSummary& model : models) text += ModelRow(model);
  return text;
}

Result<std::string> ModelInfo(const std::string& path) {
  LMZ_ASSIGN(const ModelSummary model, DescribeModelFile(path));
  const std::string vocabulary =
      model.tokens == 0 ? "bytes" : std::to_string(model.tokens) + " tokens";
  return "Name        " + model.card.name + "\nId          " + ModelIdText(model.id) +
         "\nSize        " + std::to_string(model.file_size) + " bytes\nNetwork     " +
         model.network + "\nVocabulary  " + vocabulary + "\nParameters  " +
         std::to_string(model.parameters) + "\nLicence     " + model.card.licence +
         "\nNote        " + model.card.note + "\n";
}

}  // namespace lmz::cli
