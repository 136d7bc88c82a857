// How a model of tokens errs in this text: for each place in the trie, alone and with the tokens
// before it, by how much the logits of its opinion are to be moved. Inputs of the context mixer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lmz {

// Shared by all lanes; Predict and Update alternate. Integer arithmetic only. Not thread-safe.
class TokenBias {
 public:
  static constexpr size_t kContexts = 3;
  using Contexts = std::array<uint64_t, kContexts>;

  // Where a byte is: the node of the trie that it follows, the last token and the one before it.
  static Contexts ContextsOf(uint32_t trie_node, uint32_t last, uint32_t before_last);

  // For a block of `raw_size` bytes. May throw std::bad_alloc.
  explicit TokenBias(uint64_t raw_size);

  // The bytes that one takes.
  static uint64_t MemoryFor(uint64_t raw_size);

  // What to add, in 1/256 nats and within +-2047, to the opinion's logit `logit_q8` of the bit
  // after those in `node`, by each context.
  std::array<int16_t, kContexts> Predict(const Contexts& contexts, uint32_t node, int logit_q8);

  // That bit was `bit`.
  void Update(int bit);

 private:
  int slot_bits_;
  std::vector<int32_t> biases_;  // [context][slot]: in 2^-16 nats, above how often it was moved

  // Of the bit at hand.
  std::array<int32_t*, kContexts> used_{};
  std::array<int, kContexts> logits_q8_{};
};

}  // namespace lmz
