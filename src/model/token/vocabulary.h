// The tokens of a model: pieces of bytes in ascending order, so that all tokens with a common
// beginning are a range. Format: docs/spec/model.md, 2.5.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace lmz {

// How an encoder cuts text into the tokens that the model was trained on. It decides what a text
// costs, never what it decodes to.
struct SegmenterRules {
  // What cuts text into words first; no token crosses their edges.
  enum class Words : uint8_t { kNone = 0, kGpt2 = 1, kSmollm = 2, kLlama3 = 3, kQwen2 = 4 };
  // How words are joined from bytes (kMerges: pairs in the order of their rank) or characters
  // (kScores: neighbours whose union is a token, the best first).
  enum class Joins : uint8_t { kMerges = 0, kScores = 1 };

  Words words = Words::kNone;
  Joins joins = Joins::kMerges;
  // kMerges: the pairs of tokens (numbers of the vocabulary), the lowest rank first. kScores: not
  // used.
  std::vector<std::array<uint32_t, 2>> merges;
  // kScores: for each token its place in the order of joining, the best 0; UINT32_MAX: never made
  // by joining. kMerges: not used.
  std::vector<uint32_t> order;
  // Tokens that are cut out of the text before all else, wherever they stand.
  std::vector<uint32_t> whole;
};

// Immutable. Every single byte is a token: those that a model lacks are virtual.
class Vocabulary {
 public:
  static constexpr size_t kMaxTokenSize = 256;  // bytes
  static constexpr uint32_t kMaxTokens = (uint32_t{1} << 20) + 256;
  static constexpr uint32_t kMaxMerges = uint32_t{1} << 20;
  static constexpr size_t kMaxTextSize = size_t{1} << 25;  // bytes of all tokens together
  static constexpr uint8_t kMaxVirtualWeightLog2 = 30;

  // `texts` in strictly ascending order (unsigned bytes), each of 1 .. kMaxTokenSize bytes, all 256
  // single bytes among them; `rows[i]` is the row of the model's embedding and head for token i,
  // for a virtual token, which is a single byte, that of its stand-in's embedding.
  struct Parts {
    std::vector<std::string> texts;
    std::vector<uint32_t> rows;
    std::vector<bool> is_virtual;
    uint32_t begin_row = 0;           // what a lane reads first
    uint8_t virtual_weight_log2 = 0;  // the weight of each virtual token is 2^this: 0 .. 30
    SegmenterRules segmenter;
  };

  // Errors: kModelDamaged when a rule of Parts or SegmenterRules is broken, which includes that
  // the two parts of a merge join to a token, that numbers in `whole` ascend, and that rows are
  // below `model_rows`.
  static Result<Vocabulary> Make(Parts parts, uint32_t model_rows);

  uint32_t size() const { return static_cast<uint32_t>(rows_.size()); }
  std::string_view text(uint32_t token) const {
    return std::string_view(bytes_).substr(begins_[token], begins_[token + 1] - begins_[token]);
  }
  // The token with this text, if there is one. Takes a search by halves.
  std::optional<uint32_t> Find(std::string_view text) const;
  uint32_t row(uint32_t token) const { return rows_[token]; }
  bool is_virtual(uint32_t token) const {
    return text(token).size() == 1 && virtual_bytes_[static_cast<uint8_t>(text(token)[0])];
  }
  uint32_t begin_row() const { return begin_row_; }
  uint32_t virtual_weight() const { return uint32_t{1} << virtual_weight_log2_; }
  uint8_t virtual_weight_log2() const { return virtual_weight_log2_; }
  const SegmenterRules& segmenter() const { return segmenter_; }

 private:
  Vocabulary() = default;

  std::string bytes_;             // all texts
  std::vector<uint32_t> begins_;  // of each text in bytes_, and the end of the last one
  std::vector<uint32_t> rows_;    // [token]
  std::bitset<256> virtual_bytes_;
  uint32_t begin_row_ = 0;
  uint8_t virtual_weight_log2_ = 0;
  SegmenterRules segmenter_;
};

}  // namespace lmz
