// One byte of a lane, predicted by the context mixer: for all who compress with it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "entropy/code_byte.h"
#include "mix/context_mixer.h"
#include "mix/observe/observed_decoder.h"

namespace lmz {

// Codes `byte`, which stands in the lane's block at the lane's position, and learns from it. A
// const Byte is encoded, or listened to; another is decoded and written. Returns the byte.
template <class Coder, class Byte>
uint8_t CodeByte(ContextMixer& mixer, ContextMixer::Lane& lane, Coder& coder, Byte& byte) {
  struct Bits {
    uint32_t Predict() { return mixer.Predict(lane); }
    void Update(int bit) { mixer.Update(lane, bit); }
    ContextMixer& mixer;
    ContextMixer::Lane& lane;
  };
  constexpr bool kIsKnown = std::is_const_v<Byte>;
  if constexpr (kIsObserved<Coder>) {
    coder.Foresee(mixer, lane, [&](uint32_t node) { return mixer.Peek(lane, node); });
  }
  const uint8_t coded = CodeByte(coder, Bits{mixer, lane}, kIsKnown ? byte : 0u);
  if constexpr (!kIsKnown) byte = coded;
  if constexpr (kIsObserved<Coder>) coder.EndByte(lane, coded);
  mixer.UpdateByte(lane);
  return coded;
}

}  // namespace lmz
