#include "mix/observe/forecast.h"

namespace lmz {

uint16_t ShareOf(const ByteOpinion& opinion, uint8_t byte) {
  if (opinion.sum() == 0) return 1;
  const uint64_t share_q16 = (uint64_t{opinion.weight(byte)} << 16) / opinion.sum();
  return static_cast<uint16_t>(std::clamp<uint64_t>(share_q16, 1, 65535));
}

Guesses LikeliestOf(const ByteOpinion& opinion) {
  Guesses guesses;
  for (int value = 0; value < 256; ++value) {
    const auto byte = static_cast<uint8_t>(value);
    Guess guess = {byte, ShareOf(opinion, byte)};
    if (guess.p_q16 < kLeastGuessQ16) continue;
    for (Guess& place : guesses) {
      if (guess.p_q16 > place.p_q16) std::swap(guess, place);
    }
  }
  return guesses;
}

}  // namespace lmz
