#include "convert/convert.h"

#include <algorithm>
#include <set>

#include "convert/tokens.h"

namespace lmz::convert {

namespace {

constexpr size_t kMaxName = 63;

// Licences as GGUF files call them, and as SPDX does.
constexpr std::pair<const char*, const char*> kLicences[] = {
    {"apache-2.0", "Apache-2.0"},         {"mit", "MIT"},
    {"gemma", "LicenseRef-Gemma"},        {"llama2", "LicenseRef-Llama-2"},
    {"llama3", "LicenseRef-Llama-3"},     {"llama3.1", "LicenseRef-Llama-3.1"},
    {"llama3.2", "LicenseRef-Llama-3.2"}, {"cc-by-4.0", "CC-BY-4.0"},
    {"cc-by-sa-4.0", "CC-BY-SA-4.0"},     {"bsd-3-clause", "BSD-3-Clause"}};

// "SmolLM2 135M Instruct" as smollm2-135m-instruct; "model" when nothing is left.
std::string NameFrom(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (IsModelName(std::string(1, lower))) {
      name += lower;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  name.resize(std::min(name.size(), kMaxName));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "model" : name;
}

std::string LicenceFrom(const std::string& text) {
  for (const auto& [key, spdx] : kLicences) {
    if (text == key) return spdx;
  }
  const bool is_printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return text.empty() || text.size() > 255 || !is_printable ? "NOASSERTION" : text;
}

// The text of a key that may be missing or of another kind.
std::string TextOr(const Gguf& gguf, const char* key, const char* otherwise) {
  const Result<std::string> text = gguf.Text(key, otherwise);
  return text.ok() ? text.value() : otherwise;
}

// "F32, Q4_1": the types of all tensors.
std::string TypesOf(const Gguf& gguf) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : gguf.tensors()) names.insert(tensor.type->name);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Result<ModelCard> CardFor(const Gguf& gguf, const ConvertOptions& options) {
  const std::string own_name = TextOr(gguf, "general.name", "");
  ModelCard card;
  card.name = options.name.empty() ? NameFrom(own_name) : options.name;
  card.licence =
      options.licence.empty() ? LicenceFrom(TextOr(gguf, "general.license", "")) : options.licence;
  card.note = "Converted by lmz-convert from a GGUF file of the architecture " +
              TextOr(gguf, "general.architecture", "") + " with tensors in " + TypesOf(gguf) +
              ", each row of a matrix rounded to 8 bits.\n";
  constexpr std::pair<const char*, const char*> kLines[] = {{"Model", "general.name"},
                                                            {"By", "general.organization"},
                                                            {"Author", "general.author"},
                                                            {"Source", "general.source.url"},
                                                            {"URL", "general.url"}};
  for (const auto& [label, key] : kLines) {
    const std::string text = TextOr(gguf, key, "");
    ModelCard longer = card;
    longer.note += std::string(label) + ": " + text + "\n";
    // What is too long or not printable is left out.
    if (!text.empty() && text.find('\n') == std::string::npos && CheckCard(longer).ok()) {
      card.note = longer.note;
    }
  }
  if (const Status status = CheckCard(card); !status.ok()) {
    return Status(Code::kInvalidArgument, status.message());
  }
  return card;
}

}  // namespace

Result<ModelId> Convert(const RandomAccess& file, const ConvertOptions& options, Sink& out) {
  LMZ_ASSIGN(const Gguf gguf, Gguf::Read(file));
  LMZ_ASSIGN(const TransformerShape shape, ReadShape(gguf, options.context));
  LMZ_ASSIGN(Vocabulary vocabulary, ReadVocabulary(gguf, shape.tokens));
  ModelFile model;
  LMZ_ASSIGN(model.card, CardFor(gguf, options));
  model.network = TransformerNetwork{{}, std::move(vocabulary)};
  auto& network = std::get<TransformerNetwork>(model.network);
  GgufMatrices matrices(file);
  LMZ_TRY(ReadWeights(file, gguf, shape, network.weights, matrices));
  return WriteModelFile(model, out, &matrices);
}

}  // namespace lmz::convert
