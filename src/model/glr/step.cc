#include "model/glr/step.h"

#include <algorithm>
#include <array>
#include <span>

#include "model/glr/kernels/fixed_point.h"

namespace lmz {

namespace {

// Every pass goes over all lanes before the next pass begins: the chains of dependent instructions
// in one lane (the sums, roots and divisions of whole vectors) then overlap with the next lane's.
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
      std::copy(row, row + width, Residual(lane));
    }
  }

  // x += Output(Norm(state) * Silu(gate)), where the state takes in the new value.
  void Recurrence(const PackedLayer& layer, LayerState& memory) {
    NormalizeResidual(layer.input_norm);
    ShiftAndQuantize(layer.mix, memory.previous_input, layer.input_norm);
    for (size_t i = 0; i < 3; ++i) Multiply(layer.projection[i], scratch_.slots[i]);
    const int size = network_.shape.state;
    for (int lane = 0; lane < count_; ++lane) {
      kernels_.update_state(Scaled(layer.projection[0], 0, lane, kStateFraction),
                            Scaled(layer.projection[1], 1, lane, kGateFraction),
                            layer.forget_bias.data(), size, scratch_.gates.data(),
                            memory.state[first_ + lane].data());
    }
    for (int lane = 0; lane < count_; ++lane) {
      kernels_.silu(Scaled(layer.projection[2], 2, lane, kSiluFraction), size,
                    scratch_.gates.data(), scratch_.gate[lane].data());
    }
    for (int lane = 0; lane < count_; ++lane) {
      Normalize(layer.state_norm, memory.state[first_ + lane].data(), lane);
    }
    for (int lane = 0; lane < count_; ++lane) {
      QuantizedScale& scale = ScaleOf(0, lane);
      scale = kernels_.product_quantize(scratch_.normal[lane].data(), scratch_.gate[lane].data(),
                                        size, scratch_.full.data(), Quantised(0, lane));
      scale.exponent += layer.state_norm.fraction + kSiluFraction;
    }
    Multiply(layer.output, scratch_.slots[0]);
    AddProduct(layer.output);
  }

  // x += Down(Relu(Up(...))^2).
  void Hidden(const PackedLayer& layer, LayerState& memory) {
    NormalizeResidual(layer.hidden_norm);
    ShiftAndQuantize(std::span(&layer.hidden_mix, 1), memory.previous_hidden, layer.hidden_norm);
    Multiply(layer.up, scratch_.slots[0]);
    for (int lane = 0; lane < count_; ++lane) {
      QuantizedScale& scale = ScaleOf(0, lane);
      const int exponent = ProductExponent(layer.up, scale);
      scale = kernels_.square_quantize(Scaled(layer.up, 0, lane, 0), network_.shape.hidden,
                                       scratch_.half.data(), Quantised(0, lane));
      scale.exponent += 2 * exponent;
    }
    Multiply(layer.down, scratch_.slots[0]);
    AddProduct(layer.down);
  }

  void Head(uint32_t* weights) {
    NormalizeResidual(network_.final_norm);
    for (int lane = 0; lane < count_; ++lane) {
      QuantizedScale& scale = ScaleOf(0, lane);
      scale =
          kernels_.quantize(scratch_.normal[lane].data(), network_.shape.width, Quantised(0, lane));
      scale.exponent += network_.final_norm.fraction;
    }
    Multiply(network_.head, scratch_.slots[0]);
    for (int lane = 0; lane < count_; ++lane) {
      kernels_.byte_weights(Scaled(network_.head, 0, lane, kLogitFraction),
                            network_.head_bias.data(), scratch_.full.data(),
                            weights + ptrdiff_t{lane} * kByteValues);
    }
  }

 private:
  QuantizedScale& ScaleOf(size_t slot, int lane) {
    return scratch_.slots[slot].scale[static_cast<size_t>(lane)];
  }
  int32_t* Residual(int lane) { return states_.residual(first_ + lane).data(); }
  uint8_t* Quantised(size_t slot, int lane) { return scratch_.slots[slot].quantised[lane].data(); }

  void Normalize(const PackedNorm& norm, const int32_t* x, int lane) {
    kernels_.normalize(x, static_cast<int>(norm.weights.size()), norm.epsilon, norm.weights.data(),
                       scratch_.normal[lane].data());
  }

  void NormalizeResidual(const PackedNorm& norm) {
    for (int lane = 0; lane < count_; ++lane) Normalize(norm, Residual(lane), lane);
  }

  // Mixes one by one into the slots from 0 on; what was `previous` is the present from here on.
  void ShiftAndQuantize(std::span<const PackedMix> mixes, LaneRows<int16_t>& previous,
                        const PackedNorm& norm) {
    std::array<MixWeights, kMaxMixes> weights;
    for (size_t i = 0; i < mixes.size(); ++i) weights[i] = mixes[i].view();
    for (int lane = 0; lane < count_; ++lane) {
      std::array<QuantizedVector, kMaxMixes> out;
      for (size_t i = 0; i < mixes.size(); ++i) out[i] = {Quantised(i, lane), &ScaleOf(i, lane)};
      kernels_.shift_quantize(scratch_.normal[lane].data(), previous[first_ + lane].data(),
                              weights.data(), static_cast<int>(mixes.size()), network_.shape.width,
                              scratch_.half.data(), out.data());
      for (size_t i = 0; i < mixes.size(); ++i) ScaleOf(i, lane).exponent += norm.fraction;
    }
  }

  void Multiply(const GlrMatrix& matrix, StepScratch::Slot& slot) {
    matrix.storage.Multiply(slot.quantised[0].data(), slot.quantised.size(), count_,
                            slot.sums[0].data(), slot.sums.size());
  }

  // x += the product in slot 0.
  void AddProduct(const GlrMatrix& matrix) {
    for (int lane = 0; lane < count_; ++lane) {
      kernels_.add(Scaled(matrix, 0, lane, kResidualFraction, -16), network_.shape.width,
                   Residual(lane));
    }
  }

  // A narrowed sum times its 15-bit scale has this many fraction bits (spec 3.3).
  static int ProductExponent(const GlrMatrix& matrix, const QuantizedScale& input) {
    return matrix.scale_exponent - matrix.sum_shift - 15 + input.exponent;
  }

  ScaledSums Scaled(const GlrMatrix& matrix, size_t slot, int lane, int fraction,
                    int least_shift = 0) {
    const QuantizedScale& input = ScaleOf(slot, lane);
    return {scratch_.slots[slot].sums[lane].data(), matrix.row_scale.data(), matrix.sum_shift,
            input.mantissa, std::clamp(ProductExponent(matrix, input) - fraction, least_shift, 31)};
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
