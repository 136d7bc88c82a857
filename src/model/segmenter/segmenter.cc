#include "model/segmenter/segmenter.h"

#include <algorithm>
#include <string>

#include "model/segmenter/characters.h"
#include "model/segmenter/words.h"

namespace lmz {

namespace {

uint64_t PairKey(uint32_t left, uint32_t right) {
  return uint64_t{left} << 32 | right;
}

std::string_view TextOf(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool HasBlankBehindOther(std::string_view text) {
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ' ' && text[i - 1] != ' ') return true;
  }
  return false;
}

}  // namespace

Segmenter::Segmenter(const Vocabulary& vocabulary)
    : vocabulary_(vocabulary), rules_(vocabulary.segmenter()), wholes_(rules_.whole) {
  std::sort(wholes_.begin(), wholes_.end());
  tokens_.reserve(vocabulary.size());
  for (uint32_t token = 0; token < vocabulary.size(); ++token) {
    const std::string_view text = vocabulary.text(token);
    tokens_.emplace(text, token);
    if (text.size() == 1) single_bytes_[static_cast<uint8_t>(text[0])] = token;
  }
  for (uint32_t token = 0; token < rules_.order.size(); ++token) {
    if (rules_.order[token] == UINT32_MAX) continue;
    crosses_words_ = crosses_words_ || HasBlankBehindOther(vocabulary.text(token));
  }
  merges_.reserve(rules_.merges.size());
  std::string joined;
  for (uint32_t rank = 0; rank < rules_.merges.size(); ++rank) {
    const auto [left, right] = rules_.merges[rank];
    joined = vocabulary.text(left);
    joined += vocabulary.text(right);
    const uint32_t token = TokenOf(joined);
    if (token != Joiner::kNoToken) merges_.emplace(PairKey(left, right), Union{rank, token});
  }
}

uint32_t Segmenter::TokenOf(std::string_view text) const {
  const auto found = tokens_.find(text);
  return found == tokens_.end() ? Joiner::kNoToken : found->second;
}

std::optional<Joiner::Union> Segmenter::FindMerge(const Part& left, const Part& right) const {
  const auto found = merges_.find(PairKey(left.token, right.token));
  if (found == merges_.end()) return std::nullopt;
  return found->second;
}

std::optional<Joiner::Union> Segmenter::FindScored(ByteSpan word, const Part& left,
                                                   const Part& right) const {
  const size_t size = size_t{left.size} + right.size;
  if (size > Vocabulary::kMaxTokenSize) return std::nullopt;
  const uint32_t token = TokenOf(TextOf(word.subspan(left.begin, size)));
  if (token == Joiner::kNoToken || rules_.order[token] == UINT32_MAX) return std::nullopt;
  return Union{rules_.order[token], token};
}

// The longest of the tokens that are cut out of the text first.
std::optional<uint32_t> Segmenter::WholeAt(ByteSpan text, size_t at) const {
  const std::string_view rest = TextOf(text.subspan(at));
  std::optional<uint32_t> longest;
  auto begin = wholes_.begin();
  auto end = wholes_.end();
  for (size_t depth = 0; begin != end; ++depth) {
    // All tokens from begin to end agree with the text up to `depth`; one that ends there is first.
    if (vocabulary_.text(*begin).size() == depth) longest = *begin++;
    if (depth == rest.size()) break;
    const auto byte_of = [&](uint32_t token) {
      return static_cast<uint8_t>(vocabulary_.text(token)[depth]);
    };
    const auto byte = static_cast<uint8_t>(rest[depth]);
    begin = std::lower_bound(begin, end, byte,
                             [&](uint32_t token, uint8_t b) { return byte_of(token) < b; });
    end = std::upper_bound(begin, end, byte,
                           [&](uint8_t b, uint32_t token) { return b < byte_of(token); });
  }
  return longest;
}

void Segmenter::Segment(ByteSpan text, std::vector<uint32_t>& tokens) {
  size_t begin = 0;
  for (size_t at = 0; !wholes_.empty() && at < text.size();) {
    const std::optional<uint32_t> whole = WholeAt(text, at);
    if (!whole) {
      ++at;
      continue;
    }
    SegmentBetweenWholes(text.subspan(begin, at - begin), tokens);
    tokens.push_back(*whole);
    at += vocabulary_.text(*whole).size();
    begin = at;
  }
  SegmentBetweenWholes(text.subspan(begin), tokens);
}

// For vocabularies without words: where no token can cross, or far enough for it to matter little.
size_t Segmenter::StretchEnd(ByteSpan text, size_t begin) const {
  size_t end = begin;
  while (end < text.size()) {
    const size_t size = CharacterAt(text, end).size;
    if (end > begin && end + size - begin > kMaxWordSize) break;
    if (!crosses_words_ && end > begin && text[end] == ' ' && text[end - 1] != ' ') break;
    end += size;
  }
  return end;
}

void Segmenter::SegmentBetweenWholes(ByteSpan text, std::vector<uint32_t>& tokens) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = rules_.words == SegmenterRules::Words::kNone
                           ? StretchEnd(text, begin)
                           : WordEnd(text, begin, rules_.words);
    SegmentWord(text.subspan(begin, end - begin), tokens);
    begin = end;
  }
}

void Segmenter::SegmentWord(ByteSpan word, std::vector<uint32_t>& tokens) {
  if (rules_.words == SegmenterRules::Words::kLlama3) {
    const uint32_t whole = TokenOf(TextOf(word));
    if (whole != Joiner::kNoToken) return tokens.push_back(whole);
  }
  std::vector<Part>& parts = joiner_.parts();
  parts.clear();
  const bool has_merges = rules_.joins == SegmenterRules::Joins::kMerges;
  for (uint32_t at = 0; at < word.size();) {
    const uint32_t size = has_merges ? 1 : CharacterAt(word, at).size;
    const uint32_t token =
        size == 1 ? single_bytes_[word[at]] : TokenOf(TextOf(word.subspan(at, size)));
    parts.push_back({token, at, size});
    at += size;
  }
  if (has_merges) {
    joiner_.Join([&](const Part& left, const Part& right) { return FindMerge(left, right); });
  } else {
    joiner_.Join(
        [&](const Part& left, const Part& right) { return FindScored(word, left, right); });
  }
  for (const Part& part : parts) {
    if (part.token != Joiner::kNoToken && part.size != 0) {
      tokens.push_back(part.token);
    } else {
      for (const uint8_t byte : word.subspan(part.begin, part.size)) {
        tokens.push_back(single_bytes_[byte]);
      }
    }
  }
}

}  // namespace lmz
