// Floats in fewer bytes, for checkpoints.
#pragma once

#include <torch/types.h>

namespace lmz::train {

// The nearest floats whose last byte is zero: 15 bits of mantissa, a relative error of 2^-16.
// `floats` is contiguous, on any device.
at::Tensor RoundTo24Bits(const at::Tensor& floats);

// The upper three bytes of each of the floats [n] as uint8 [3][n], on the CPU; and back.
at::Tensor PackTo24Bits(const at::Tensor& floats);
at::Tensor UnpackFrom24Bits(const at::Tensor& packed);

}  // namespace lmz::train
