#include "train/export/transformer_export.h"

#include <ATen/ATen.h>

#include <bit>
#include <cmath>
#include <numeric>

#include "convert/convert.h"
#include "convert/gguf_builder.h"

namespace lmz::train {

namespace {

constexpr uint32_t kF32 = 0;  // ggml's number of the format
constexpr int32_t kNormal = 1, kControl = 3;

uint32_t SingleBits(double number) {
  return std::bit_cast<uint32_t>(static_cast<float>(number));
}

void AddTensor(const std::string& name, const at::Tensor& tensor, convert::GgufBuilder& gguf) {
  const at::Tensor host = tensor.detach().to(at::kCPU).contiguous();
  const float* const numbers = host.data_ptr<float>();
  Bytes data;
  for (int64_t i = 0; i < host.numel(); ++i) {
    ByteWriter(data).U32(std::bit_cast<uint32_t>(numbers[i]));
  }
  const int64_t columns = host.size(-1);
  gguf.AddTensor(name, static_cast<uint64_t>(columns),
                 static_cast<uint64_t>(host.numel() / columns), kF32, data);
}

void AddVocabulary(convert::GgufBuilder& gguf) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) {
    tokens.push_back(convert::SpelledBytes(std::string(1, static_cast<char>(byte))));
  }
  std::vector<int32_t> types(tokens.size(), kNormal);
  tokens.emplace_back("<|endoftext|>");
  types.push_back(kControl);
  gguf.SetText("tokenizer.ggml.model", "gpt2");
  gguf.SetText("tokenizer.ggml.pre", "gpt-2");
  gguf.SetTexts("tokenizer.ggml.tokens", tokens);
  gguf.SetIntegers("tokenizer.ggml.token_type", types);
  gguf.SetTexts("tokenizer.ggml.merges", {});
  gguf.SetInteger("tokenizer.ggml.bos_token_id", static_cast<uint32_t>(ByteTransformer::kBegin));
}

}  // namespace

Bytes GgufOf(const ByteTransformer& network, int context, const ModelCard& card) {
  const TransformerSize& size = network.size();
  const ByteTransformer::Parameters& p = network.parameters();
  convert::GgufBuilder gguf;
  gguf.SetText("general.architecture", "llama");
  gguf.SetText("general.name", card.name);
  gguf.SetText("general.license", card.licence);
  const auto key = [&](const char* name, int value) {
    gguf.SetInteger(std::string("llama.") + name, static_cast<uint32_t>(value));
  };
  key("block_count", size.layers);
  key("embedding_length", size.width);
  key("feed_forward_length", size.hidden);
  key("attention.head_count", size.heads);
  key("attention.head_count_kv", size.kv_heads);
  key("context_length", context);
  gguf.SetReal("llama.attention.layer_norm_rms_epsilon", SingleBits(ByteTransformer::kEpsilon));
  gguf.SetReal("llama.rope.freq_base", SingleBits(ByteTransformer::kBase));
  AddVocabulary(gguf);
  AddTensor("token_embd.weight", p.embedding, gguf);
  for (int64_t i = 0; i < size.layers; ++i) {
    const auto add = [&](const char* name, const at::Tensor& stack) {
      AddTensor("blk." + std::to_string(i) + "." + name + ".weight", stack[i], gguf);
    };
    add("attn_norm", p.input_norm);
    add("attn_q", p.query);
    add("attn_k", p.key);
    add("attn_v", p.value);
    add("attn_output", p.output);
    add("ffn_norm", p.hidden_norm);
    add("ffn_gate", p.gate);
    add("ffn_up", p.up);
    add("ffn_down", p.down);
  }
  AddTensor("output_norm.weight", p.final_norm, gguf);
  return gguf.Build();
}

Result<Bytes> ModelFileOf(const ByteTransformer& network, int context, const ModelCard& card) {
  const Bytes gguf = GgufOf(network, context, card);
  convert::ConvertOptions options;
  options.context.context = context;
  options.name = card.name;
  options.licence = card.licence;
  Bytes file;
  MemorySink sink(file);
  LMZ_TRY(convert::Convert(MemoryAccess(gguf), options, sink).status());
  return file;
}

Result<double> IntegerBits(const TokenPredictor& model, ByteSpan data, int count, size_t stride,
                           size_t length) {
  const Vocabulary& vocabulary = model.vocabulary();
  const int positions = static_cast<int>(length);
  std::vector<uint32_t> rows(length), weights(length * vocabulary.size());
  double bits = 0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    const auto byte = [&](size_t at) { return data[(i * stride + at) % data.size()]; };
    for (size_t at = 0; at < length; ++at) {
      rows[at] = at == 0 ? vocabulary.begin_row() : vocabulary.row(byte(at - 1));
    }
    const int lane = 0;
    const auto session = model.Begin({.lanes = 1, .positions = positions, .threads = 1});
    LMZ_TRY(session->Step({&lane, 1}, positions, rows.data(), weights.data()));
    for (size_t at = 0; at < length; ++at) {
      const uint32_t* const own = &weights[at * vocabulary.size()];
      const uint64_t total = std::accumulate(own, own + vocabulary.size(), uint64_t{0});
      bits += std::log2(static_cast<double>(total) / own[byte(at)]);
    }
  }
  return bits / static_cast<double>(static_cast<size_t>(count) * length);
}

}  // namespace lmz::train
