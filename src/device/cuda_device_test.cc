// What a GPU gives is what the portable kernels give, to the bit, whatever the network and however
// many lanes; and when it fails, the CPU goes on. Skipped where there is no GPU.
#include "device/cuda_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "device/fallback_session.h"
#include "model/glr/glr_predictor.h"
#include "model/library.h"
#include "tests/gpu_test.h"
#include "tests/reference/models/random_model.h"
#include "tests/session_checks.h"

namespace lmz {
namespace {

using Opinions = std::vector<uint32_t>;

using testing::Gpu;

class CudaTest : public testing::GpuTest {};

uint8_t ByteAt(int lane, int step) {
  if (step == 0) return 0;
  const auto x = static_cast<uint32_t>(lane) * 2654435761u + static_cast<uint32_t>(step) * 40503u;
  return static_cast<uint8_t>("the quick brown fox \n<page>0123"[(x >> 11) % 31] ^ (x >> 28 == 0));
}

// The opinions [step][lane][256], in steps of up to `lanes_per_step` lanes and `ahead` steps.
Opinions Run(Session& session, int lanes, int steps, int lanes_per_step, int ahead) {
  const auto row = [&](int step, int lane) {
    return static_cast<size_t>(step * lanes + lane) * kByteValues;
  };
  Opinions all(row(steps, 0));
  for (int step = 0; step < steps; step += ahead) {
    const int times = std::min(ahead, steps - step);
    for (int first = 0; first < lanes; first += lanes_per_step) {
      const int count = std::min(lanes_per_step, lanes - first);
      Bytes bytes;
      for (int t = 0; t < times; ++t) {
        for (int i = 0; i < count; ++i) bytes.push_back(ByteAt(first + i, step + t));
      }
      Opinions opinions(static_cast<size_t>(times * count) * kByteValues);
      EXPECT_TRUE(session.StepAhead(0, first, count, times, bytes.data(), opinions.data()).ok());
      for (int t = 0; t < times; ++t) {
        std::copy_n(opinions.begin() + ptrdiff_t{t} * count * kByteValues, count * kByteValues,
                    all.begin() + static_cast<ptrdiff_t>(row(step + t, first)));
      }
    }
  }
  return all;
}

Opinions Expected(const Predictor& predictor, int lanes, int steps) {
  const SessionSize size = {
      .lanes = lanes, .workers = 1, .lanes_per_step = std::min(lanes, 64), .steps_ahead = 16};
  return Run(*predictor.Begin(size), lanes, steps, size.lanes_per_step, size.steps_ahead);
}

Opinions OnGpu(const Predictor& predictor, int lanes, int steps, int lanes_per_step, int ahead) {
  const auto session = Gpu()->Begin(
      predictor,
      {.lanes = lanes, .workers = 1, .lanes_per_step = lanes_per_step, .steps_ahead = ahead},
      nullptr);
  return Run(*session, lanes, steps, lanes_per_step, ahead);
}

TEST_F(CudaTest, RandomNetworksGiveTheSameOpinions) {
  for (const GlrShape shape : {GlrShape{16, 1, 16, 16}, GlrShape{48, 2, 32, 80},
                               GlrShape{80, 3, 112, 208}, GlrShape{208, 1, 192, 336}}) {
    for (const Wildness wildness : {Wildness::kTame, Wildness::kExtreme}) {
      for (uint32_t seed = 0; seed < 4; ++seed) {
        ModelFile model = RandomModel(shape, seed, wildness);
        model.id = ModelId{static_cast<uint8_t>(shape.width), static_cast<uint8_t>(seed),
                           static_cast<uint8_t>(wildness)};
        const GlrPredictor network(model);
        for (const int lanes : {1, 7, 13, 64}) {
          EXPECT_EQ(OnGpu(network, lanes, 12, lanes, 5), Expected(network, lanes, 12))
              << shape.width << " " << seed << " " << lanes;
        }
      }
    }
  }
}

// All models of the family, 4,096 positions.
TEST_F(CudaTest, ModelsOfTheFamilyGiveTheSameOpinions) {
  for (int level = 1; level <= 4; ++level) {
    const Result<SharedModel> model = ModelLibrary::Installed()->OfLevel(level);
    if (!model.ok()) continue;  // the large one is a file
    const Predictor& predictor = *model.value()->as_byte_predictor();
    for (const auto& [lanes, steps] : {std::pair(1, 4096), {7, 586}, {64, 64}}) {
      EXPECT_EQ(OnGpu(predictor, lanes, steps, lanes, 8), Expected(predictor, lanes, steps))
          << level << " " << lanes;
    }
  }
}

// 64 lanes of each of so many threads, beside each other. With 4,096 lanes an H200 steps 16 in a
// block of threads, with more of them 32.
TEST_F(CudaTest, ManySessionsAtATimeGiveTheSameOpinions) {
  for (const auto& [level, count] : {std::pair(1, 64), {3, 64}, {3, 96}}) {
    const Result<SharedModel> model = ModelLibrary::Installed()->OfLevel(level);
    ASSERT_TRUE(model.ok());
    const Predictor& predictor = *model.value()->as_byte_predictor();
    const Opinions expected = Expected(predictor, 64, 24);
    std::vector<Opinions> given(static_cast<size_t>(count));
    std::vector<std::thread> threads;
    for (Opinions& opinions : given) {
      threads.emplace_back([&] { opinions = OnGpu(predictor, 64, 24, 64, 1); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Opinions& opinions : given) EXPECT_EQ(opinions, expected) << level << " " << count;
  }
}

TEST_F(CudaTest, AResetLaneIsNew) {
  const GlrPredictor network(RandomModel({48, 2, 32, 80}, 3, Wildness::kTame));
  const auto session = Gpu()->Begin(network, {.lanes = 2}, nullptr);
  ExpectAResetLaneIsNew(*session);
}

}  // namespace
}  // namespace lmz
