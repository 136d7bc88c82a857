// What a network remembers: LaneStates between steps, StepScratch within one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpu/aligned.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/weights.h"

namespace lmz {

// `lanes` rows of `size` numbers.
template <class T>
class LaneRows {
 public:
  LaneRows() = default;
  LaneRows(int lanes, int size)
      : numbers_(static_cast<size_t>(lanes) * static_cast<size_t>(size)), size_(size) {}
  std::span<T> operator[](int lane) {
    const auto size = static_cast<size_t>(size_);
    return std::span<T>(numbers_).subspan(static_cast<size_t>(lane) * size, size);
  }
  // The rows from `lane` on, for the kernels.
  Rows<T> From(int lane) { return {(*this)[lane].data(), size_}; }
  int size() const { return size_; }  // also the stride

 private:
  AlignedVector<T> numbers_;
  int size_ = 0;
};

struct LayerState {
  LaneRows<int32_t> state;            // [lanes][state]: the recurrence, Q14
  LaneRows<int16_t> previous_input;   // [lanes][width]: its normalised input one step ago
  LaneRows<int16_t> previous_hidden;  // [lanes][width]: the MLP's normalised input one step ago
};

// The recurrent state of some lanes, zero at first. Distinct lanes may be used by distinct threads
// at the same time.
class LaneStates {
 public:
  // lanes >= 1. May throw std::bad_alloc.
  LaneStates(const GlrShape& shape, int lanes);

  // The bytes that these states take, from above.
  static uint64_t MemoryFor(const GlrShape& shape, int lanes);

  LayerState& layer(int index) { return layers_[static_cast<size_t>(index)]; }
  // [width]: the residual stream, which outlives no step.
  std::span<int32_t> residual(int lane) { return residual_[lane]; }
  Rows<int32_t> residual_from(int lane) { return residual_.From(lane); }

  // Makes `lane` forget everything, as if new.
  void Reset(int lane);

 private:
  LaneRows<int32_t> residual_;
  std::vector<LayerState> layers_;
};

// One thread's working memory for up to `steps` steps at once of up to `lanes` lanes. Their
// positions are numbered step by step.
struct StepScratch {
  // lanes, steps >= 1. May throw std::bad_alloc.
  StepScratch(const GlrShape& shape, int lanes, int steps);

  // The bytes that it takes, from above.
  static uint64_t MemoryFor(const GlrShape& shape, int lanes, int steps);

  // Input and output of a matrix product for all positions. Rows are as far apart as the matrix at
  // hand makes them and a cache line more: were the distance a power of two, lanes would share few
  // sets of the cache.
  class Slot {
   public:
    Slot(int positions, int widest);
    static uint64_t MemoryFor(int positions, int widest);

    // Vectors of `size` quantised numbers from a position on, size <= widest.
    QuantizedRows Quantized(int size, int position);
    // As many sums.
    Rows<int32_t> Sums(int size, int position = 0);
    // Of the quantised vectors.
    LaneScales scales(int position) {
      return {mantissa_.data() + position, exponent_.data() + position};
    }

   private:
    AlignedVector<uint8_t> quantized_;
    AlignedVector<int32_t> mantissa_;  // [positions in whole units, and one more]
    AlignedVector<int32_t> exponent_;  // the same
    AlignedVector<int32_t> sums_;
  };

  std::vector<Slot> slots;   // [kMaxMixes]
  LaneRows<int16_t> normal;  // [positions][the larger of width and state]
  LaneRows<int16_t> gate;    // [positions][state]
  // With steps > 1, else they are in LaneStates:
  LaneRows<int32_t> residual;  // [positions][width]
  LaneRows<int32_t> states;    // [positions][state]: behind each step
  // The kernels' scratch, [positions in whole units] of:
  AlignedVector<int16_t> half;    // [the larger of kMaxMixes * width and hidden]
  AlignedVector<uint16_t> gates;  // [state]
  AlignedVector<int32_t> full;    // [the larger of state and 256]
};

}  // namespace lmz
