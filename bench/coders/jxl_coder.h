#pragma once

#include "bench/measure/coder.h"

namespace lmz::bench {

// JPEG XL without loss, effort 9.
std::unique_ptr<Coder> MakeJxlCoder();

}  // namespace lmz::bench
