// Whether a token ends: the decision between two bytes that the context mixer knows nothing of. A
// small mixer of its own for the model's opinion, what followed the same bytes, and where tokens
// ended at the place that a match points to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lmz {

// Shared by all lanes; Predict and Update alternate. Integer arithmetic only. Not thread-safe.
class EndMixer {
 public:
  // What a decision is made from.
  struct Situation {
    int model_logit_q8;     // that the token ends, within +-kMaxLogitQ8
    int second_logit_q8;    // that the next byte cannot go on with it, likewise; 0: not known
    uint32_t node;          // of the trie: the token as far as it is known
    uint32_t previous;      // a number for the token before it
    uint32_t recent;        // the last bytes, the latest lowest
    uint32_t match_length;  // of the match; 0: there is none
    bool match_ended;       // whether a token ended at the place that it points to
    uint8_t expected_byte;  // behind that place
  };

  // For a block of `raw_size` bytes. May throw std::bad_alloc.
  explicit EndMixer(uint64_t raw_size);

  // The bytes that one takes.
  static uint64_t MemoryFor(uint64_t raw_size);

  // The probability, in 1/65536 and within 1 .. 65535, that the token ends.
  uint32_t Predict(const Situation& situation);

  // It did, or went on.
  void Update(bool ends);

 private:
  static constexpr size_t kCounters = 6;
  static constexpr size_t kInputs = kCounters + 3;
  static constexpr size_t kSets = 3;

  using Row = std::array<int32_t, kInputs>;  // weights in 1/65536

  int slot_bits_;  // of the counters of one kind
  // [kind][slot]: a probability in 2^-22, above how often it was used
  std::vector<uint32_t> counters_;
  std::array<std::vector<Row>, kSets> rows_;

  // Of the decision at hand.
  std::array<int, kInputs> inputs_q8_{};
  std::array<uint32_t*, kCounters> used_{};
  std::array<Row*, kSets> sets_{};
  std::array<int, kSets> logits_q8_{};
};

}  // namespace lmz
