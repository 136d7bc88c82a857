#include "train/network/transformer_size.h"

#include <algorithm>
#include <map>

#include "model/transformer/weights.h"
#include "train/network/size_fields.h"

namespace lmz::train {

namespace {

constexpr int kRows = 257;  // of the embedding: the bytes, and what begins a text

Status Wrong(const std::string& text, const std::string& why = {}) {
  return Status(Code::kInvalidArgument,
                "the size " + text + (why.empty() ? " is not known" : ": " + why) +
                    "; use 200k, 800k, 3.2m, modern-200k, modern-800k, modern-3.2m, or "
                    "d=64,layers=4,heads=4 with an optional kv=N and hidden=N");
}

Status Check(const TransformerSize& size, const std::string& text) {
  if (size.heads < 1 || size.width % size.heads != 0) {
    return Wrong(text, "the width is not a multiple of the number of heads");
  }
  TransformerShape shape;
  shape.width = static_cast<uint16_t>(size.width);
  shape.layers = static_cast<uint16_t>(size.layers);
  shape.heads = static_cast<uint16_t>(size.heads);
  shape.kv_heads = static_cast<uint16_t>(size.kv_heads);
  shape.head_size = static_cast<uint16_t>(size.head_size());
  shape.hidden = static_cast<uint16_t>(size.hidden);
  shape.tokens = kRows;
  shape.context = 16;
  shape.drop = 2;
  shape.sinks = 4;
  shape.rotations = 1;
  const Status fits = CheckShape(shape);
  return fits.ok() ? fits : Wrong(text, fits.message());
}

}  // namespace

Result<TransformerSize> ParseTransformerSize(const std::string& text) {
  static const std::map<std::string, TransformerSize> kNamed = {
      {"200k", {64, 4, 4, 4, 160}},        {"800k", {128, 4, 8, 8, 336}},
      {"3.2m", {256, 4, 8, 8, 688}},       {"modern-200k", {48, 8, 3, 1, 112}},
      {"modern-800k", {96, 8, 6, 2, 256}}, {"modern-3.2m", {192, 8, 6, 2, 512}},
  };
  const std::string name = text.starts_with("paper-") ? text.substr(6) : text;
  if (const auto named = kNamed.find(name); named != kNamed.end()) return named->second;
  const auto fields = ParseSizeFields(text);
  if (!fields) return Wrong(text);
  TransformerSize size;
  for (const auto& [field, value] : *fields) {
    int* const member = field == "d"        ? &size.width
                        : field == "layers" ? &size.layers
                        : field == "heads"  ? &size.heads
                        : field == "kv"     ? &size.kv_heads
                        : field == "hidden" ? &size.hidden
                                            : nullptr;
    if (member == nullptr) return Wrong(text);
    *member = value;
  }
  if (size.kv_heads == 0) size.kv_heads = size.heads;
  if (size.hidden == 0) size.hidden = std::max(16, (size.width * 5 / 2) / 16 * 16);
  LMZ_TRY(Check(size, text));
  return size;
}

int64_t CountParameters(const TransformerSize& size) {
  const int64_t width = size.width;
  const int64_t attention = 2 * width * (size.heads + size.kv_heads) * size.head_size();
  const int64_t layer = attention + 3 * width * size.hidden + 2 * width;
  return size.layers * layer + kRows * width + width;
}

}  // namespace lmz::train
