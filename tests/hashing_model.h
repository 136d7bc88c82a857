// A model of tokens for tests, with a vocabulary that is odd in every way and weights that are
// hashes of all tokens so far: whoever feeds a wrong token, or a right one too late, gets others.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "model/library.h"
#include "model/token_predictor.h"
#include "tests/random.h"
#include "tests/vocabularies.h"

namespace lmz::testing {

// Lacks bytes; one token is as long as can be, one has every byte but the first in common with it.
inline Vocabulary OddVocabulary() {
  const std::string longest(Vocabulary::kMaxTokenSize, 'x');
  Vocabulary::Parts parts =
      PartsOf({"th", "he", "the", " the", " t", "in", "ing", "xx", longest, "xxx",
               longest.substr(0, 255), "\xC3\xA9", "\xFF\xFE", std::string("\0\0", 2)},
              std::string("\0q\x80\xFE", 4));
  for (const auto& [left, right] : {std::pair("h", "e"),
                                    {"t", "he"},
                                    {"t", "h"},
                                    {" ", "the"},
                                    {" ", "t"},
                                    {"i", "n"},
                                    {"in", "g"},
                                    {"x", "x"},
                                    {"xx", "x"},
                                    {"\xC3", "\xA9"},
                                    {"\xFF", "\xFE"}}) {
    parts.segmenter.merges.push_back({NumberOf(parts, left), NumberOf(parts, right)});
  }
  parts.segmenter.merges.push_back(
      {NumberOf(parts, std::string(1, '\0')), NumberOf(parts, std::string(1, '\0'))});
  parts.segmenter.whole = {NumberOf(parts, longest)};
  parts.begin_row = NumberOf(parts, "\n");
  return MakeVocabulary(parts);
}

class HashingModel final : public TokenPredictor {
 public:
  HashingModel()
      : TokenPredictor(Checksum128(ToBytes("hashing")), {"hashing", "Apache-2.0", ""}, 0, {},
                       OddVocabulary()) {}

  uint64_t SessionMemory(const TokenSessionSize& size) const override {
    return sizeof(HashingSession) + static_cast<uint64_t>(size.lanes) * sizeof(uint64_t);
  }

  std::unique_ptr<TokenSession> Begin(const TokenSessionSize& size) const override {
    return std::make_unique<HashingSession>(vocabulary(), size);
  }

 private:
  class HashingSession final : public TokenSession {
   public:
    HashingSession(const Vocabulary& vocabulary, const TokenSessionSize& size)
        : vocabulary_(vocabulary), size_(size), pasts_(static_cast<size_t>(size.lanes)) {}

    Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
                uint32_t* weights) override {
      if (positions > size_.positions) return Status(Code::kInternal, "too many positions");
      for (const int lane : lanes) {
        for (int p = 0; p < positions; ++p) {
          uint64_t& past = pasts_[static_cast<size_t>(lane)];
          past = (past + *tokens++ + 1) * kGoldenRatio64;
          for (uint32_t token = 0; token < vocabulary_.size(); ++token) {
            const uint64_t hash = (past ^ token * uint64_t{0xD6E8FEB86659FD93}) * kGoldenRatio64;
            *weights++ = vocabulary_.is_virtual(token) ? vocabulary_.virtual_weight()
                                                       : uint32_t{1} << (hash >> 40) % 31;
          }
        }
      }
      return OkStatus();
    }

   private:
    const Vocabulary& vocabulary_;
    const TokenSessionSize size_;
    std::vector<uint64_t> pasts_;  // [lane]
  };
};

inline const std::shared_ptr<const HashingModel>& Hashing() {
  static const auto model = std::make_shared<const HashingModel>();
  return model;
}

}  // namespace lmz::testing
