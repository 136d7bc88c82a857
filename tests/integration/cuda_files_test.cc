// Whole files both ways on a GPU: what it codes the CPU has coded to the same bytes, and each
// decodes what the other wrote. Skipped where there is no GPU.
#include <gtest/gtest.h>

#include <array>

#include "model/library.h"
#include "model/transformer/transformer_predictor.h"
#include "stream/frame_encoder.h"
#include "tests/choices.h"
#include "tests/gpu_test.h"
#include "tests/recipes.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz {
namespace {

constexpr uint64_t kBlockSize = uint64_t{1} << 16;
constexpr std::array<uint8_t, 3> kLanes = {1, 7, 64};

using testing::Gpu;

class CudaFilesTest : public testing::GpuTest {};

struct Case {
  SharedModel model;
  CodecOptions options;
  std::shared_ptr<const ModelLibrary> models;
};

Bytes Coded(const Bytes& raw, const Case& with, std::shared_ptr<Device> device) {
  const CompressOptions options = {.model = with.model,
                                   .threads = 3,
                                   .device = std::move(device),
                                   .block_size = kBlockSize,
                                   .content_size = raw.size()};
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  EXPECT_TRUE(CompressPlanned(source, sink, options,
                              testing::FixedPlan({.options = with.options}, kBlockSize))
                  .ok());
  return coded;
}

Bytes Decoded(const Bytes& coded, const Case& with, std::shared_ptr<Device> device) {
  MemorySource source(coded);
  Bytes back;
  MemorySink sink(back);
  const DecompressOptions options = {
      .models = with.models, .threads = 3, .device = std::move(device)};
  EXPECT_TRUE(DecompressFrames(source, sink, options).ok());
  return back;
}

void ExpectSame(const Case& with) {
  const Bytes raw = testing::MakeWords(5 * kBlockSize / 2);
  const Bytes expected = Coded(raw, with, nullptr);
  EXPECT_EQ(Coded(raw, with, Gpu()), expected);
  EXPECT_EQ(Decoded(expected, with, Gpu()), raw);
}

TEST_F(CudaFilesTest, ModelsOfBytes) {
  for (int level = 1; level <= 3; ++level) {
    const SharedModel model = ModelLibrary::Installed()->OfLevel(level).value();
    for (const uint8_t lanes : kLanes) {
      if (level > 1 && lanes != 64) continue;  // slow on the CPU
      const TextOptions options = {.model = model->as_byte_predictor(), .lanes = lanes};
      ExpectSame({model, options, ModelLibrary::Installed()});
    }
  }
}

TEST_F(CudaFilesTest, ModelsOfTokens) {
  RandomTransformerModel toy = RandomTransformer(ToyShape(), 8, Wildness::kTame);
  toy.file.id = ModelId{0x71};
  const auto model = std::make_shared<TransformerPredictor>(toy.file);
  const auto models = std::make_shared<ModelLibrary>();
  models->Add(model);
  for (const uint8_t lanes : kLanes) {
    ExpectSame({model, TokenOptions{.model = model.get(), .lanes = lanes}, models});
  }
}

}  // namespace
}  // namespace lmz
