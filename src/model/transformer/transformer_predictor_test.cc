// What a token session promises: weights depend on nothing but the tokens of their own lane.
#include "model/transformer/transformer_predictor.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/reference/models/random_transformer.h"

namespace lmz {
namespace {

using Rows = std::vector<uint32_t>;

Rows RandomRows(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  Rows rows(count);
  for (uint32_t& row : rows) row = static_cast<uint32_t>(random()) % ToyShape().tokens;
  return rows;
}

// Of a lane that is alone, token by token.
std::vector<uint32_t> Alone(const TokenPredictor& predictor, const Rows& rows) {
  const size_t size = predictor.vocabulary().size();
  std::vector<uint32_t> weights(rows.size() * size);
  const auto session = predictor.Begin({});
  const int lane = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_TRUE(session->Step({&lane, 1}, 1, &rows[i], &weights[i * size]).ok());
  }
  return weights;
}

// Of some lanes that step together, `positions` at a time; the lanes in the order that is given.
std::vector<std::vector<uint32_t>> Together(const TokenPredictor& predictor,
                                            const std::vector<Rows>& lanes, int positions,
                                            int threads, const std::vector<int>& order) {
  const size_t size = predictor.vocabulary().size(), length = lanes[0].size();
  const auto at = [](int i) { return static_cast<size_t>(i); };
  const auto session = predictor.Begin({static_cast<int>(lanes.size()), positions, threads});
  std::vector<std::vector<uint32_t>> weights(lanes.size());
  for (size_t begin = 0; begin < length; begin += at(positions)) {
    const size_t some = std::min(at(positions), length - begin);
    Rows tokens;
    for (const int lane : order) {
      const auto first = lanes[at(lane)].begin() + static_cast<ptrdiff_t>(begin);
      tokens.insert(tokens.end(), first, first + static_cast<ptrdiff_t>(some));
    }
    std::vector<uint32_t> out(tokens.size() * size);
    EXPECT_TRUE(session->Step(order, static_cast<int>(some), tokens.data(), out.data()).ok());
    for (size_t i = 0; i < order.size(); ++i) {
      const auto first = out.begin() + static_cast<ptrdiff_t>(i * some * size);
      auto& lane = weights[at(order[i])];
      lane.insert(lane.end(), first, first + static_cast<ptrdiff_t>(some * size));
    }
  }
  return weights;
}

TEST(TransformerPredictorTest, SeveralPositionsLanesAndThreadsGiveWhatOneGives) {
  for (int which = 0; which < kToyShapes; ++which) {
    const auto model = RandomTransformer(EveryToyShape(which), 3, Wildness::kTame);
    const TransformerPredictor predictor(model.file);
    std::vector<Rows> lanes;
    std::vector<std::vector<uint32_t>> expected;
    for (uint32_t lane = 0; lane < 16; ++lane) {
      lanes.push_back(RandomRows(130, lane));
      expected.push_back(Alone(predictor, lanes.back()));
    }
    for (const int count : {1, 3, 16}) {
      std::vector<int> order;
      for (int i = 0; i < count; ++i) order.push_back((5 * i + 1) % count);
      for (const int positions : {1, 7, 64}) {
        for (const int threads : {1, 3}) {
          const std::vector<Rows> some(lanes.begin(), lanes.begin() + count);
          const auto weights = Together(predictor, some, positions, threads, order);
          for (size_t lane = 0; lane < some.size(); ++lane) {
            ASSERT_EQ(weights[lane], expected[lane])
                << which << ": " << count << " lanes, " << positions << " positions, " << threads
                << " threads, lane " << lane;
          }
        }
      }
    }
  }
}

// A lane that pauses while others go on, so that they forget at different steps.
TEST(TransformerPredictorTest, LanesMayStepApart) {
  const auto model = RandomTransformer(ToyShape(), 4, Wildness::kTame);
  const TransformerPredictor predictor(model.file);
  const size_t size = predictor.vocabulary().size();
  const Rows first = RandomRows(120, 1), second = RandomRows(120, 2);
  const auto expected_first = Alone(predictor, first), expected_second = Alone(predictor, second);
  const auto session = predictor.Begin({2, 20, 1});
  std::vector<uint32_t> weights(2 * 20 * size);
  const std::vector<int> one = {1}, both = {1, 0};
  ASSERT_TRUE(session->Step(one, 13, second.data(), weights.data()).ok());
  for (size_t at = 0; at + 20 <= 100; at += 20) {
    Rows tokens(second.begin() + static_cast<ptrdiff_t>(at + 13),
                second.begin() + static_cast<ptrdiff_t>(at + 33));
    tokens.insert(tokens.end(), first.begin() + static_cast<ptrdiff_t>(at),
                  first.begin() + static_cast<ptrdiff_t>(at + 20));
    ASSERT_TRUE(session->Step(both, 20, tokens.data(), weights.data()).ok());
    const auto middle = weights.begin() + static_cast<ptrdiff_t>(20 * size);
    ASSERT_TRUE(std::equal(weights.begin(), middle,
                           expected_second.begin() + static_cast<ptrdiff_t>((at + 13) * size)));
    ASSERT_TRUE(std::equal(middle, weights.end(),
                           expected_first.begin() + static_cast<ptrdiff_t>(at * size)));
  }
}

// Every pair of builds that this CPU can run: of matrices and of the rest.
TEST(TransformerPredictorTest, AllKernelsGiveTheSameWeights) {
  for (const Wildness wildness : {Wildness::kTame, Wildness::kExtreme}) {
    for (int which = 0; which < kToyShapes; ++which) {
      const auto model = RandomTransformer(EveryToyShape(which), 5, wildness);
      const Rows rows = RandomRows(60, 5);
      const TransformerPredictor portable(model.file, PortableKernels(NetworkBuilds()).dense,
                                          PortableKernels(TransformerBuilds()));
      const auto expected = Alone(portable, rows);
      for (const auto& build : TransformerBuilds()) {
        if (!DetectedFeatures().Contains(build.set.needs)) continue;
        for (const auto& matrices : NetworkBuilds()) {
          if (!DetectedFeatures().Contains(matrices.set.needs)) continue;
          const TransformerPredictor predictor(model.file, matrices.kernels->dense, *build.kernels);
          ASSERT_EQ(Alone(predictor, rows), expected)
              << build.set.name << ' ' << matrices.set.name << ' ' << which;
          const auto batch = Together(predictor, {rows}, 32, 2, {0});
          ASSERT_EQ(batch[0], expected) << build.set.name << ' ' << matrices.set.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace lmz
