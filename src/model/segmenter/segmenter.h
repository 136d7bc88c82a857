// Cuts bytes into the tokens of a vocabulary as the tokeniser did that its model was trained with.
// Encoder only: any tokens that join to the bytes decode, so differences cost size and nothing
// else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "model/segmenter/joiner.h"
#include "model/token/vocabulary.h"

namespace lmz {

// Not thread-safe.
class Segmenter {
 public:
  // `vocabulary` outlives the segmenter. May throw std::bad_alloc.
  explicit Segmenter(const Vocabulary& vocabulary);

  // Appends tokens that join to `text`, of any bytes, each of which is a token. Time linear in the
  // text. May throw std::bad_alloc.
  void Segment(ByteSpan text, std::vector<uint32_t>& tokens);

 private:
  using Part = Joiner::Part;
  using Union = Joiner::Union;

  void SegmentBetweenWholes(ByteSpan text, std::vector<uint32_t>& tokens);
  void SegmentWord(ByteSpan word, std::vector<uint32_t>& tokens);
  size_t StretchEnd(ByteSpan text, size_t begin) const;
  std::optional<uint32_t> WholeAt(ByteSpan text, size_t at) const;
  uint32_t TokenOf(std::string_view text) const;
  std::optional<Union> FindMerge(const Part& left, const Part& right) const;
  std::optional<Union> FindScored(ByteSpan word, const Part& left, const Part& right) const;

  const Vocabulary& vocabulary_;
  const SegmenterRules& rules_;
  std::unordered_map<std::string_view, uint32_t> tokens_;  // by their bytes
  std::unordered_map<uint64_t, Union> merges_;             // by the two tokens
  std::vector<uint32_t> wholes_;                           // ascending
  std::array<uint32_t, 256> single_bytes_{};
  bool crosses_words_ = false;  // a scored token has a blank behind something else
  Joiner joiner_;
};

}  // namespace lmz
