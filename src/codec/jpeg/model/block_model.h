// Codes a block: where its coefficients end, these from the last one on, and at last the first one,
// the block's mean. Spec: spec.md, sections 4 and 5.
#pragma once

#include "codec/jpeg/model/decision_mixer.h"
#include "codec/jpeg/model/strength.h"
#include "codec/jpeg/picture.h"

namespace lmz::jpeg {

// A block and its extent.
struct Measured {
  const Block* block = nullptr;
  Extent extent = {};

  int32_t operator[](size_t k) const { return (*block)[k]; }
};

// Blocks that are coded before; what is not there is all zero.
struct Neighbours {
  bool has_above = false;
  bool has_left = false;
  Measured above;
  Measured left;
  Measured above_left;
  Measured above_right;
  Measured above2;
  Measured left2;
  Measured first;          // of the first component, in the same place of the picture
  Measured twin;           // of the second component, if it is alike
  int32_t twin_error = 0;  // of its mean
};

class BlockModel {
 public:
  // For so many blocks of all components.
  BlockModel(const MixerKernels& kernels, Strength strength, uint64_t blocks);

  static uint64_t Memory(Strength strength, uint64_t blocks);

  void BeginComponent(size_t index, const std::array<uint16_t, kBlockSize>& quantizer,
                      uint32_t columns);
  void BeginRow() { left_error_ = 0; }

  // Codes `block` and sets its extent. Returns by how much its mean was not as predicted.
  template <class Coder>
  int32_t Code(Coder& coder, const Neighbours& near, uint32_t column, Block& block, Extent& extent);

 private:
  // What is the same for all coefficients of the block, or follows them.
  struct State {
    uint32_t end = 0;                     // the last coefficient that is not zero, 0: none
    uint32_t usual_count = 0;             // of those that are not zero, in blocks around
    uint32_t count = 0;                   // so far
    int32_t sum = 0;                      // of their magnitudes
    uint32_t zeros = 0;                   // since the last of them
    int32_t last = 0;                     // that one
    std::array<int32_t, 8> from_above{};  // what the edge of the block above leaves for the
    std::array<int32_t, 8> from_left{};   // coefficients that are not coded; [frequency], 1/256
  };

  // What is around a coefficient: sums of magnitudes, and logarithms of these.
  struct Around {
    uint32_t place = 0;  // 0 .. 127
    uint32_t x = 0;      // horizontal frequency
    uint32_t y = 0;
    int32_t beside = 0;  // in the blocks around
    int32_t higher = 0;  // of the next frequencies of the block
    uint32_t log_beside = 0;
    uint32_t log_higher = 0;
    uint32_t log_column = 0;  // of all frequencies above in the block, in the same column
    uint32_t log_row = 0;
    uint32_t both = 0;  // EdgePrediction::both, as its logarithm
  };

  // What an edge says about a coefficient, in quarters of its step.
  struct EdgePrediction {
    int32_t above = 0;
    int32_t left = 0;
    int32_t both = 0;
  };

  void BeginEnd(const Neighbours& near);
  void SumEdges(const Neighbours& near);
  EdgePrediction PredictFromEdges(const Neighbours& near, uint32_t k) const;
  Around LookAround(const Neighbours& near, uint32_t k, const Block& block,
                    const EdgePrediction& edges) const;
  void BeginAc(const Neighbours& near, uint32_t k, const Block& block);
  void AddNeighbourContexts(const Neighbours& near, uint32_t k, const EdgePrediction& edges,
                            const Around& around);
  void AddBlockContexts(const Block& block, uint32_t k, const EdgePrediction& edges,
                        const Around& around);
  int32_t BeginDc(const Neighbours& near, uint32_t column);
  void AddDcContexts(const Neighbours& near, int32_t prediction, const EdgePrediction& edges,
                     int32_t above_error);

  template <class Coder>
  uint32_t CodeEnd(Coder& coder, uint32_t wanted);
  template <class Coder>
  int32_t CodeAc(Coder& coder, int32_t wanted, bool is_last);
  template <class Coder>
  int32_t CodeDcError(Coder& coder, int32_t wanted);

  bool is_full_;
  DecisionMixer ac_;
  DecisionMixer dc_;
  DecisionMixer end_;

  uint32_t component_ = 0;
  uint32_t is_chroma_ = 0;
  std::array<int32_t, kBlockSize> steps_{};  // >= 1
  std::vector<int32_t> above_errors_;        // of means, [column]
  int32_t left_error_ = 0;

  State state_;
};

}  // namespace lmz::jpeg
