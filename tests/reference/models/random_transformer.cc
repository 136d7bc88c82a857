#include "tests/reference/models/random_transformer.h"

#include <algorithm>
#include <map>
#include <string>

#include "tests/reference/inside/random_archive.h"

namespace lmz {

namespace {

constexpr uint32_t kSpecials = 4;

// Fills matrices, too, whose weights it owns.
class RandomMatrices : public RandomArchive {
 public:
  RandomMatrices(uint32_t seed, std::deque<std::vector<int8_t>>& matrices)
      : RandomArchive(seed), matrices_(matrices) {}
  Status Matrix(ScaledMatrix& matrix, size_t rows, size_t columns) {
    return VisitMatrix(*this, matrix, rows, columns);
  }
  Status View(std::span<const int8_t>& view, size_t size) {
    std::vector<int8_t>& weights = matrices_.emplace_back();
    LMZ_TRY(Array(weights, size, -127, 127));
    view = weights;
    return OkStatus();
  }

 private:
  std::deque<std::vector<int8_t>>& matrices_;
};

void Tame(ScaledMatrix& m, int scale_exponent, uint8_t planes = 2) {
  m.planes = planes;
  m.scale_exponent = static_cast<int8_t>(scale_exponent);
  for (int16_t& scale : m.row_scale) scale = static_cast<int16_t>(16384 + scale / 2);
}

// Activations of about 1, scores and logits of a few bits.
void Tame(TransformerWeights& w) {
  w.epsilon = {21475, 31};
  w.embedding_scale = {1 << 14, 14};
  w.score_scale = {23637, 16};
  w.logit_scale = {23637, 14};
  for (std::vector<uint32_t>& table : w.phases) {
    for (size_t i = 0; i < table.size(); ++i) table[i] = i < 16 ? (table[i] >> 3) >> (2 * i) : 0;
  }
  Tame(w.embedding, 22);
  for (size_t i = 0; i < w.layers.size(); ++i) {
    TransformerLayer& layer = w.layers[i];
    layer.window = i % 2 == 1 ? static_cast<uint16_t>(w.shape.context / 2) : uint16_t{0};
    for (NormWeights* norm : {&layer.input_norm, &layer.query_norm, &layer.key_norm,
                              &layer.output_norm, &layer.hidden_norm, &layer.down_norm}) {
      Tame(*norm);
    }
    for (ScaledMatrix* m : {&layer.query, &layer.key, &layer.value, &layer.gate, &layer.up}) {
      Tame(*m, 23);
    }
    Tame(layer.output, 23, 1);
    Tame(layer.down, 24);
    for (BiasWeights* bias : {&layer.query_bias, &layer.key_bias, &layer.value_bias}) {
      bias->fraction = 12;
    }
    // Some of which tower above the products.
    for (size_t at = 0; at < layer.key_bias.weights.size(); ++at) {
      if (at % 8 != 0) layer.key_bias.weights[at] /= 64;
    }
    if (!layer.key_bias.weights.empty()) layer.key_bias.fraction = 8;
  }
  Tame(w.final_norm);
  Tame(w.head, 22);
}

// Whether a byte has a row of its own.
bool HasRow(uint32_t byte) {
  return byte != 0x04 && byte != 0x13 && byte != 0xC0 && byte != 0xC1 && byte < 0xF4;
}

// What bytes are joined to, in the order of joining: each from two pieces that are there before.
const std::vector<std::array<std::string, 2>>& Joins() {
  static const std::vector<std::array<std::string, 2>> joins = {
      {" ", "t"},   {"h", "e"},   {" t", "he"}, {"i", "n"},     {" ", "a"},  {"e", "r"},
      {"o", "n"},   {"r", "e"},   {" ", "s"},   {"n", "d"},     {"in", "g"}, {" a", "nd"},
      {" ", "w"},   {"o", "u"},   {" ", "o"},   {"e", "s"},     {"a", "t"},  {" o", "f"},
      {"i", "t"},   {" t", "o"},  {"e", "n"},   {" the", "re"}, {" ", " "},  {"\xC3", "\xA9"},
      {"\n", "\n"}, {"  ", "  "}, {"th", "e"},
  };
  return joins;
}

Vocabulary ToyVocabulary(uint32_t model_rows) {
  std::map<std::string, uint32_t> rows;
  std::map<std::string, uint32_t> stand_ins;
  uint32_t row = kSpecials;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    if (HasRow(byte)) rows[std::string(1, static_cast<char>(byte))] = row++;
  }
  for (uint32_t byte = 0; byte < 256; ++byte) {
    if (!HasRow(byte)) stand_ins[std::string(1, static_cast<char>(byte))] = rows["\xEF"];
  }
  std::vector<std::array<std::string, 2>> joined;
  for (const auto& pair : Joins()) {
    if (rows.count(pair[0]) == 0 || rows.count(pair[1]) == 0 || row == model_rows) continue;
    rows.emplace(pair[0] + pair[1], row++);
    joined.push_back(pair);
  }
  Vocabulary::Parts parts;
  std::map<std::string, uint32_t> all = rows;
  all.insert(stand_ins.begin(), stand_ins.end());
  std::map<std::string, uint32_t> numbers;
  for (const auto& [text, its_row] : all) {
    numbers[text] = static_cast<uint32_t>(parts.texts.size());
    parts.texts.push_back(text);
    parts.rows.push_back(its_row);
    parts.is_virtual.push_back(stand_ins.count(text) != 0);
  }
  for (const auto& pair : joined) {
    parts.segmenter.merges.push_back({numbers[pair[0]], numbers[pair[1]]});
  }
  parts.virtual_weight_log2 = 12;
  return Vocabulary::Make(std::move(parts), model_rows).value();
}

}  // namespace

TransformerShape ToyShape() {
  TransformerShape shape;
  shape.width = 32;
  shape.layers = 2;
  shape.heads = 4;
  shape.kv_heads = 2;
  shape.head_size = 16;
  shape.hidden = 48;
  shape.tokens = 300;
  shape.context = 32;
  shape.drop = 8;
  shape.sinks = 2;
  shape.rotations = 1;
  return shape;
}

TransformerShape EveryToyShape(int which) {
  TransformerShape shape = ToyShape();
  if (which == 1) {
    shape.activation = Activation::kGelu;
    shape.rotations = 2;
    shape.head_size = 32;
    shape.has_head_norms = shape.has_output_norms = true;
    shape.drop = 7;
  } else if (which == 2) {
    shape.has_biases = shape.has_own_head = true;
    shape.kv_heads = 1;
    shape.sinks = 0;
  } else if (which == 3) {  // more heads to a key than are worked on at once
    shape.heads = 20;
    shape.kv_heads = 1;
    shape.context = 100;
    shape.drop = 50;
  }
  return shape;
}

RandomTransformerModel RandomTransformer(const TransformerShape& shape, uint32_t seed,
                                         Wildness wildness) {
  RandomTransformerModel model;
  TransformerWeights weights;
  weights.shape = shape;
  weights.layers.resize(shape.layers);
  weights.phases.resize(shape.rotations);
  RandomMatrices archive(seed, model.matrices);
  if (!VisitTransformer(archive, weights).ok()) return model;
  for (TransformerLayer& layer : weights.layers) {
    layer.window = static_cast<uint16_t>(layer.window % (2 * shape.context));
  }
  if (wildness == Wildness::kTame) Tame(weights);
  model.file.card = {"random", "CC0-1.0", "Random weights for tests."};
  model.file.network = TransformerNetwork{std::move(weights), ToyVocabulary(shape.tokens)};
  return model;
}

}  // namespace lmz
