// Yes-or-no questions about one number, each answered with a probability that is mixed from what
// was seen in several contexts of the number. Spec: spec.md, section 6.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "cpu/aligned.h"
#include "entropy/logistic.h"
#include "mix/mixer.h"
#include "mix/probability_map.h"

namespace lmz::jpeg {

class DecisionMixer {
 public:
  static constexpr size_t kMaxContexts = 18;
  static constexpr uint32_t kNodes = 128;  // questions about a number
  static constexpr uint32_t kMapContexts = 4096;

  // Weights are chosen by the node and by these, of which a mixer may use fewer; each is below its
  // number of rows.
  static constexpr std::array<uint32_t, 4> kWeightRows = {2048, 1024, 1024, 1024};

  struct Shape {
    size_t contexts = 1;  // at most kMaxContexts
    int table_bits = 10;  // each has 2^table_bits counters
    size_t sets = 1;      // of weights: by the node, then by so many weight contexts less one
    bool has_two_finals = false;
  };
  DecisionMixer(const MixerKernels& kernels, const Shape& shape);

  static uint64_t Memory(const Shape& shape);

  // Before the questions about a number: its contexts, as many as there are.
  void BeginNumber() { contexts_ = 0; }
  void AddContext(uint32_t context);

  // Of the number, or of the next question.
  std::array<uint32_t, kWeightRows.size()> weight_contexts{};
  std::array<uint32_t, 2> map_contexts{};

  // Codes `wanted` (ignored by a decoder), learns and returns it.
  template <class Coder>
  int Code(Coder& coder, int wanted, uint32_t node) {
    const int bit = coder.Code(wanted, Predict(node));
    Learn(bit);
    return bit;
  }

 private:
  // A probability in the upper 22 bits, less a half, and how often it was asked.
  using Counter = uint32_t;

  // Questions of a number whose counters lie together.
  static constexpr uint32_t kGroup = 8;

  uint32_t Predict(uint32_t node);
  void Learn(int bit);

  Counter* GroupOf(size_t i, uint32_t hash) {
    return &tables_[i][size_t{hash >> group_shift_} * kGroup];
  }

  int group_shift_;  // a hash shifted by it is the number of a group
  Mixer mixer_;
  std::array<ProbabilityMap, 2> maps_;
  std::vector<AlignedVector<Counter>> tables_;  // [context]

  size_t contexts_ = 0;
  std::array<uint32_t, kMaxContexts> hashes_{};
  std::array<Counter*, kMaxContexts> first_groups_{};  // of the number

  // Of the question.
  std::array<Counter*, kMaxContexts> asked_{};
};

}  // namespace lmz::jpeg
