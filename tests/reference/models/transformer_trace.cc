// usage: transformer_trace
//
// Prints random transformers, lanes and the weights that the library predicts, one case a line in
// JSON, for transformer_reference.py.
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>

#include "model/transformer/transformer_predictor.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz {
namespace {

class Json {
 public:
  ~Json() { std::puts(text_.c_str()); }
  template <class T>
  void Value(const T& value) {
    if constexpr (std::is_convertible_v<T, std::string_view>) {
      text_ += '"' + std::string(std::string_view(value)) + '"';
    } else if constexpr (std::is_same_v<T, bool>) {
      text_ += value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      text_ += std::to_string(value);
    } else {
      Array(value);
    }
  }
  template <class Range>
  void Array(const Range& values) {
    text_ += '[';
    bool is_first = true;
    for (const auto& value : values) {
      if (!is_first) text_ += ',';
      is_first = false;
      Value(value);
    }
    text_ += ']';
  }
  template <class T>
  void Member(const char* name, const T& value) {
    Name(name);
    Value(value);
  }
  template <class Write>
  void Object(const char* name, const Write& write) {
    Name(name);
    Open();
    write();
    text_ += '}';
  }
  template <class Range, class Write>
  void Objects(const char* name, const Range& values, const Write& write) {
    Name(name);
    text_ += '[';
    for (const auto& value : values) {
      if (text_.back() != '[') text_ += ',';
      Open();
      write(value);
      text_ += '}';
    }
    text_ += ']';
  }
  void Open() { text_ += '{'; }
  void Close() { text_ += '}'; }

 private:
  void Name(const char* name) {
    if (text_.back() != '{') text_ += ',';
    text_ += '"' + std::string(name) + "\":";
  }
  std::string text_;
};

void WriteMatrix(Json& json, const char* name, const ScaledMatrix& matrix) {
  json.Object(name, [&] {
    json.Member("planes", int{matrix.planes});
    json.Member("exponent", int{matrix.scale_exponent});
    json.Member("row_scale", matrix.row_scale);
    json.Member("weights", matrix.weights);
  });
}

template <class Numbers>  // of a norm or a bias
void WriteVector(Json& json, const char* name, const Numbers& numbers) {
  json.Object(name, [&] {
    json.Member("fraction", int{numbers.fraction});
    json.Member("weights", numbers.weights);
  });
}

void WriteLayer(Json& json, const TransformerLayer& layer) {
  json.Member("rotation", int{layer.rotation});
  json.Member("window", int{layer.window});
  WriteVector(json, "input_norm", layer.input_norm);
  WriteVector(json, "query_norm", layer.query_norm);
  WriteVector(json, "key_norm", layer.key_norm);
  WriteVector(json, "output_norm", layer.output_norm);
  WriteVector(json, "hidden_norm", layer.hidden_norm);
  WriteVector(json, "down_norm", layer.down_norm);
  WriteVector(json, "query_bias", layer.query_bias);
  WriteVector(json, "key_bias", layer.key_bias);
  WriteVector(json, "value_bias", layer.value_bias);
  WriteMatrix(json, "query", layer.query);
  WriteMatrix(json, "key", layer.key);
  WriteMatrix(json, "value", layer.value);
  WriteMatrix(json, "output", layer.output);
  WriteMatrix(json, "gate", layer.gate);
  WriteMatrix(json, "up", layer.up);
  WriteMatrix(json, "down", layer.down);
}

void WriteShape(Json& json, const TransformerShape& shape) {
  json.Object("shape", [&] {
    json.Member("width", shape.width);
    json.Member("heads", shape.heads);
    json.Member("kv_heads", shape.kv_heads);
    json.Member("head_size", shape.head_size);
    json.Member("hidden", shape.hidden);
    json.Member("context", shape.context);
    json.Member("drop", shape.drop);
    json.Member("sinks", int{shape.sinks});
    json.Member("activation", shape.activation == Activation::kSilu ? "silu" : "gelu");
    json.Member("has_biases", shape.has_biases);
    json.Member("has_head_norms", shape.has_head_norms);
    json.Member("has_output_norms", shape.has_output_norms);
    json.Member("has_own_head", shape.has_own_head);
  });
}

void WriteModel(Json& json, const TransformerNetwork& network) {
  const TransformerWeights& weights = network.weights;
  const Vocabulary& vocabulary = network.vocabulary;
  WriteShape(json, weights.shape);
  const auto scale = [&](const char* name, const ScaleWeight& s) {
    json.Member(name, std::array<int, 2>{s.mantissa, s.exponent});
  };
  scale("epsilon", weights.epsilon);
  scale("embedding_scale", weights.embedding_scale);
  scale("score_scale", weights.score_scale);
  scale("logit_scale", weights.logit_scale);
  json.Member("phases", weights.phases);
  WriteMatrix(json, "embedding", weights.embedding);
  WriteMatrix(json, "head", weights.head);
  WriteVector(json, "final_norm", weights.final_norm);
  json.Objects("layers", weights.layers, [&](const auto& layer) { WriteLayer(json, layer); });
  json.Object("vocabulary", [&] {
    std::vector<uint32_t> rows;
    std::vector<int> is_virtual;
    for (uint32_t token = 0; token < vocabulary.size(); ++token) {
      rows.push_back(vocabulary.row(token));
      is_virtual.push_back(vocabulary.is_virtual(token));
    }
    json.Member("rows", rows);
    json.Member("is_virtual", is_virtual);
    json.Member("virtual_weight", vocabulary.virtual_weight());
  });
}

void Trace(const std::string& name, const TransformerShape& shape, uint32_t seed, Wildness wildness,
           size_t count) {
  const RandomTransformerModel model = RandomTransformer(shape, seed, wildness);
  const TransformerPredictor predictor(model.file);
  std::mt19937 random(seed);
  std::vector<uint32_t> rows = {predictor.vocabulary().begin_row()};
  while (rows.size() < count) rows.push_back(static_cast<uint32_t>(random()) % shape.tokens);
  const auto session = predictor.Begin({});
  std::vector<std::vector<uint32_t>> weights;
  for (const uint32_t& row : rows) {
    weights.emplace_back(predictor.vocabulary().size());
    const int lane = 0;
    if (!session->Step({&lane, 1}, 1, &row, weights.back().data()).ok()) return;
  }
  Json json;
  json.Open();
  json.Member("name", name);
  json.Object("model", [&] { WriteModel(json, *model.file.transformer()); });
  json.Member("rows", rows);
  json.Member("weights", weights);
  json.Close();
}

// What the families of models have: llama, gemma3, qwen2; and one with everything.
void TraceFamilies(Wildness wildness, const std::string& prefix, uint32_t seed, size_t count) {
  TransformerShape shape = ToyShape();
  Trace(prefix + "llama", shape, seed, wildness, count);
  TransformerShape gemma = shape;
  gemma.activation = Activation::kGelu;
  gemma.rotations = 2;
  gemma.kv_heads = 1;
  gemma.head_size = 32;
  gemma.has_head_norms = gemma.has_output_norms = true;
  gemma.sinks = 3;
  Trace(prefix + "gemma3", gemma, seed + 1, wildness, count);
  TransformerShape qwen = shape;
  qwen.has_biases = qwen.has_own_head = true;
  qwen.width = 48;
  qwen.context = 24;
  qwen.sinks = 0;
  qwen.drop = 5;
  Trace(prefix + "qwen2", qwen, seed + 2, wildness, count);
  TransformerShape all = gemma;
  all.has_biases = all.has_own_head = true;
  all.kv_heads = 4;
  all.drop = 1;
  Trace(prefix + "everything", all, seed + 3, wildness, count);
}

}  // namespace
}  // namespace lmz

int main() {
  lmz::TraceFamilies(lmz::Wildness::kTame, "tame ", 1, 44);
  lmz::TraceFamilies(lmz::Wildness::kExtreme, "extreme ", 100, 34);
  lmz::TraceFamilies(lmz::Wildness::kExtreme, "extreme ", 110, 8);
}
