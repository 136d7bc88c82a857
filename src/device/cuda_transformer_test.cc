// What a GPU gives for a transformer is what the portable kernels give, to the bit, whatever the
// network, however many lanes and positions. Skipped where there is no GPU.
#include "device/cuda_transformer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/gpu_test.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz {
namespace {

using Weights = std::vector<uint32_t>;

using testing::Gpu;

class CudaTransformerTest : public testing::GpuTest {};

// A device knows models by their ids.
RandomTransformerModel ModelOf(const TransformerShape& shape, uint32_t seed, Wildness wildness,
                               uint8_t name) {
  RandomTransformerModel model = RandomTransformer(shape, seed, wildness);
  model.file.id = ModelId{0x70, name, static_cast<uint8_t>(seed), static_cast<uint8_t>(wildness)};
  return model;
}

TransformerPredictor PortablePredictor(const RandomTransformerModel& model) {
  return TransformerPredictor(model.file, PortableKernels(NetworkBuilds()).dense,
                              PortableKernels(TransformerBuilds()));
}

uint32_t TokenAt(const TokenPredictor& predictor, int lane, int step) {
  const auto x = static_cast<uint32_t>(lane) * 2654435761u + static_cast<uint32_t>(step) * 40503u;
  return predictor.vocabulary().row((x >> 9) % predictor.vocabulary().size());
}

// The weights [step][lane][token], `positions` at a time, the lanes last to first.
Weights Run(TokenSession& session, const TokenPredictor& predictor, int lanes, int steps,
            int positions) {
  const size_t size = predictor.vocabulary().size();
  Weights all(static_cast<size_t>(lanes * steps) * size);
  std::vector<int> order;
  for (int lane = lanes; lane-- > 0;) order.push_back(lane);
  for (int step = 0; step < steps; step += positions) {
    const int some = std::min(positions, steps - step);
    std::vector<uint32_t> tokens;
    for (const int lane : order) {
      for (int p = 0; p < some; ++p) tokens.push_back(TokenAt(predictor, lane, step + p));
    }
    Weights own(tokens.size() * size);
    // Now and then to where the device has them quickest.
    uint32_t* const memory = step % 3 == 0 ? session.WeightsMemory() : nullptr;
    uint32_t* const weights = memory != nullptr ? memory : own.data();
    EXPECT_TRUE(session.Step(order, some, tokens.data(), weights).ok());
    for (int i = 0; i < lanes; ++i) {
      for (int p = 0; p < some; ++p) {
        const int row = (step + p) * lanes + order[static_cast<size_t>(i)];
        std::copy_n(weights + static_cast<size_t>(i * some + p) * size, size,
                    all.begin() + row * static_cast<ptrdiff_t>(size));
      }
    }
  }
  return all;
}

Weights OnGpu(const TokenPredictor& predictor, int lanes, int steps, int positions) {
  const auto session = Gpu()->BeginTokens(predictor, {lanes, positions, 1}, nullptr);
  return Run(*session, predictor, lanes, steps, positions);
}

Weights Expected(const TokenPredictor& predictor, int lanes, int steps) {
  const auto session = predictor.Begin({lanes, 8, 2});
  return Run(*session, predictor, lanes, steps, 8);
}

TEST_F(CudaTransformerTest, ToysOfAllKindsGiveTheSameWeights) {
  for (int which = 0; which < kToyShapes; ++which) {
    for (const Wildness wildness : {Wildness::kTame, Wildness::kExtreme}) {
      const auto model = ModelOf(EveryToyShape(which), 2, wildness, static_cast<uint8_t>(which));
      const TransformerPredictor predictor = PortablePredictor(model);
      for (const int lanes : {1, 7, 64}) {
        const Weights expected = Expected(predictor, lanes, 120);
        for (const int positions : {1, 5, 64}) {
          ASSERT_EQ(OnGpu(predictor, lanes, 120, positions), expected)
              << which << ' ' << static_cast<int>(wildness) << ' ' << lanes << ' ' << positions;
        }
      }
    }
  }
}

TEST_F(CudaTransformerTest, TheToyGivesTheSameWeightsAt4096Positions) {
  const auto model = ModelOf(ToyShape(), 9, Wildness::kTame, 100);
  const TransformerPredictor predictor = PortablePredictor(model);
  for (const auto& [lanes, steps] : {std::pair(1, 4096), {7, 586}, {64, 64}}) {
    const Weights expected = Expected(predictor, lanes, steps);
    for (const int positions : {1, 16}) {
      ASSERT_EQ(OnGpu(predictor, lanes, steps, positions), expected) << lanes << ' ' << positions;
    }
  }
}

// Vectors and a context longer than a block of threads, sizes that are no whole units.
TEST_F(CudaTransformerTest, LargerOnesGiveTheSameWeights) {
  TransformerShape shape = ToyShape();
  shape.width = 208;
  shape.heads = 9;
  shape.kv_heads = 3;
  shape.head_size = 64;
  shape.hidden = 528;
  shape.context = 400;
  shape.drop = 100;
  shape.sinks = 4;
  const auto model = ModelOf(shape, 3, Wildness::kTame, 101);
  const TransformerPredictor predictor = PortablePredictor(model);
  const Weights expected = Expected(predictor, 3, 520);
  ASSERT_EQ(OnGpu(predictor, 3, 520, 1), expected);
  ASSERT_EQ(OnGpu(predictor, 3, 520, 130), expected);
}

// Their steps are taken together.
TEST_F(CudaTransformerTest, ManySessionsAtATimeGiveTheSameWeights) {
  const auto model = ModelOf(EveryToyShape(1), 4, Wildness::kTame, 102);
  const TransformerPredictor predictor = PortablePredictor(model);
  const Weights expected = Expected(predictor, 64, 60);
  std::vector<Weights> given(24);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < given.size(); ++i) {
    threads.emplace_back([&, i] { given[i] = OnGpu(predictor, 64, 60, i % 2 == 0 ? 1 : 10); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Weights& weights : given) EXPECT_EQ(weights, expected);
}

// The weights are asked back as they were.
TEST(UnpackedTransformerTest, HasTheModelsMatrices) {
  const auto model = RandomTransformer(EveryToyShape(2), 7, Wildness::kExtreme);
  const TransformerPredictor predictor(model.file);
  const UnpackedTransformer unpacked(predictor);
  const lmz_cuda_transformer& given = unpacked.weights();
  const TransformerWeights& weights = model.file.transformer()->weights;
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    const auto expect_same = [](const lmz_cuda_token_matrix& m, const ScaledMatrix& expected) {
      const size_t size = static_cast<size_t>(m.rows) * static_cast<size_t>(m.columns);
      ASSERT_EQ(size, expected.weights.size());
      EXPECT_TRUE(std::equal(m.weights, m.weights + size, expected.weights.begin()));
      EXPECT_TRUE(std::equal(m.row_scale, m.row_scale + m.rows, expected.row_scale.begin()));
      EXPECT_EQ(m.planes, expected.planes);
    };
    const lmz_cuda_token_layer& layer = given.layer[i];
    expect_same(layer.projection[0], weights.layers[i].query);
    expect_same(layer.projection[2], weights.layers[i].value);
    expect_same(layer.output, weights.layers[i].output);
    expect_same(layer.down, weights.layers[i].down);
    EXPECT_EQ(layer.bias[1].weights[3], weights.layers[i].key_bias.weights[3]);
  }
}

}  // namespace
}  // namespace lmz
