#include "train/loop/compact_floats.h"

#include <ATen/ATen.h>

namespace lmz::train {

at::Tensor RoundTo24Bits(const at::Tensor& floats) {
  // A carry out of the mantissa goes into the exponent, as it should.
  return floats.view(at::kInt).add(0x80).bitwise_and(~0xff).view(at::kFloat);
}

at::Tensor PackTo24Bits(const at::Tensor& floats) {
  const at::Tensor bits = floats.cpu().view(at::kInt);
  const at::Tensor packed = at::empty({3, floats.numel()}, at::kByte);
  for (int64_t i = 0; i < 3; ++i) {
    packed[i].copy_(bits.bitwise_right_shift(8 * (i + 1)).bitwise_and(0xff));
  }
  return packed;
}

at::Tensor UnpackFrom24Bits(const at::Tensor& packed) {
  at::Tensor bits = at::zeros({packed.size(1)}, at::kInt);
  for (int64_t i = 0; i < 3; ++i) {
    bits.bitwise_or_(packed[i].to(at::kInt).bitwise_left_shift(8 * (i + 1)));
  }
  return bits.view(at::kFloat);
}

}  // namespace lmz::train
