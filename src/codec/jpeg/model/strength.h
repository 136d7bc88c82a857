// How much the model of coefficients looks at.
#pragma once

#include <cstdint>

namespace lmz::jpeg {

enum class Strength : uint8_t {
  kFull,   // all contexts
  kLight,  // a few, in half of the time
};

}  // namespace lmz::jpeg
