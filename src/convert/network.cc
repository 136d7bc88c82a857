#include "convert/network.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/uint128.h"
#include "convert/constants.h"

namespace lmz::convert {

namespace {

constexpr int64_t kDefaultContext = 1024;
constexpr uint8_t kSinks = 4;
constexpr uint8_t kPlanes = 2;
constexpr uint8_t kPlanesOfOutput = 1;       // decision 017
constexpr Number kDefaultBase = {10000, 0};  // of the rotation, where no key has it
constexpr int64_t kGlobalEvery = 6;          // Gemma 3: each sixth layer sees everything
constexpr int64_t kLayersOfGemma27B = 62;    // whose scores are scaled as if width / heads were

// What is the same for all models of an architecture, as GGUF calls it.
struct Family {
  std::string_view name;
  bool neighbours = false;  // rotates pairs of neighbours, not of halves
  bool is_gemma = false;
};

constexpr Family kFamilies[] = {
    {.name = "llama", .neighbours = true}, {.name = "qwen2"}, {.name = "gemma3", .is_gemma = true}};

Status Unsupported(const std::string& what) {
  return Status(Code::kNewerVersion, what + ", which lmz-convert does not support");
}

Status Damaged(const std::string& what) {
  return Status(Code::kDamaged, what);
}

Result<Family> FamilyOf(const Gguf& gguf) {
  LMZ_ASSIGN(const std::string name, gguf.Text("general.architecture"));
  for (const Family& family : kFamilies) {
    if (family.name == name) return family;
  }
  return Unsupported("the model has the architecture " + Quoted(name));
}

std::string Layer(size_t index, const char* name) {
  return "blk." + std::to_string(index) + "." + name;
}

// Reads keys that begin with the architecture's name.
class Keys {
 public:
  Keys(const Gguf& gguf, std::string_view prefix)
      : gguf_(gguf), prefix_(std::string(prefix) + ".") {}

  Result<int64_t> Integer(const char* name, int64_t high,
                          std::optional<int64_t> otherwise = {}) const {
    return gguf_.Integer(prefix_ + name, 0, high, otherwise);
  }
  Result<Number> Real(const char* name, std::optional<Number> otherwise = {}) const {
    return gguf_.Real(prefix_ + name, otherwise);
  }
  Result<std::string> Text(const char* name, const char* otherwise) const {
    return gguf_.Text(prefix_ + name, otherwise);
  }
  bool Has(const char* name) const { return gguf_.Find(prefix_ + name) != nullptr; }

  // Sets a member of the shape.
  template <class T>
  Status Set(T& member, const char* name, std::optional<int64_t> otherwise = {}) const {
    LMZ_ASSIGN(const int64_t value, Integer(name, UINT16_MAX, otherwise));
    member = static_cast<T>(value);
    return OkStatus();
  }

 private:
  const Gguf& gguf_;
  std::string prefix_;
};

Status CheckFeatures(const Keys& keys, const TransformerShape& shape) {
  for (const char* key : {"expert_count", "attn_logit_softcapping", "final_logit_softcapping",
                          "attention.scale", "residual_scale", "embedding_scale", "logit_scale"}) {
    if (keys.Has(key)) return Unsupported(std::string("the model has the key '") + key + "'");
  }
  LMZ_ASSIGN(const int64_t rotated, keys.Integer("rope.dimension_count", 65536, shape.head_size));
  LMZ_ASSIGN(const int64_t values, keys.Integer("attention.value_length", 65536, shape.head_size));
  if (rotated != shape.head_size) return Unsupported("only a part of each head is rotated");
  if (values != shape.head_size) return Unsupported("heads of keys and values differ in size");
  LMZ_ASSIGN(const std::string scaling, keys.Text("rope.scaling.type", "none"));
  if (scaling != "none" && scaling != "linear") {
    return Unsupported("the positions are scaled by another method than 'linear'");
  }
  return OkStatus();
}

Status SetContext(const Keys& keys, const ContextOptions& options, TransformerShape& shape) {
  LMZ_ASSIGN(const int64_t most, keys.Integer("context_length", INT32_MAX, kDefaultContext));
  if (most < kMinContext) return Unsupported("the model was made for too short a context");
  const int64_t context = options.context != 0 ? options.context : std::min(kDefaultContext, most);
  if (context > most) {
    return Status(Code::kInvalidArgument, "the model was made for a context of at most " +
                                              std::to_string(most) + " tokens");
  }
  const int64_t drop = options.drop != 0 ? options.drop : std::max<int64_t>(1, context / 8);
  if (context < kMinContext || context > kMaxContext || drop < 1 || drop > context - kSinks - 1) {
    return Status(
        Code::kInvalidArgument,
        "the context must be 16 to 4096 tokens, of which at least 1 and at most all but " +
            std::to_string(kSinks + 1) + " are dropped at once");
  }
  shape.context = static_cast<uint16_t>(context);
  shape.drop = static_cast<uint16_t>(drop);
  shape.sinks = kSinks;
  return OkStatus();
}

// Reads small tensors and notes which ones were used.
class Tensors {
 public:
  Tensors(const RandomAccess& file, const Gguf& gguf, GgufMatrices& matrices)
      : file_(file), gguf_(gguf), matrices_(matrices) {}

  Status Matrix(const std::string& name, const ScaledMatrix& place, uint8_t planes,
                uint32_t neighbours) {
    LMZ_ASSIGN(const GgufTensor* const tensor, Use(name));
    matrices_.Add(place, {.tensor = tensor, .planes = planes, .neighbours = neighbours});
    return OkStatus();
  }

  Result<NumberRow> Row(const std::string& name, size_t size) {
    LMZ_ASSIGN(const GgufTensor* const tensor, Use(name));
    return ReadRow(file_, *tensor, size);
  }

  // Norm weights include the root of their number.
  Status Norm(const std::string& name, size_t size, NormWeights& norm) {
    LMZ_ASSIGN(const NumberRow row, Row(name, size));
    return Set(name, row, size, norm);
  }

  Status Bias(const std::string& name, size_t size, uint32_t neighbours, BiasWeights& bias) {
    LMZ_ASSIGN(NumberRow row, Row(name, size));
    if (neighbours != 0) row = WithHalves(row, neighbours);
    NormWeights integers;
    LMZ_TRY(Set(name, row, 1, integers));
    bias = {integers.fraction, std::move(integers.weights)};
    return OkStatus();
  }

  Status CheckAllUsed() const {
    for (const auto& [name, tensor] : gguf_.tensors()) {
      if (used_.count(name) == 0) return Unsupported("the model has the tensor " + Quoted(name));
    }
    return OkStatus();
  }

 private:
  static Status Set(const std::string& name, const NumberRow& row, uint64_t n, NormWeights& to) {
    Result<NormWeights> integers = ScaledByRoot(row, n);
    if (!integers.ok()) return Damaged("tensor '" + name + "': " + integers.status().message());
    to = std::move(integers).value();
    return OkStatus();
  }

  // In each group, what stood beside each other stands in one half each.
  static NumberRow WithHalves(const NumberRow& row, size_t group) {
    NumberRow result;
    result.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t place = i % group, to = i - place + place / 2 + place % 2 * (group / 2);
      result.mantissa[to] = row.mantissa[i];
      result.exponent[to] = row.exponent[i];
    }
    return result;
  }

  Result<const GgufTensor*> Use(const std::string& name) {
    const GgufTensor* tensor = gguf_.FindTensor(name);
    if (tensor == nullptr) return Damaged("the tensor '" + name + "' is missing");
    used_.insert(name);
    return tensor;
  }

  const RandomAccess& file_;
  const Gguf& gguf_;
  GgufMatrices& matrices_;
  std::set<std::string> used_;
};

// The table of a base whose frequency i is divided by divisors[i].
Result<std::vector<uint32_t>> Phases(const Number& base, const std::vector<Number>& divisors) {
  if (!IsBase(base)) return Unsupported("the base of the rotation is out of range");
  std::vector<uint32_t> phases;
  for (size_t i = 0; i < divisors.size(); ++i) {
    if (!IsDivisor(divisors[i])) return Unsupported("a factor of the rotation is out of range");
    phases.push_back(PhaseOf(base, static_cast<uint32_t>(i), static_cast<uint32_t>(divisors.size()),
                             divisors[i]));
  }
  return phases;
}

// What divides the frequencies: the linear factor, and those of the tensor that Llama 3 has.
Result<std::vector<Number>> Divisors(const Keys& keys, const Gguf& gguf, size_t half,
                                     Tensors& tensors) {
  LMZ_ASSIGN(const std::string scaling, keys.Text("rope.scaling.type", "none"));
  Number factor = {1, 0};
  if (scaling == "linear") {
    LMZ_ASSIGN(factor, keys.Real("rope.scaling.factor"));
  }
  std::vector<Number> divisors(half, Reduced(factor));
  if (gguf.FindTensor("rope_freqs.weight") == nullptr) return divisors;
  LMZ_ASSIGN(const NumberRow row, tensors.Row("rope_freqs.weight", half));
  for (size_t i = 0; i < half; ++i) {
    const Number own = Reduced({row.mantissa[i], row.exponent[i]});
    const Number product = {own.mantissa * divisors[i].mantissa,
                            own.exponent + divisors[i].exponent};
    if (Bits(Magnitude(own.mantissa)) > 24)
      return Unsupported("a factor of the rotation is too fine");
    divisors[i] = product;
  }
  return divisors;
}

Status SetPhases(const Keys& keys, const Gguf& gguf, Tensors& tensors,
                 TransformerWeights& weights) {
  const size_t half = weights.shape.head_size / 2;
  LMZ_ASSIGN(const Number base, keys.Real("rope.freq_base", kDefaultBase));
  LMZ_ASSIGN(const std::vector<Number> divisors, Divisors(keys, gguf, half, tensors));
  weights.phases.resize(weights.shape.rotations);
  LMZ_ASSIGN(weights.phases.back(), Phases(Reduced(base), divisors));
  if (weights.shape.rotations == 1) return OkStatus();
  LMZ_ASSIGN(const Number local, keys.Real("rope.freq_base_swa", kDefaultBase));
  LMZ_ASSIGN(weights.phases[0], Phases(Reduced(local), std::vector<Number>(half, Number{1, 0})));
  return OkStatus();
}

Status SetScales(const Family& family, const Keys& keys, TransformerWeights& weights) {
  const TransformerShape& shape = weights.shape;
  LMZ_ASSIGN(const Number epsilon, keys.Real("attention.layer_norm_rms_epsilon"));
  const Result<ScaleWeight> scale = ScaleOf(epsilon);
  if (!scale.ok()) return Unsupported("the model's epsilon is out of range");
  weights.epsilon = scale.value();
  weights.embedding_scale = ScaleOfRoot(family.is_gemma ? shape.width : 1);
  const bool is_27b = family.is_gemma && shape.layers == kLayersOfGemma27B;
  weights.score_scale =
      BitsPerRoot(is_27b ? static_cast<uint64_t>(shape.width / shape.heads) : shape.head_size);
  weights.logit_scale = BitsPerRoot(1);
  return OkStatus();
}

// The windows of layers: all see everything, but those of Gemma 3 that are not each sixth.
Status SetWindows(const Family& family, const Keys& keys, TransformerWeights& weights) {
  if (!family.is_gemma) return OkStatus();
  LMZ_ASSIGN(const int64_t window, keys.Integer("attention.sliding_window", UINT16_MAX));
  LMZ_ASSIGN(const int64_t every,
             keys.Integer("attention.sliding_window_pattern", 256, kGlobalEvery));
  if (window < 1 || every < 1) return Unsupported("layers have no window");
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    const bool is_global = (static_cast<int64_t>(i) + 1) % every == 0;
    weights.layers[i].rotation = is_global ? 1 : 0;
    weights.layers[i].window = is_global ? uint16_t{0} : static_cast<uint16_t>(window);
  }
  return OkStatus();
}

Status ReadLayer(size_t index, const TransformerShape& shape, uint32_t neighbours, Tensors& tensors,
                 TransformerLayer& layer) {
  const auto name = [index](const char* of) { return Layer(index, of); };
  const auto matrix = [&](const char* of, const ScaledMatrix& place, uint32_t pairs = 0) {
    const uint8_t planes = &place == &layer.output ? kPlanesOfOutput : kPlanes;
    return tensors.Matrix(name(of), place, planes, pairs);
  };
  const size_t queries = shape.heads * size_t{shape.head_size};
  const size_t keys = shape.kv_heads * size_t{shape.head_size};
  LMZ_TRY(tensors.Norm(name("attn_norm.weight"), shape.width, layer.input_norm));
  LMZ_TRY(matrix("attn_q.weight", layer.query, neighbours));
  LMZ_TRY(matrix("attn_k.weight", layer.key, neighbours));
  LMZ_TRY(matrix("attn_v.weight", layer.value));
  if (shape.has_biases) {
    LMZ_TRY(tensors.Bias(name("attn_q.bias"), queries, neighbours, layer.query_bias));
    LMZ_TRY(tensors.Bias(name("attn_k.bias"), keys, neighbours, layer.key_bias));
    LMZ_TRY(tensors.Bias(name("attn_v.bias"), keys, 0, layer.value_bias));
  }
  if (shape.has_head_norms) {
    LMZ_TRY(tensors.Norm(name("attn_q_norm.weight"), shape.head_size, layer.query_norm));
    LMZ_TRY(tensors.Norm(name("attn_k_norm.weight"), shape.head_size, layer.key_norm));
  }
  LMZ_TRY(matrix("attn_output.weight", layer.output));
  if (shape.has_output_norms) {
    LMZ_TRY(tensors.Norm(name("post_attention_norm.weight"), shape.width, layer.output_norm));
    LMZ_TRY(tensors.Norm(name("post_ffw_norm.weight"), shape.width, layer.down_norm));
  }
  LMZ_TRY(tensors.Norm(name("ffn_norm.weight"), shape.width, layer.hidden_norm));
  LMZ_TRY(matrix("ffn_gate.weight", layer.gate));
  LMZ_TRY(matrix("ffn_up.weight", layer.up));
  return matrix("ffn_down.weight", layer.down);
}

// The least power of two, as its exponent, by which the residual stream must be multiplied so that
// the largest magnitudes of embeddings are at least 1/2 in the mean of all rows: the stream has ten
// fraction bits, and norms, which alone read it, divide by its size.
Result<int> GainOfStream(const TransformerWeights& weights, GgufMatrices& matrices) {
  constexpr int kMaxGain = 24;
  const TransformerShape& shape = weights.shape;
  LMZ_ASSIGN(const ScaledMatrix scales,
             matrices.Scales(weights.embedding, shape.tokens, shape.width));
  uint64_t sum = 0;  // 127 of its units are the sum of the largest magnitudes
  for (const int16_t scale : scales.row_scale) sum += static_cast<uint64_t>(scale);
  const Uint128 mean = Uint128{sum} * 127 * static_cast<uint64_t>(weights.embedding_scale.mantissa);
  const int fraction = scales.scale_exponent + weights.embedding_scale.exponent;  // of `mean`
  int gain = 0;
  for (; sum != 0 && gain < kMaxGain; ++gain) {
    const int shift = fraction - gain - 1;
    if (shift < 0 || (shift < 100 && mean >= Uint128{shape.tokens} << shift)) break;
  }
  return gain;
}

// Multiplies the residual stream by 2^gain: whatever is added to it, and the root of epsilon.
Status RaiseStream(int gain, TransformerWeights& weights, GgufMatrices& matrices) {
  if (gain == 0) return OkStatus();
  const auto lower = [](int8_t& exponent, int by) {
    const int lowered = exponent - by;
    if (lowered < -64) return Unsupported("the model has numbers that are out of range");
    exponent = static_cast<int8_t>(lowered);
    return OkStatus();
  };
  LMZ_TRY(lower(weights.epsilon.exponent, 2 * gain));
  LMZ_TRY(lower(weights.embedding_scale.exponent, gain));
  for (TransformerLayer& layer : weights.layers) {
    if (weights.shape.has_output_norms) {
      LMZ_TRY(lower(layer.output_norm.fraction, gain));
      LMZ_TRY(lower(layer.down_norm.fraction, gain));
    } else {
      matrices.SetGain(layer.output, gain);
      matrices.SetGain(layer.down, gain);
    }
  }
  return OkStatus();
}

}  // namespace

Result<TransformerShape> ReadShape(const Gguf& gguf, const ContextOptions& options) {
  LMZ_ASSIGN(const Family family, FamilyOf(gguf));
  const Keys keys(gguf, family.name);
  TransformerShape shape;
  LMZ_TRY(keys.Set(shape.width, "embedding_length"));
  LMZ_TRY(keys.Set(shape.layers, "block_count"));
  LMZ_TRY(keys.Set(shape.heads, "attention.head_count"));
  LMZ_TRY(keys.Set(shape.kv_heads, "attention.head_count_kv", shape.heads));
  if (shape.heads == 0) return Damaged("the model has no heads");
  LMZ_TRY(keys.Set(shape.head_size, "attention.key_length", shape.width / shape.heads));
  LMZ_TRY(keys.Set(shape.hidden, "feed_forward_length"));
  const GgufTensor* embedding = gguf.FindTensor("token_embd.weight");
  if (embedding == nullptr) return Damaged("the tensor 'token_embd.weight' is missing");
  shape.tokens = static_cast<uint32_t>(std::min<uint64_t>(embedding->rows, UINT32_MAX));
  LMZ_TRY(SetContext(keys, options, shape));
  shape.rotations = family.is_gemma ? 2 : 1;
  shape.activation = family.is_gemma ? Activation::kGelu : Activation::kSilu;
  shape.has_biases = gguf.FindTensor("blk.0.attn_q.bias") != nullptr;
  shape.has_head_norms = family.is_gemma;
  shape.has_output_norms = family.is_gemma;
  shape.has_own_head = gguf.FindTensor("output.weight") != nullptr;
  LMZ_TRY(CheckFeatures(keys, shape));
  if (!CheckShape(shape).ok()) {
    return Unsupported("the model's dimensions are out of the range of docs/spec/model.md");
  }
  return shape;
}

Status ReadWeights(const RandomAccess& file, const Gguf& gguf, const TransformerShape& shape,
                   TransformerWeights& weights, GgufMatrices& matrices) {
  LMZ_ASSIGN(const Family family, FamilyOf(gguf));
  const Keys keys(gguf, family.name);
  weights.shape = shape;
  weights.layers.resize(shape.layers);
  Tensors tensors(file, gguf, matrices);
  LMZ_TRY(SetScales(family, keys, weights));
  LMZ_TRY(SetPhases(keys, gguf, tensors, weights));
  LMZ_TRY(SetWindows(family, keys, weights));
  LMZ_TRY(tensors.Matrix("token_embd.weight", weights.embedding, kPlanes, 0));
  const uint32_t neighbours = family.neighbours ? shape.head_size : 0;
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    LMZ_TRY(ReadLayer(i, shape, neighbours, tensors, weights.layers[i]));
  }
  LMZ_TRY(tensors.Norm("output_norm.weight", shape.width, weights.final_norm));
  if (shape.has_own_head) {
    LMZ_TRY(tensors.Matrix("output.weight", weights.head, kPlanes, 0));
  }
  LMZ_TRY(tensors.CheckAllUsed());
  LMZ_ASSIGN(const int gain, GainOfStream(weights, matrices));
  return RaiseStream(gain, weights, matrices);
}

}  // namespace lmz::convert
