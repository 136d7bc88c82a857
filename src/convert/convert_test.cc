// From GGUF files to model files.
#include "convert/convert.h"

#include <gtest/gtest.h>

#include <map>

#include "model/library.h"
#include "model/model_file.h"
#include "tests/convert/toy_gguf.h"

namespace lmz::convert {
namespace {

using testing::GgufBuilder;
using testing::ToyGguf;
using testing::ToyKinds;

Result<Bytes> Converted(ByteSpan gguf, const ConvertOptions& options = {}) {
  Bytes file;
  MemorySink sink(file);
  const Result<ModelId> id = Convert(MemoryAccess(gguf), options, sink);
  if (!id.ok()) return id.status();
  EXPECT_TRUE(std::equal(id.value().begin(), id.value().end(), file.end() - 16));
  return file;
}

// Every machine makes the same files: these were made once and for all. They change when the toys
// or the format do.
TEST(ConvertTest, ModelsHaveTheSameIdEverywhere) {
  const std::map<std::string, std::string> ids = {{"llama", "efbddd77b7220c31ffc66d80914ab510"},
                                                  {"gemma3", "37a163de23a3e42aac82313b7f9c8eb5"},
                                                  {"qwen2", "4454e42c74d5d841aef91e07d7e49762"},
                                                  {"llama2", "50a492767325d838141741853f64180f"},
                                                  {"llama3", "0e845645241561d07d4ac8b7737a0da2"}};
  for (const std::string& kind : ToyKinds()) {
    const Result<Bytes> file = Converted(ToyGguf(kind));
    ASSERT_TRUE(file.ok()) << kind << file.status().message();
    const Result<ModelFile> model = ParseModelFile(file.value());
    ASSERT_TRUE(model.ok()) << kind << model.status().message();
    EXPECT_EQ(ModelIdText(model.value().id), ids.at(kind)) << kind;
    const Result<SharedModel> loaded = LoadModel(file.value());
    ASSERT_TRUE(loaded.ok()) << kind << loaded.status().message();
    EXPECT_NE(loaded.value()->as_token_predictor(), nullptr);
  }
}

TEST(ConvertTest, FamiliesHaveTheirShapes) {
  const auto shape_of = [](const char* kind) {
    const Bytes file = Converted(ToyGguf(kind)).value();
    return ParseModelFile(file).value().transformer()->weights.shape;
  };
  const TransformerShape llama = shape_of("llama"), gemma = shape_of("gemma3");
  EXPECT_EQ(llama.context, 1024);
  EXPECT_EQ(llama.drop, 128);
  EXPECT_EQ(llama.sinks, 4);
  EXPECT_FALSE(llama.has_own_head || llama.has_biases || llama.has_head_norms);
  EXPECT_TRUE(gemma.has_head_norms && gemma.has_output_norms);
  EXPECT_EQ(gemma.activation, Activation::kGelu);
  EXPECT_EQ(gemma.rotations, 2);
  EXPECT_TRUE(shape_of("qwen2").has_biases);
  EXPECT_TRUE(shape_of("llama3").has_own_head);
}

// The stream of a model with small embeddings is raised, and all that belongs to it.
TEST(ConvertTest, SmallEmbeddingsAreRaised) {
  const Bytes file = Converted(ToyGguf("llama2")).value();
  const ModelFile model = ParseModelFile(file).value();
  const TransformerWeights& weights = model.transformer()->weights;
  const int gain = 14 - weights.embedding_scale.exponent;
  EXPECT_GE(gain, 1);
  EXPECT_EQ(weights.epsilon.exponent, 31 - 2 * gain);
}

TEST(ConvertTest, OptionsAreHeeded) {
  ConvertOptions options = {
      .context = {.context = 64, .drop = 10}, .name = "mine", .licence = "MIT"};
  const Bytes gguf = ToyGguf("llama");
  const Bytes file = Converted(gguf, options).value();
  const ModelFile model = ParseModelFile(file).value();
  EXPECT_EQ(model.card.name, "mine");
  EXPECT_EQ(model.card.licence, "MIT");
  EXPECT_EQ(model.transformer()->weights.shape.context, 64);
  EXPECT_EQ(model.transformer()->weights.shape.drop, 10);
  options.context = {.context = 2049, .drop = 0};
  EXPECT_EQ(Converted(gguf, options).status().message(),
            "the model was made for a context of at most 2048 tokens");
  options.context = {.context = 64, .drop = 60};
  EXPECT_EQ(Converted(gguf, options).status().code(), Code::kInvalidArgument);
  options = {.context = {}, .name = "Mine", .licence = ""};
  EXPECT_EQ(Converted(gguf, options).status().code(), Code::kInvalidArgument);
}

TEST(ConvertTest, CardsSayWhatTheFileSays) {
  const Bytes file = Converted(ToyGguf("tiny-bpe")).value();
  const ModelCard card = ParseModelFile(file).value().card;
  EXPECT_EQ(card.name, "toy-tiny-bpe");
  EXPECT_EQ(card.licence, "CC0-1.0");
  EXPECT_EQ(card.note,
            "Converted by lmz-convert from a GGUF file of the architecture llama with tensors in "
            "F16, F32, each row of a matrix rounded to 8 bits.\nModel: Toy tiny-bpe\n");
}

TEST(ConvertTest, NoMoreThanAMegabyteIsReadAtATime) {
  class Watched final : public RandomAccess {
   public:
    explicit Watched(const Bytes& bytes) : inner_(bytes) {}
    uint64_t size() const override { return inner_.size(); }
    Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
      largest = std::max(largest, buffer.size());
      return inner_.ReadAt(offset, buffer);
    }
    mutable size_t largest = 0;

   private:
    MemoryAccess inner_;
  };
  const Bytes gguf = ToyGguf("qwen2");
  const Watched file(gguf);
  Bytes out;
  MemorySink sink(out);
  ASSERT_TRUE(Convert(file, {}, sink).ok());
  EXPECT_LE(file.largest, size_t{1} << 20);
}

// What would change the model's predictions is not passed over in silence.
TEST(ConvertTest, WhatIsNotKnownIsNamed) {
  const auto refused = [](GgufBuilder builder) {
    builder.SetText("tokenizer.ggml.model", "gpt2");
    builder.SetTexts("tokenizer.ggml.tokens", {"a"});
    builder.SetTexts("tokenizer.ggml.merges", {});
    return Converted(builder.Build()).status().message();
  };
  const auto llama = [] {
    GgufBuilder builder;
    builder.SetText("general.architecture", "llama");
    for (const char* key : {"block_count", "attention.head_count"}) {
      builder.SetInteger(std::string("llama.") + key, 1);
    }
    for (const char* key : {"embedding_length", "feed_forward_length"}) {
      builder.SetInteger(std::string("llama.") + key, 16);
    }
    builder.SetReal("llama.attention.layer_norm_rms_epsilon", 0x3727C5AC);
    builder.AddTensor("token_embd.weight", 16, 1, 1, Bytes(32));
    return builder;
  };
  GgufBuilder other;
  other.SetText("general.architecture", "mamba\n");
  EXPECT_EQ(refused(other),
            "the model has the architecture 'mamba?', which lmz-convert does not support");
  EXPECT_EQ(refused(llama()), "the tensor 'blk.0.attn_norm.weight' is missing");
  GgufBuilder experts = llama();
  experts.SetInteger("llama.expert_count", 8);
  EXPECT_EQ(refused(experts),
            "the model has the key 'expert_count', which lmz-convert does not support");
  GgufBuilder yarn = llama();
  yarn.SetText("llama.rope.scaling.type", "yarn");
  EXPECT_EQ(refused(yarn),
            "the positions are scaled by another method than 'linear', which "
            "lmz-convert does not support");
  GgufBuilder partial = llama();
  partial.SetInteger("llama.rope.dimension_count", 8);
  EXPECT_EQ(refused(partial),
            "only a part of each head is rotated, which lmz-convert does not support");
}

TEST(ConvertTest, TensorsThatAreMissingOrNotUsedAreNamed) {
  Bytes gguf = ToyGguf("llama");
  const std::string name = "blk.1.ffn_norm.weight", other = "blk.1.ffn_nose.weight";
  const auto at = std::search(gguf.begin(), gguf.end(), name.begin(), name.end());
  ASSERT_NE(at, gguf.end());
  std::copy(other.begin(), other.end(), at);
  EXPECT_EQ(Converted(gguf).status().message(), "the tensor '" + name + "' is missing");
  gguf = ToyGguf("llama3");
  const std::string factors = "rope_freqs.weight", unknown = "rope_faces.weight";
  const auto there = std::search(gguf.begin(), gguf.end(), factors.begin(), factors.end());
  std::copy(unknown.begin(), unknown.end(), there);
  EXPECT_EQ(Converted(gguf).status().message(),
            "the model has the tensor '" + unknown + "', which lmz-convert does not support");
}

TEST(ConvertTest, EveryChangedByteIsRefusedOrGivesAModel) {
  Bytes gguf = ToyGguf("tiny-piece");
  int converted = 0;
  for (size_t i = 0; i < gguf.size(); i += i < 1500 ? 1 : 13) {
    for (const uint8_t change : Bytes{0x02, 0x80}) {
      gguf[i] ^= change;
      const Result<Bytes> file = Converted(gguf);
      if (file.ok()) {
        ++converted;
        EXPECT_TRUE(ParseModelFile(file.value()).ok()) << i;
      }
      gguf[i] ^= change;
    }
  }
  EXPECT_GT(converted, 0);
}

}  // namespace
}  // namespace lmz::convert
