#include "model/glr_step.h"

#include <algorithm>

#include "kernels/fixed_point.h"

namespace lmz {

namespace {

class GlrStep {
 public:
  GlrStep(const BoundGlr& network, int first, int count, StepScratch& scratch)
      : network_(network),
        kernels_(*network.kernels),

        first_(first),
        count_(count),
        scratch_(scratch) {}

  void Embed(const uint8_t* input_bytes) {
    const size_t width = network_.shape.width;
    for (int lane = 0; lane < count_; ++lane) {
      const int16_t* row = network_.embedding.data() + input_bytes[lane] * width;
      std::copy(row, row + width, scratch_.residual[lane].begin());
    }
  }

  // x += Output(Norm(state) * Silu(gate)), where the state takes in the new value.
  void Recurrence(const BoundLayer& layer, LayerState& memory) {
    for (int lane = 0; lane < count_; ++lane) {
      Normalize(layer.input_norm, scratch_.residual[lane].data(), scratch_.normal);
      const auto previous = memory.previous_input[first_ + lane];
      for (size_t i = 0; i < 3; ++i) {
        ShiftAndQuantize(layer.mix[i], previous, layer.input_norm, scratch_.slots[i], lane);
      }
      std::copy_n(scratch_.normal.begin(), previous.size(), previous.begin());
    }
    for (size_t i = 0; i < 3; ++i) Multiply(layer.projection[i], scratch_.slots[i]);
    const int size = network_.shape.state;
    for (int lane = 0; lane < count_; ++lane) {
      int32_t* const state = memory.state[first_ + lane].data();
      kernels_.update_state(Scaled(layer.projection[0], 0, lane, kStateFraction),
                            Scaled(layer.projection[1], 1, lane, kGateFraction),
                            layer.forget_bias.data(), size, scratch_.gates.data(), state);
      kernels_.silu(Scaled(layer.projection[2], 2, lane, kSiluFraction), size,
                    scratch_.gates.data(), scratch_.gate.data());
      Normalize(layer.state_norm, state, scratch_.normal);
      QuantizedScale& scale = ScaleOf(0, lane);
      scale = kernels_.product_quantize(scratch_.normal.data(), scratch_.gate.data(), size,
                                        scratch_.full.data(), Quantised(0, lane));
      scale.exponent += layer.state_norm.fraction + kSiluFraction;
    }
    MultiplyAndAdd(layer.output);
  }

  // x += Down(Relu(Up(...))^2).
  void Hidden(const BoundLayer& layer, LayerState& memory) {
    for (int lane = 0; lane < count_; ++lane) {
      Normalize(layer.hidden_norm, scratch_.residual[lane].data(), scratch_.normal);
      const auto previous = memory.previous_hidden[first_ + lane];
      ShiftAndQuantize(layer.hidden_mix, previous, layer.hidden_norm, scratch_.slots[0], lane);
      std::copy_n(scratch_.normal.begin(), previous.size(), previous.begin());
    }
    Multiply(layer.up, scratch_.slots[0]);
    for (int lane = 0; lane < count_; ++lane) {
      QuantizedScale& scale = ScaleOf(0, lane);
      const int exponent = ProductExponent(layer.up, scale);
      scale = kernels_.square_quantize(Scaled(layer.up, 0, lane, 0), network_.shape.hidden,
                                       scratch_.half.data(), Quantised(0, lane));
      scale.exponent += 2 * exponent;
    }
    MultiplyAndAdd(layer.down);
  }

  void Head(uint32_t* weights) {
    for (int lane = 0; lane < count_; ++lane) {
      Normalize(network_.final_norm, scratch_.residual[lane].data(), scratch_.normal);
      QuantizedScale& scale = ScaleOf(0, lane);
      scale = kernels_.quantize(scratch_.normal.data(), network_.shape.width, Quantised(0, lane));
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
  uint8_t* Quantised(size_t slot, int lane) { return scratch_.slots[slot].quantised[lane].data(); }

  void Normalize(const BoundNorm& norm, const int32_t* x, AlignedVector<int16_t>& out) {
    kernels_.normalize(x, static_cast<int>(norm.weights.size()), norm.epsilon, norm.weights.data(),
                       out.data());
  }

  void ShiftAndQuantize(const AlignedVector<int16_t>& mix, std::span<const int16_t> previous,
                        const BoundNorm& norm, StepScratch::Slot& slot, int lane) {
    QuantizedScale& scale = slot.scale[static_cast<size_t>(lane)];
    scale = kernels_.mix_quantize(scratch_.normal.data(), previous.data(), mix.data(),
                                  static_cast<int>(mix.size()), scratch_.half.data(),
                                  slot.quantised[lane].data());
    scale.exponent += norm.fraction;
  }

  void Multiply(const BoundMatrix& matrix, StepScratch::Slot& slot) {
    kernels_.multiply(matrix.storage.view(), slot.quantised[0].data(), slot.quantised.size(),
                      count_, slot.sums[0].data(), slot.sums.size());
  }

  void MultiplyAndAdd(const BoundMatrix& matrix) {
    Multiply(matrix, scratch_.slots[0]);
    for (int lane = 0; lane < count_; ++lane) {
      kernels_.add(Scaled(matrix, 0, lane, kResidualFraction, -16), network_.shape.width,
                   scratch_.residual[lane].data());
    }
  }

  // A narrowed sum times its 15-bit scale has this many fraction bits (spec 3.3).
  static int ProductExponent(const BoundMatrix& matrix, const QuantizedScale& input) {
    return matrix.scale_exponent - matrix.sum_shift - 15 + input.exponent;
  }

  ScaledSums Scaled(const BoundMatrix& matrix, size_t slot, int lane, int fraction,
                    int least_shift = 0) {
    const QuantizedScale& input = ScaleOf(slot, lane);
    return {scratch_.slots[slot].sums[lane].data(), matrix.row_scale.data(), matrix.sum_shift,
            input.mantissa, std::clamp(ProductExponent(matrix, input) - fraction, least_shift, 31)};
  }

  const BoundGlr& network_;
  const NetworkKernels& kernels_;
  const int first_;
  const int count_;
  StepScratch& scratch_;
};

}  // namespace

void StepGlr(const BoundGlr& network, LaneStates& states, int first, int count,
             const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch) {
  GlrStep step(network, first, count, scratch);
  step.Embed(input_bytes);
  for (int i = 0; i < network.shape.layers; ++i) {
    const BoundLayer& layer = network.layers[static_cast<size_t>(i)];
    step.Recurrence(layer, states.layer(i));
    step.Hidden(layer, states.layer(i));
  }
  step.Head(weights);
}

}  // namespace lmz
