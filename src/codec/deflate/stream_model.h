// What coding deflate streams learns of how they were made. spec.md, sections 4 to 6.
#pragma once

#include <array>

#include "mix/adaptive_bit.h"

namespace lmz::deflate {

// For one stream, or all streams of one code.
struct StreamModel {
  static constexpr size_t kGuessKinds = 8;
  static constexpr uint32_t kHistory = 8;  // of the last three tokens, as bits

  std::array<AdaptiveBit, 2> stored;
  AdaptiveBit same_size;
  std::array<AdaptiveBit, 2> end;
  std::array<AdaptiveBit, 2> last;
  std::array<AdaptiveBit, kGuessKinds * kHistory> hit;
  AdaptiveBit takes_found;
  std::array<AdaptiveBit, kGuessKinds> literal_instead;
  AdaptiveNumber<8> length;
  AdaptiveBit same_distance;
  AdaptiveBit nearest_distance;
  AdaptiveNumber<4> distance_width;
  std::array<AdaptiveBit, 2> fixed;
  AdaptiveBit same_header;
  AdaptiveNumber<5> run_symbol;
};

}  // namespace lmz::deflate
