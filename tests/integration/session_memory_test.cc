// The memory of token sessions, measured where it is taken: no more than was announced, and nothing
// after the session has begun.
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "model/transformer/lane_cache.h"
#include "model/transformer/transformer_predictor.h"
#include "tests/reference/models/random_transformer.h"
#include "tests/replaced_new.h"

namespace {
std::atomic<size_t> taken = 0;
}

void* lmz::testing::Allocate(size_t size, size_t alignment) {
  taken += size;
  return TakeMemory(size, alignment);
}

namespace lmz {
namespace {

void Check(const TransformerShape& shape, const TokenSessionSize& size) {
  const auto model = RandomTransformer(shape, 1, Wildness::kTame);
  const TransformerPredictor predictor(model.file);
  const auto rows = static_cast<size_t>(size.lanes * size.positions);
  const std::vector<uint32_t> tokens(rows, 5);
  std::vector<uint32_t> weights(rows * predictor.vocabulary().size());
  std::vector<int> lanes;
  for (int i = 0; i < size.lanes; ++i) lanes.push_back(i);
  // Keys and values lie in memory that comes from the system without new.
  const uint64_t cached = LaneCaches::MemoryFor(shape, size.lanes, shape.has_biases ? 2 : 1);
  const size_t before = taken;
  const auto session = predictor.Begin(size);
  const size_t begun = taken - before;
  EXPECT_LE(begun + cached, predictor.SessionMemory(size));
  EXPECT_GE(begun + begun / 4 + (size_t{128} << 10) + cached, predictor.SessionMemory(size));
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(session->Step(lanes, size.positions, tokens.data(), weights.data()).ok());
  }
  EXPECT_EQ(taken - before, begun);
}

TEST(SessionMemoryTest, IsAnnouncedAndTakenAtOnce) {
  TransformerShape large = ToyShape();
  large.width = 256;
  large.hidden = 512;
  large.head_size = 64;
  large.context = 500;
  large.sinks = 8;
  large.has_head_norms = large.has_output_norms = true;
  large.rotations = 2;
  TransformerShape with_biases = large;
  with_biases.has_biases = true;
  for (const TransformerShape& shape : {ToyShape(), large, with_biases}) {
    Check(shape, {1, 1, 1});
    Check(shape, {5, 1, 1});
    Check(shape, {2, 33, 2});
  }
}

}  // namespace
}  // namespace lmz
