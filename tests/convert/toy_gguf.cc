#include "tests/convert/toy_gguf.h"

#include <algorithm>
#include <random>

namespace lmz::testing {

namespace {

constexpr uint32_t kSingleOne = 0x3F800000;

enum TokenType : int32_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kByte = 6 };

struct Format {
  uint32_t type;
  uint32_t elements;        // of a block
  std::vector<int> halves;  // where a block has numbers of 16 bits that scale it
  uint32_t size;            // bytes of a block
};

const Format kF32 = {0, 1, {}, 4}, kF16 = {1, 1, {0}, 2}, kQ4_0 = {2, 32, {0}, 18},
             kQ4_1 = {3, 32, {0, 2}, 20}, kQ5_0 = {6, 32, {0}, 22}, kQ5_1 = {7, 32, {0, 2}, 24},
             kQ8_0 = {8, 32, {0}, 34}, kQ4_K = {12, 256, {0, 2}, 144},
             kQ5_K = {13, 256, {0, 2}, 176}, kQ6_K = {14, 256, {208}, 210}, kBf16 = {30, 1, {}, 2};

struct Shape {
  uint32_t layers, width, heads, kv_heads, head_size, hidden;
};

// Random numbers, the same on every machine.
class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_()) % limit; }
  uint8_t Byte() { return static_cast<uint8_t>(Below(256)); }
  // A single with a magnitude of 2^low to 2^high, of either sign.
  uint32_t Single(int low, int high) {
    const uint32_t power =
        static_cast<uint32_t>(127 + low) + Below(static_cast<uint32_t>(high - low));
    return Below(2) << 31 | power << 23 | Below(1u << 23);
  }
  // Blocks of `format` whose numbers are around 2^-4 or, with `smaller`, that much less.
  Bytes Blocks(const Format& format, uint64_t count, uint32_t smaller) {
    Bytes data;
    ByteWriter out(data);
    for (uint64_t i = 0; i < count; ++i) {
      if (format.halves.empty()) {
        const uint32_t single = Single(-9, -2) - (smaller << 23);
        out.Le(format.size == 4 ? single : single >> 16, static_cast<int>(format.size));
        continue;
      }
      const size_t begin = data.size();
      for (uint32_t k = 0; k < format.size; ++k) data.push_back(Byte());
      for (const int at : format.halves) {
        // The larger the block, the more its integers multiply it.
        const uint32_t power = (format.elements == 1    ? 9
                                : format.elements == 32 ? 6
                                                        : 3) +
                               Below(4);
        const uint32_t half =
            Below(2) << 15 | (power - std::min(power, smaller)) << 10 | Below(1024);
        data[begin + static_cast<size_t>(at)] = static_cast<uint8_t>(half);
        data[begin + static_cast<size_t>(at) + 1] = static_cast<uint8_t>(half >> 8);
      }
    }
    return data;
  }

 private:
  std::mt19937 random_;
};

// Adds the tensors and the keys of a network.
class ToyNetwork {
 public:
  ToyNetwork(GgufBuilder& builder, const std::string& architecture, const Shape& shape,
             uint32_t seed)
      : builder_(builder), prefix_(architecture + "."), shape_(shape), random_(seed) {
    builder.SetText("general.architecture", architecture);
    Key("block_count", shape.layers);
    Key("embedding_length", shape.width);
    Key("feed_forward_length", shape.hidden);
    Key("attention.head_count", shape.heads);
    Key("attention.head_count_kv", shape.kv_heads);
    RealKey("attention.layer_norm_rms_epsilon", 0x3727C5AC);  // 1e-5
  }

  void Key(const std::string& name, uint32_t value) { builder_.SetInteger(prefix_ + name, value); }
  void RealKey(const std::string& name, uint32_t bits) { builder_.SetReal(prefix_ + name, bits); }

  void Matrix(const std::string& name, uint32_t rows, uint32_t columns, const Format& format,
              uint32_t smaller = 0) {
    const uint64_t blocks = uint64_t{rows} * columns / format.elements;
    builder_.AddTensor(name, columns, rows, format.type, random_.Blocks(format, blocks, smaller));
  }

  void Gains(const std::string& name, uint32_t size) {
    Bytes data;
    for (uint32_t i = 0; i < size; ++i) {
      ByteWriter(data).U32(random_.Below(50) == 0 ? 0 : random_.Single(-1, 1));
    }
    builder_.AddTensor(name, size, 1, kF32.type, data);
  }

  // The matrices in the formats given, by turns.
  void Layer(uint32_t index, const std::vector<Format>& formats, bool is_gemma, bool has_biases) {
    const std::string pre = "blk." + std::to_string(index) + ".";
    const uint32_t queries = shape_.heads * shape_.head_size;
    const uint32_t keys = shape_.kv_heads * shape_.head_size;
    auto format = [&, turn = size_t{index}]() mutable -> const Format& {
      return formats[turn++ % formats.size()];
    };
    Gains(pre + "attn_norm.weight", shape_.width);
    Matrix(pre + "attn_q.weight", queries, shape_.width, format());
    Matrix(pre + "attn_k.weight", keys, shape_.width, format());
    Matrix(pre + "attn_v.weight", keys, shape_.width, format());
    Matrix(pre + "attn_output.weight", shape_.width, queries, format());
    Gains(pre + "ffn_norm.weight", shape_.width);
    Matrix(pre + "ffn_gate.weight", shape_.hidden, shape_.width, format());
    Matrix(pre + "ffn_up.weight", shape_.hidden, shape_.width, format());
    Matrix(pre + "ffn_down.weight", shape_.width, shape_.hidden, format());
    if (is_gemma) {
      Gains(pre + "attn_q_norm.weight", shape_.head_size);
      Gains(pre + "attn_k_norm.weight", shape_.head_size);
      Gains(pre + "post_attention_norm.weight", shape_.width);
      Gains(pre + "post_ffw_norm.weight", shape_.width);
    }
    if (has_biases) {
      Gains(pre + "attn_q.bias", queries);
      Gains(pre + "attn_k.bias", keys);
      Gains(pre + "attn_v.bias", keys);
    }
  }

  const Shape& shape() const { return shape_; }

 private:
  GgufBuilder& builder_;
  std::string prefix_;
  Shape shape_;
  Random random_;
};

// What bytes are joined to, each from two pieces that are there before.
const std::vector<std::pair<std::string, std::string>>& Joins() {
  static const std::vector<std::pair<std::string, std::string>> joins = {
      {" ", "t"}, {"h", "e"},   {" t", "he"}, {"i", "n"},       {"in", "g"},    {"e", "r"},
      {" ", " "}, {"  ", "  "}, {"\r", "\n"}, {"-", "-"},       {"'", "s"},     {"1", "2"},
      {" ", "a"}, {"n", "d"},   {" a", "nd"}, {"\xC3", "\xA9"}, {" the", "re"}, {"a", "\x04"}};
  return joins;
}

// Byte-level BPE; `missing` bytes have no token. Returns how many tokens there are.
uint32_t AddBpe(GgufBuilder& builder, const std::string& pre, const std::string& missing) {
  std::vector<std::string> tokens = {"<|endoftext|>", "<|im_start|>"}, merges;
  std::vector<int32_t> types = {kControl, kControl};
  const auto add = [&](const std::string& text, int32_t type) {
    tokens.push_back(text);
    types.push_back(type);
  };
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    if (missing.find(text) == std::string::npos) add(convert::SpelledBytes(text), kNormal);
  }
  for (const auto& [left, right] : Joins()) {
    merges.push_back(convert::SpelledBytes(left) + " " + convert::SpelledBytes(right));
    const std::string& last = missing.empty() ? std::string("-") : missing;
    if (right.find(last) == std::string::npos) add(convert::SpelledBytes(left + right), kNormal);
  }
  merges.push_back(convert::SpelledBytes("q") + " " + convert::SpelledBytes("z"));  // no token
  add(std::string(40, 'x') + "\xE4\xB8\x80", kNormal);  // not of the alphabet: stands for no text
  add("<|tool|>", kUserDefined);
  builder.SetText("tokenizer.ggml.model", "gpt2");
  builder.SetText("tokenizer.ggml.pre", pre);
  builder.SetTexts("tokenizer.ggml.tokens", tokens);
  builder.SetIntegers("tokenizer.ggml.token_type", types);
  builder.SetTexts("tokenizer.ggml.merges", merges);
  builder.SetInteger("tokenizer.ggml.bos_token_id", 1);
  return static_cast<uint32_t>(tokens.size());
}

uint32_t AddSentencePiece(GgufBuilder& builder) {
  std::vector<std::string> tokens = {"<pad>", "<eos>", "<bos>", "<unk>"};
  std::vector<int32_t> types = {kControl, kControl, kControl, kUnknown};
  std::vector<uint32_t> scores(4, 0);
  const auto add = [&](const std::string& text, int32_t type, uint32_t score) {
    tokens.push_back(text);
    types.push_back(type);
    scores.push_back(score);
  };
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (size_t byte = 0; byte < 256; ++byte) {
    add(std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + ">", kByte, 0);
  }
  add("\n\n", kUserDefined, 0);
  uint32_t score = 0x80000000;  // -0, then falling; every fifth like the one before
  auto normal = [&, count = 0](const std::string& text) mutable {
    std::string piece;
    for (const char c : text) piece += c == ' ' ? "\xE2\x96\x81" : std::string(1, c);
    add(piece, kNormal, score);
    if (++count % 5 != 0) score = score == 0x80000000 ? 0x80000000 | kSingleOne : score + 4096;
  };
  for (const auto& [left, right] : Joins()) normal(left + right);
  for (char c = 32; c < 127; ++c) normal(std::string(1, c));
  builder.SetText("tokenizer.ggml.model", "llama");
  builder.SetTexts("tokenizer.ggml.tokens", tokens);
  builder.SetIntegers("tokenizer.ggml.token_type", types);
  builder.SetReals("tokenizer.ggml.scores", scores);
  builder.SetInteger("tokenizer.ggml.bos_token_id", 2);
  return static_cast<uint32_t>(tokens.size());
}

void AddLayers(ToyNetwork& network, const std::vector<Format>& formats, bool is_gemma,
               bool has_biases) {
  for (uint32_t i = 0; i < network.shape().layers; ++i) {
    network.Layer(i, formats, is_gemma, has_biases);
  }
  network.Gains("output_norm.weight", network.shape().width);
}

void MakeLlama(GgufBuilder& builder, uint32_t seed) {
  const uint32_t tokens = AddBpe(builder, "smollm", std::string("\x04\xC0\xFF"));
  ToyNetwork network(builder, "llama", {2, 64, 4, 2, 16, 96}, seed);
  network.RealKey("rope.freq_base", 0x47C35000);  // 100000
  network.Key("context_length", 2048);
  network.Matrix("token_embd.weight", tokens, 64, kQ8_0);
  AddLayers(network, {kQ4_1}, false, false);
}

void MakeGemma(GgufBuilder& builder, uint32_t seed) {
  const uint32_t tokens = AddSentencePiece(builder);
  ToyNetwork network(builder, "gemma3", {6, 64, 2, 1, 32, 64}, seed);
  network.Key("attention.key_length", 32);
  network.Key("attention.value_length", 32);
  network.Key("attention.sliding_window", 8);
  network.RealKey("rope.freq_base", 0x49742400);  // 1000000
  network.Matrix("token_embd.weight", tokens, 64, kQ8_0);
  AddLayers(network, {kQ5_0, kQ5_1, kF16}, true, false);
}

void MakeQwen(GgufBuilder& builder, uint32_t seed) {
  const uint32_t tokens = AddBpe(builder, "qwen2", "");
  ToyNetwork network(builder, "qwen2", {2, 256, 4, 2, 64, 256}, seed);
  network.RealKey("rope.freq_base", 0x49742400);
  network.Matrix("token_embd.weight", tokens, 256, kQ6_K);
  network.Matrix("output.weight", tokens, 256, kQ6_K);
  AddLayers(network, {kQ4_K, kQ5_K, kQ6_K}, false, true);
}

void MakeLlama2(GgufBuilder& builder, uint32_t seed) {
  const uint32_t tokens = AddSentencePiece(builder);
  ToyNetwork network(builder, "llama", {2, 64, 2, 2, 32, 96}, seed);
  network.Matrix("token_embd.weight", tokens + 5, 64, kBf16, 4);  // more rows than tokens
  network.Matrix("output.weight", tokens + 5, 64, kQ4_0);
  AddLayers(network, {kQ4_0, kBf16}, false, false);
}

void MakeLlama3(GgufBuilder& builder, uint32_t seed) {
  const uint32_t tokens = AddBpe(builder, "llama-bpe", "");
  ToyNetwork network(builder, "llama", {1, 64, 4, 1, 16, 96}, seed);
  network.RealKey("rope.freq_base", 0x48F42400);  // 500000
  network.Key("context_length", 131072);
  Bytes factors;
  for (const uint32_t bits : {kSingleOne, kSingleOne, 0x3FA00000u, 0x40123456u, 0x41000000u,
                              0x42000000u, 0x42000000u, 0x42000000u}) {
    ByteWriter(factors).U32(bits);
  }
  builder.AddTensor("rope_freqs.weight", 8, 1, kF32.type, factors);
  network.Matrix("token_embd.weight", tokens, 64, kF32);
  network.Matrix("output.weight", tokens, 64, kQ8_0);
  AddLayers(network, {kF32, kQ8_0}, false, false);
}

// Tokens enough for a lane to begin; all bytes but two are virtual.
void MakeTiny(GgufBuilder& builder, uint32_t seed, const std::string& model) {
  builder.SetText("tokenizer.ggml.model", model);
  builder.SetTexts("tokenizer.ggml.tokens", {"<s>", "a", "b", "ab", "<0x07>"});
  builder.SetIntegers("tokenizer.ggml.token_type", {kControl, kNormal, kNormal, kNormal, kByte});
  if (model == "gpt2") {
    builder.SetTexts("tokenizer.ggml.merges", {"a b"});
  } else {
    builder.SetReals("tokenizer.ggml.scores", {0, 0, kSingleOne, 0x80000000 | kSingleOne, 0});
  }
  ToyNetwork network(builder, "llama", {1, 16, 1, 1, 16, 16}, seed);
  network.Matrix("token_embd.weight", 5, 16, kF16);
  AddLayers(network, {kF16}, false, false);
}

void MakeTinyBpe(GgufBuilder& builder, uint32_t seed) {
  MakeTiny(builder, seed, "gpt2");
}

void MakeTinyPiece(GgufBuilder& builder, uint32_t seed) {
  MakeTiny(builder, seed, "llama");
}

struct Kind {
  const char* name;
  void (*make)(GgufBuilder& builder, uint32_t seed);
};

constexpr Kind kKinds[] = {{"llama", MakeLlama},         {"gemma3", MakeGemma},
                           {"qwen2", MakeQwen},          {"llama2", MakeLlama2},
                           {"llama3", MakeLlama3},       {"tiny-bpe", MakeTinyBpe},
                           {"tiny-piece", MakeTinyPiece}};
constexpr size_t kTinyKinds = 2;

}  // namespace

const std::vector<std::string>& ToyKinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : kKinds) all.push_back(kind.name);
    all.resize(all.size() - kTinyKinds);
    return all;
  }();
  return names;
}

Bytes ToyGguf(const std::string& name, uint32_t seed) {
  GgufBuilder builder;
  builder.SetText("general.name", "Toy " + name);
  builder.SetText("general.license", "CC0-1.0");
  for (const Kind& kind : kKinds) {
    if (kind.name == name) kind.make(builder, seed);
  }
  return builder.Build();
}

HollowGguf Hollow7B(uint32_t layers) {
  constexpr uint32_t kWidth = 4096, kHidden = 11008, kRows = 32000;
  GgufBuilder builder;
  builder.SetText("general.name", "Hollow 7B");
  AddSentencePiece(builder);
  const ToyNetwork network(builder, "llama", {layers, kWidth, 32, 32, 128, kHidden}, 1);
  const auto add = [&builder](const std::string& name, uint64_t rows, uint64_t columns) {
    const Format& format = rows == 1 ? kF32 : kQ4_0;
    builder.AddHole(name, columns, rows, format.type,
                    rows * columns / format.elements * format.size);
  };
  add("token_embd.weight", kRows, kWidth);
  add("output.weight", kRows, kWidth);
  add("output_norm.weight", 1, kWidth);
  for (uint32_t i = 0; i < layers; ++i) {
    const std::string pre = "blk." + std::to_string(i) + ".";
    for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output"}) {
      add(pre + name + ".weight", kWidth, kWidth);
    }
    for (const char* name : {"ffn_gate", "ffn_up"}) add(pre + name + ".weight", kHidden, kWidth);
    add(pre + "ffn_down.weight", kWidth, kHidden);
    for (const char* name : {"attn_norm", "ffn_norm"}) add(pre + name + ".weight", 1, kWidth);
  }
  HollowGguf file;
  file.header = builder.BuildHeader(file.size);
  return file;
}

}  // namespace lmz::testing
