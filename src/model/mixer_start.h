// Where the context mixer's weights begin, trained with the model: small inputs gain most. Format:
// docs/spec/model.md, section MIXR.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

struct MixerStart {
  static constexpr int kSets = 6;
  static constexpr int kInputs = 40;
  // In 1/65536, within +-2^19. Every row of a set begins alike.
  std::array<std::array<int32_t, kInputs>, kSets> weights;
};

}  // namespace lmz
