// A correctly rounded inverse square root in integers (docs/spec/numerics.md, section 2), for
// kernels of any instruction set.
#pragma once

#include <cstdint>

namespace lmz {

// min(32767, floor(sqrt(2^44 / mantissa))) for 2^14 <= mantissa < 2^16. Pure; thread-safe.
int32_t InverseSqrt(uint32_t mantissa);

}  // namespace lmz
