#include "model/glr/step.h"

#include <algorithm>
#include <array>
#include <span>

#include "model/glr/kernels/fixed_point.h"

namespace lmz {

namespace {

// Some steps of some lanes. All that remembers nothing goes over all positions at once: matrices
// are read once for all of them. Every kernel goes over all its rows: it works out what single
// numbers a lane needs (sums, roots, divisions) for many lanes in one vector.
class GlrStep {
 public:
  GlrStep(const PackedGlr& network, LaneStates& states, const GlrSteps& steps, StepScratch& scratch)
      : network_(network),
        kernels_(*network.kernels),
        first_(steps.first),
        count_(steps.count),
        times_(steps.times),
        positions_(count_ * times_),
        residual_(times_ == 1 ? states.residual_from(first_) : scratch.residual.From(0)),
        scratch_(scratch) {}

  void Embed(const uint8_t* input_bytes) {
    const size_t width = network_.shape.width;
    for (int i = 0; i < positions_; ++i) {
      const int16_t* row = network_.embedding.data() + input_bytes[i] * width;
      std::copy(row, row + width, residual_.first + i * residual_.stride);
    }
  }

  // x += Output(Norm(state) * Silu(gate)), where the state takes in the new value.
  void Recurrence(const PackedLayer& layer, LayerState& memory) {
    Normalize(layer.input_norm, residual_);
    ShiftAndQuantize(layer.mix, memory.previous_input, layer.input_norm);
    for (size_t i = 0; i < kMaxMixes; ++i) Multiply(layer.projection[i], i);
    const int size = network_.shape.state;
    const Rows<int32_t> state = UpdateState(layer, memory.state);
    kernels_.silu(Sums(layer.projection[2], 2), positions_, size, scratch_.gates.data(),
                  scratch_.gate.From(0));
    Normalize(layer.state_norm, state);
    kernels_.product_quantize(AsConst(scratch_.normal.From(0)), AsConst(scratch_.gate.From(0)),
                              positions_, size, layer.state_norm.fraction + kSiluFraction,
                              scratch_.full.data(), Quantized(size));
    Multiply(layer.output);
    AddProduct(layer.output);
  }

  // x += Down(Relu(Up(...))^2).
  void Hidden(const PackedLayer& layer, LayerState& memory) {
    Normalize(layer.hidden_norm, residual_);
    ShiftAndQuantize(std::span(&layer.hidden_mix, 1), memory.previous_hidden, layer.hidden_norm);
    Multiply(layer.up);
    kernels_.square_quantize(Sums(layer.up, 0), positions_, network_.shape.hidden,
                             scratch_.half.data(), Quantized(network_.shape.hidden));
    Multiply(layer.down);
    AddProduct(layer.down);
  }

  void Head(uint32_t* weights) {
    Normalize(network_.final_norm, residual_);
    kernels_.quantize(AsConst(scratch_.normal.From(0)), positions_, network_.shape.width,
                      network_.final_norm.fraction, Quantized(network_.shape.width));
    Multiply(network_.head);
    kernels_.byte_weights(Sums(network_.head, 0), network_.head_bias.data(), positions_,
                          scratch_.full.data(), weights);
  }

 private:
  template <class T>
  static Rows<const T> AsConst(const Rows<T>& rows) {
    return {rows.first, rows.stride};
  }

  QuantizedRows Quantized(int size, size_t slot = 0, int position = 0) {
    return scratch_.slots[slot].Quantized(size, position);
  }

  void Normalize(const PackedNorm& norm, const Rows<int32_t>& x) {
    kernels_.normalize(AsConst(x), positions_, static_cast<int>(norm.weights.size()), norm.epsilon,
                       norm.weights.data(), scratch_.normal.From(0));
  }

  // The states behind each step, of which the last are the lanes' from here on.
  Rows<int32_t> UpdateState(const PackedLayer& layer, LaneRows<int32_t>& of_lanes) {
    const int size = network_.shape.state;
    const Rows<int32_t> state = of_lanes.From(first_);
    const auto update = [&](int step, const Rows<int32_t>& rows) {
      kernels_.update_state(Sums(layer.projection[0], 0, step), Sums(layer.projection[1], 1, step),
                            layer.forget_bias.data(), count_, size, scratch_.gates.data(), rows);
    };
    if (times_ == 1) {
      update(0, state);
      return state;
    }
    const ptrdiff_t of_step = ptrdiff_t{count_} * size;
    const int32_t* before = state.first;
    for (int step = 0; step < times_; ++step) {
      const Rows<int32_t> rows = scratch_.states.From(step * count_);
      std::copy(before, before + of_step, rows.first);
      update(step, rows);
      before = rows.first;
    }
    std::copy(before, before + of_step, state.first);
    return scratch_.states.From(0);
  }

  // Mixes one by one into the slots from 0 on; what was `previous` is the present from here on.
  void ShiftAndQuantize(std::span<const PackedMix> mixes, LaneRows<int16_t>& previous,
                        const PackedNorm& norm) {
    std::array<MixWeights, kMaxMixes> weights;
    for (size_t i = 0; i < mixes.size(); ++i) weights[i] = mixes[i].view();
    for (int step = 0; step < times_; ++step) {
      std::array<QuantizedRows, kMaxMixes> out;
      for (size_t i = 0; i < mixes.size(); ++i) {
        out[i] = Quantized(network_.shape.width, i, step * count_);
      }
      kernels_.shift_quantize(AsConst(scratch_.normal.From(step * count_)), previous.From(first_),
                              weights.data(), static_cast<int>(mixes.size()), count_,
                              network_.shape.width, norm.fraction, scratch_.half.data(),
                              out.data());
    }
  }

  // The product of what was quantised into a slot.
  void Multiply(const GlrMatrix& matrix, size_t slot = 0) {
    const Rows<uint8_t> bytes = Quantized(matrix.storage.columns(), slot).q;
    const Rows<int32_t> sums = scratch_.slots[slot].Sums(matrix.storage.rows());
    matrix.storage.Multiply(bytes.first, bytes.stride, positions_, sums.first, sums.stride);
  }

  // x += the product in slot 0.
  void AddProduct(const GlrMatrix& matrix) {
    kernels_.add(Sums(matrix, 0), positions_, network_.shape.width, residual_);
  }

  // The product in a slot, from a step on. A narrowed sum times its 15-bit scale has Scale_Exponent
  // - sum_shift - 15 fraction bits more than the input (spec 3.3).
  ScaledSums Sums(const GlrMatrix& matrix, size_t slot, int step = 0) {
    StepScratch::Slot& of = scratch_.slots[slot];
    const int position = step * count_;
    return {AsConst(of.Sums(matrix.storage.rows(), position)), matrix.row_scale.data(),
            matrix.sum_shift, of.scales(position), matrix.scale_exponent - matrix.sum_shift - 15};
  }

  const PackedGlr& network_;
  const NetworkKernels& kernels_;
  const int first_;
  const int count_;
  const int times_;
  const int positions_;  // [times][count], which all but what remembers treats alike
  const Rows<int32_t> residual_;
  StepScratch& scratch_;
};

}  // namespace

void StepGlr(const PackedGlr& network, LaneStates& states, const GlrSteps& steps, StepPart part,
             const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch) {
  const ProductScope scope(network.kernels->dense, steps.count * steps.times);
  GlrStep step(network, states, steps, scratch);
  const int layers = network.shape.layers;
  if (part.index == 0) step.Embed(input_bytes);
  for (int i = part.index * layers / part.count; i < (part.index + 1) * layers / part.count; ++i) {
    const PackedLayer& layer = network.layers[static_cast<size_t>(i)];
    step.Recurrence(layer, states.layer(i));
    step.Hidden(layer, states.layer(i));
  }
  if (part.index + 1 == part.count) step.Head(weights);
}

}  // namespace lmz
