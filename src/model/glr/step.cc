#include "model/glr/step.h"

#include <algorithm>
#include <array>
#include <span>

#include "model/glr/kernels/fixed_point.h"

namespace lmz {

namespace {

// Every kernel goes over all lanes: it works out what single numbers a lane needs (sums, roots,
// divisions) for many lanes in one vector.
class GlrStep {
 public:
  GlrStep(const PackedGlr& network, LaneStates& states, int first, int count, StepScratch& scratch)
      : network_(network),
        kernels_(*network.kernels),
        states_(states),
        first_(first),
        count_(count),
        scratch_(scratch) {}

  void Embed(const uint8_t* input_bytes) {
    const size_t width = network_.shape.width;
    for (int lane = 0; lane < count_; ++lane) {
      const int16_t* row = network_.embedding.data() + input_bytes[lane] * width;
      std::copy(row, row + width, states_.residual(first_ + lane).data());
    }
  }

  // x += Output(Norm(state) * Silu(gate)), where the state takes in the new value.
  void Recurrence(const PackedLayer& layer, LayerState& memory) {
    Normalize(layer.input_norm, states_.residual_from(first_));
    ShiftAndQuantize(layer.mix, memory.previous_input, layer.input_norm);
    for (size_t i = 0; i < kMaxMixes; ++i) Multiply(layer.projection[i], i);
    const int size = network_.shape.state;
    const Rows<int32_t> state = memory.state.From(first_);
    kernels_.update_state(Sums(layer.projection[0], 0), Sums(layer.projection[1], 1),
                          layer.forget_bias.data(), count_, size, scratch_.gates.data(), state);
    kernels_.silu(Sums(layer.projection[2], 2), count_, size, scratch_.gates.data(),
                  scratch_.gate.From(0));
    Normalize(layer.state_norm, state);
    kernels_.product_quantize(AsConst(scratch_.normal.From(0)), AsConst(scratch_.gate.From(0)),
                              count_, size, layer.state_norm.fraction + kSiluFraction,
                              scratch_.full.data(), Quantized(size));
    Multiply(layer.output);
    AddProduct(layer.output);
  }

  // x += Down(Relu(Up(...))^2).
  void Hidden(const PackedLayer& layer, LayerState& memory) {
    Normalize(layer.hidden_norm, states_.residual_from(first_));
    ShiftAndQuantize(std::span(&layer.hidden_mix, 1), memory.previous_hidden, layer.hidden_norm);
    Multiply(layer.up);
    kernels_.square_quantize(Sums(layer.up, 0), count_, network_.shape.hidden, scratch_.half.data(),
                             Quantized(network_.shape.hidden));
    Multiply(layer.down);
    AddProduct(layer.down);
  }

  void Head(uint32_t* weights) {
    Normalize(network_.final_norm, states_.residual_from(first_));
    kernels_.quantize(AsConst(scratch_.normal.From(0)), count_, network_.shape.width,
                      network_.final_norm.fraction, Quantized(network_.shape.width));
    Multiply(network_.head);
    kernels_.byte_weights(Sums(network_.head, 0), network_.head_bias.data(), count_,
                          scratch_.full.data(), weights);
  }

 private:
  template <class T>
  static Rows<const T> AsConst(const Rows<T>& rows) {
    return {rows.first, rows.stride};
  }

  QuantizedRows Quantized(int size, size_t slot = 0) {
    return scratch_.slots[slot].Quantized(size);
  }

  void Normalize(const PackedNorm& norm, const Rows<int32_t>& x) {
    kernels_.normalize(AsConst(x), count_, static_cast<int>(norm.weights.size()), norm.epsilon,
                       norm.weights.data(), scratch_.normal.From(0));
  }

  // Mixes one by one into the slots from 0 on; what was `previous` is the present from here on.
  void ShiftAndQuantize(std::span<const PackedMix> mixes, LaneRows<int16_t>& previous,
                        const PackedNorm& norm) {
    std::array<MixWeights, kMaxMixes> weights;
    std::array<QuantizedRows, kMaxMixes> out;
    for (size_t i = 0; i < mixes.size(); ++i) {
      weights[i] = mixes[i].view();
      out[i] = Quantized(network_.shape.width, i);
    }
    kernels_.shift_quantize(AsConst(scratch_.normal.From(0)), previous.From(first_), weights.data(),
                            static_cast<int>(mixes.size()), count_, network_.shape.width,
                            norm.fraction, scratch_.half.data(), out.data());
  }

  // The product of what was quantised into a slot.
  void Multiply(const GlrMatrix& matrix, size_t slot = 0) {
    const Rows<uint8_t> bytes = Quantized(matrix.storage.columns(), slot).q;
    const Rows<int32_t> sums = scratch_.slots[slot].Sums(matrix.storage.rows());
    matrix.storage.Multiply(bytes.first, bytes.stride, count_, sums.first, sums.stride);
  }

  // x += the product in slot 0.
  void AddProduct(const GlrMatrix& matrix) {
    kernels_.add(Sums(matrix, 0), count_, network_.shape.width, states_.residual_from(first_));
  }

  // The product in a slot. A narrowed sum times its 15-bit scale has Scale_Exponent - sum_shift -
  // 15 fraction bits more than the input (spec 3.3).
  ScaledSums Sums(const GlrMatrix& matrix, size_t slot) {
    StepScratch::Slot& of = scratch_.slots[slot];
    return {AsConst(of.Sums(matrix.storage.rows())), matrix.row_scale.data(), matrix.sum_shift,
            of.scales(), matrix.scale_exponent - matrix.sum_shift - 15};
  }

  const PackedGlr& network_;
  const NetworkKernels& kernels_;
  LaneStates& states_;
  const int first_;
  const int count_;
  StepScratch& scratch_;
};

}  // namespace

void StepGlr(const PackedGlr& network, LaneStates& states, int first, int count, StepPart part,
             const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch) {
  const ProductScope scope(network.kernels->dense, count);
  GlrStep step(network, states, first, count, scratch);
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
