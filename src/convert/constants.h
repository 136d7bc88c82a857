// The constants of a network as a model file has them (docs/spec/model.md, 2.4), each the integer
// nearest to the exact value, which wide integer arithmetic finds.
#pragma once

#include "convert/number.h"
#include "convert/tensor_type.h"
#include "model/transformer/weights.h"

namespace lmz::convert {

// The scale nearest to `number`. Errors: kInvalidArgument when it is not positive or too large or
// small.
Result<ScaleWeight> ScaleOf(const Number& number);

// Nearest to the square root of `n`, 1 .. 2^20.
ScaleWeight ScaleOfRoot(uint64_t n);

// Nearest to log2(e) / the square root of `n`, 1 .. 2^20.
ScaleWeight BitsPerRoot(uint64_t n);

// base^(-index / half) / (2 pi divisor) turns in units of 2^-32, without whole turns. base is 1 ..
// 2^64, index below half, half 1 .. 128, divisor 2^-8 .. 2^24 with a mantissa below 2^49.
uint32_t PhaseOf(const Number& base, uint32_t index, uint32_t half, const Number& divisor);

// Whether a number is in that range of divisors or bases.
bool IsDivisor(const Number& number);
bool IsBase(const Number& number);

// row[i] * the square root of `n` (1 .. 2^14) in integers of magnitude at most 32767 with as many
// fraction bits as fit, at most 64. Errors: kInvalidArgument when not even -64 do.
Result<NormWeights> ScaledByRoot(const NumberRow& row, uint64_t n);

}  // namespace lmz::convert
