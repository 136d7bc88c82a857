// A byte model beside the model of tokens: its opinion on each lane's next byte.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cpu/aligned.h"
#include "model/predictor.h"
#include "model/token/token_trie.h"

namespace lmz::token {

// Not thread-safe.
class SecondOpinion {
 public:
  // `model` outlives the opinion; null: there is none. May throw std::bad_alloc.
  SecondOpinion(const Predictor* model, int lanes);

  // The bytes that one takes, from above.
  static uint64_t MemoryFor(const Predictor* model, int lanes);

  bool exists() const { return session_ != nullptr; }

  // The lane's last byte is known; until then it is 0.
  void SetLast(int lane, uint8_t byte) { last_bytes_[static_cast<size_t>(lane)] = byte; }

  // A step of `lanes`, in ascending order, each of which reads its last byte. Errors: those of the
  // session.
  Status Step(std::span<const int> lanes);

  // The relative weights of the lane's next byte after its last step.
  const uint32_t* weights(int lane) const {
    return &weights_[static_cast<size_t>(lane) * kByteValues];
  }

  // The logit, in 1/256 nats and within +-kMaxLogitQ8, that the lane's next byte is none of those
  // by which tokens go on at `node`; 0 where there is no model.
  int EndLogitQ8(int lane, const TokenTrie& trie, const TokenTrie::Node& node) const;

 private:
  std::unique_ptr<Session> session_;
  std::vector<uint8_t> last_bytes_;  // [lane]
  AlignedVector<uint32_t> weights_;  // [lane][byte]
};

}  // namespace lmz::token
