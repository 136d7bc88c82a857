#include "codec/audio/distribution.h"

#include "base/uint128.h"

namespace lmz::audio {

namespace {

constexpr size_t kMiddle = kShapeSize / 2;
constexpr uint64_t kOneQ62 = uint64_t{1} << 62;

constexpr uint64_t MulQ62(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((Uint128{a} * b) >> 62);
}

// With a mean error of 1 the logistic distribution is 1 / (1 + 2^(-2 x)).
constexpr ShapeTable MakeLogistic() {
  constexpr uint64_t kStepQ62 = 4416165660797809419u;  // 2^(-1/16)
  ShapeTable table{};
  uint64_t power_q62 = kOneQ62;
  for (size_t i = 0; i <= kMiddle; ++i) {
    const auto above = static_cast<uint32_t>((Uint128{1} << 93) / (kOneQ62 + power_q62));
    table[kMiddle + i] = above;
    table[kMiddle - i] = (1u << 31) - above;
    power_q62 = MulQ62(power_q62, kStepQ62);
  }
  return table;
}

// exp(-x) / 2 on the left.
constexpr ShapeTable MakeLaplace() {
  constexpr uint64_t kStepQ62 = 4469799356029710115u;  // exp(-1/32)
  ShapeTable table{};
  uint64_t power_q62 = kOneQ62;
  for (size_t i = 0; i <= kMiddle; ++i) {
    const auto below = static_cast<uint32_t>(power_q62 >> 32);
    table[kMiddle - i] = below;
    table[kMiddle + i] = (1u << 31) - below;
    power_q62 = MulQ62(power_q62, kStepQ62);
  }
  return table;
}

// The density is proportional to exp(-x^2 / pi); its trapezoids add up from the middle.
constexpr ShapeTable MakeNormal() {
  constexpr uint64_t kFirstRatioQ62 = 4610252700927136595u;  // exp(-1 / (1024 pi))
  constexpr uint64_t kRatioStepQ62 = 4608819828903669334u;   // its square
  std::array<uint64_t, kMiddle + 1> areas{};
  uint64_t density_q62 = kOneQ62;
  uint64_t ratio_q62 = kFirstRatioQ62;
  for (size_t i = 1; i <= kMiddle; ++i) {
    const uint64_t next_q62 = MulQ62(density_q62, ratio_q62);
    areas[i] = areas[i - 1] + (density_q62 >> 8) + (next_q62 >> 8);
    density_q62 = next_q62;
    ratio_q62 = MulQ62(ratio_q62, kRatioStepQ62);
  }
  ShapeTable table{};
  for (size_t i = 0; i <= kMiddle; ++i) {
    const auto half = static_cast<uint32_t>((Uint128{areas[i]} << 30) / areas[kMiddle]);
    table[kMiddle + i] = (1u << 30) + half;
    table[kMiddle - i] = (1u << 30) - half;
  }
  return table;
}

}  // namespace

constinit const std::array<ShapeTable, 3> kShapes = {MakeLogistic(), MakeLaplace(), MakeNormal()};

}  // namespace lmz::audio
