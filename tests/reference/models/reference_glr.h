// A second implementation of the network, written from docs/spec/numerics.md: slow, obvious, one
// lane, no code shared with the library but the weights' structure.
#pragma once

#include <cstdint>
#include <vector>

#include "model/glr/weights.h"

namespace lmz {

class ReferenceGlr {
 public:
  explicit ReferenceGlr(const GlrWeights& weights);

  // Reads one byte; returns the weights of the next.
  std::vector<int64_t> Step(uint8_t byte);

  struct LayerMemory {
    std::vector<int64_t> state, previous_input, previous_hidden;
  };
  const std::vector<LayerMemory>& memory() const { return memory_; }

 private:
  const GlrWeights& weights_;
  std::vector<LayerMemory> memory_;
};

// Section 2 of the specification, computed from the formulas.
int64_t ReferenceSigmoid(int64_t z);
int64_t ReferenceExp2(int64_t i);
int64_t ReferenceInverseSqrt(int64_t mantissa);

}  // namespace lmz
