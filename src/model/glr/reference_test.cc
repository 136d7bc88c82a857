// The library's network and the reference implementation agree on every integer that they keep.
#include "tests/paths.h"
#include "tests/reference/models/reference_glr.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "model/glr/step.h"
#include "tests/reference/models/random_model.h"

namespace lmz {
namespace {

template <class Number>
std::vector<int64_t> Widened(std::span<const Number> numbers) {
  return std::vector<int64_t>(numbers.begin(), numbers.end());
}

// Runs both over `text`; the state, both token shifts and the weights must agree after each byte.
void Compare(const ModelFile& model, const std::vector<uint8_t>& text) {
  const PackedGlr network(model.glr(), BestKernels(NetworkBuilds()));
  ReferenceGlr reference(model.glr());
  LaneStates states(network.shape, 1);
  StepScratch scratch(network.shape, 1, 1);
  std::vector<uint32_t> weights(kByteValues);
  for (size_t i = 0; i < text.size(); ++i) {
    StepGlr(network, states, {}, {}, &text[i], weights.data(), scratch);
    const std::vector<int64_t> expected = reference.Step(text[i]);
    for (int l = 0; l < network.shape.layers; ++l) {
      const auto& memory = reference.memory()[static_cast<size_t>(l)];
      LayerState& layer = states.layer(l);
      ASSERT_EQ(Widened<int16_t>(layer.previous_input[0]), memory.previous_input) << i << ' ' << l;
      ASSERT_EQ(Widened<int32_t>(layer.state[0]), memory.state) << i << ' ' << l;
      ASSERT_EQ(Widened<int16_t>(layer.previous_hidden[0]), memory.previous_hidden)
          << i << ' ' << l;
    }
    ASSERT_EQ(Widened<uint32_t>(weights), expected) << i;
  }
}

std::vector<uint8_t> RandomText(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> text(size);
  for (uint8_t& byte : text) byte = static_cast<uint8_t>(random());
  text[0] = 0;
  return text;
}

TEST(ReferenceTest, TameRandomModelsAgree) {
  Compare(RandomModel({48, 2, 32, 80}, 1, Wildness::kTame), RandomText(60, 1));
  Compare(RandomModel({16, 3, 48, 16}, 2, Wildness::kTame), RandomText(60, 2));
}

TEST(ReferenceTest, ExtremeRandomModelsAgree) {
  for (uint32_t seed = 10; seed < 40; ++seed) {
    Compare(RandomModel({32, 2, 32, 48}, seed, Wildness::kExtreme), RandomText(20, seed));
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

TEST(ReferenceTest, TheBaseModelAgrees) {
  std::ifstream in(testing::SourcePath("models/base.lmm"), std::ios::binary);
  const Bytes file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto model = ParseModelFile(file);
  ASSERT_TRUE(model.ok()) << model.status().message();
  const std::string text =
      "It was the best of times, it was the worst of times;\n<title>AT&T &amp; Caf\xC3\xA9</title>";
  Compare(model.value(), std::vector<uint8_t>(text.begin(), text.end()));
}

}  // namespace
}  // namespace lmz
