// Transformers of random weights with a small vocabulary, small enough for tests.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "model/model_file.h"
#include "tests/reference/models/random_model.h"

namespace lmz {

// A model and what its matrices are views of; may be moved, not copied.
struct RandomTransformerModel {
  RandomTransformerModel() = default;
  RandomTransformerModel(RandomTransformerModel&&) = default;
  RandomTransformerModel& operator=(RandomTransformerModel&&) = default;

  std::deque<std::vector<int8_t>> matrices;
  ModelFile file;
};

// The same arguments give the same model on every machine. shape.tokens >= 280: 4 special rows that
// are no tokens, 240 bytes, words of English; 16 bytes have no token but a virtual one. Where it is
// tame, every second layer has a window of half the context.
RandomTransformerModel RandomTransformer(const TransformerShape& shape, uint32_t seed,
                                         Wildness wildness);

// 2 layers of width 32, 4 heads of 16 that share 2 keys, hidden 48, 300 rows, context 32 of which 8
// are dropped at once, 2 first tokens.
TransformerShape ToyShape();

// Toys that together have whatever a transformer may have; 0 <= which < kToyShapes.
inline constexpr int kToyShapes = 4;
TransformerShape EveryToyShape(int which);

}  // namespace lmz
