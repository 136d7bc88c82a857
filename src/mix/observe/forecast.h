// What was expected of a byte before it was decoded: for those who explain where the bits go.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "mix/context_mixer.h"

namespace lmz {

struct Guess {
  uint8_t byte = 0;
  uint16_t p_q16 = 0;  // its probability, in 1/65536; 0: there is no guess
};

// The likeliest bytes, the likeliest first; those below kLeastGuessQ16 are left out.
inline constexpr size_t kGuesses = 4;
inline constexpr uint32_t kLeastGuessQ16 = 655;  // 1 %
using Guesses = std::array<Guess, kGuesses>;

struct ByteForecast {
  bool has_network = false;
  Guesses network;              // of the first opinion
  uint16_t network_of_its = 0;  // what it gave the byte that came, in 1/65536, at least 1
  Guesses mixer;                // of all together: what the byte was coded with
};

// Of weights relative to each other.
Guesses LikeliestOf(const ByteOpinion& opinion);
uint16_t ShareOf(const ByteOpinion& opinion, uint8_t byte);

// Those of a tree of bits, the highest one first: `peek` gives the probability of a one after the
// bits in a node (1 .. 255), in 1/65536, and is asked for node 1 first. Follows the likeliest
// branches only.
template <class Peek>
Guesses LikeliestOf(Peek peek) {
  struct Branch {
    uint32_t p_q16;
    uint32_t node;
    bool operator<(const Branch& other) const { return p_q16 < other.p_q16; }
  };
  // Branches that wait exclude each other, so that no more of them can be likely enough.
  std::array<Branch, 65536 / kLeastGuessQ16 + 2> branches;
  size_t count = 1;
  branches[0] = {65535, 1};
  Guesses guesses;
  for (size_t found = 0; count != 0 && found < kGuesses;) {
    std::pop_heap(branches.begin(), branches.begin() + count);
    const auto [p_q16, node] = branches[--count];
    if (node >= 256) {
      guesses[found++] = {static_cast<uint8_t>(node), static_cast<uint16_t>(p_q16)};
      continue;
    }
    const uint32_t one = static_cast<uint32_t>(uint64_t{p_q16} * peek(node) >> 16);
    for (const Branch& next : {Branch{p_q16 - one, 2 * node}, Branch{one, 2 * node + 1}}) {
      if (next.p_q16 < kLeastGuessQ16) continue;
      branches[count++] = next;
      std::push_heap(branches.begin(), branches.begin() + count);
    }
  }
  return guesses;
}

}  // namespace lmz
