// What a model's distribution over tokens says byte by byte, as far as a token is known: how likely
// it is that the token ends here, and how likely each next byte is if it goes on. The product of
// these is the token's own probability.
#pragma once

#include <cstdint>
#include <vector>

#include "model/token/token_trie.h"

namespace lmz {

class TokenOpinion {
 public:
  // For tokens of `trie`, which outlives the opinion. May throw std::bad_alloc.
  explicit TokenOpinion(const TokenTrie& trie);

  // The bytes that one takes for a vocabulary of so many tokens.
  static uint64_t MemoryFor(uint32_t tokens);

  // A token begins: weights[token] for all of them, each 1 .. 2^30, which outlive the token.
  void Begin(const uint32_t* weights);

  // Where in the trie the token is known to be.
  uint32_t node() const { return node_; }
  // Whether a token ends here, and whether others go on.
  bool CanEnd() const { return trie_.node(node_).is_token; }
  bool CanGoOn() const { return trie_.node(node_).children != 0; }

  // Where both are possible: the logit that the token ends here, in 1/256 nats and within
  // +-kMaxLogitQ8.
  int EndLogitQ8() const;

  // Where it can go on: the relative weights of the next byte, 0 for those that no token has, with
  // a sum below 2^32.
  void ByteWeights(uint32_t* weights) const;

  // The token goes on with `byte`, which some token has here.
  void Enter(uint8_t byte) { node_ = trie_.Child(node_, byte); }

 private:
  static constexpr uint32_t kBlock = 64;  // tokens whose weights are summed together

  uint64_t SumOf(uint32_t begin, uint32_t end) const;

  const TokenTrie& trie_;
  uint32_t tokens_;
  const uint32_t* weights_ = nullptr;
  std::vector<uint64_t> sums_;  // [block]: of all weights before it
  uint32_t node_ = TokenTrie::kRoot;
};

}  // namespace lmz
