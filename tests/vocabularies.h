// Vocabularies for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/token/vocabulary.h"

namespace lmz::testing {

// All single bytes and `texts`, in any order and without repetitions. Bytes in `missing` are
// virtual; row i is that of token i, but 0 for virtual ones.
inline Vocabulary::Parts PartsOf(const std::vector<std::string>& texts,
                                 const std::string& missing = "") {
  Vocabulary::Parts parts;
  for (int byte = 0; byte < 256; ++byte) parts.texts.emplace_back(1, static_cast<char>(byte));
  for (const std::string& text : texts) {
    if (text.size() > 1) parts.texts.push_back(text);
  }
  std::sort(parts.texts.begin(), parts.texts.end());
  for (uint32_t token = 0; token < parts.texts.size(); ++token) {
    const std::string& text = parts.texts[token];
    const bool is_missing = text.size() == 1 && missing.find(text) != std::string::npos;
    parts.rows.push_back(is_missing ? 0 : token);
    parts.is_virtual.push_back(is_missing);
  }
  parts.virtual_weight_log2 = 12;
  return parts;
}

// The number of the token with this text.
inline uint32_t NumberOf(const Vocabulary::Parts& parts, const std::string& text) {
  return static_cast<uint32_t>(std::lower_bound(parts.texts.begin(), parts.texts.end(), text) -
                               parts.texts.begin());
}

inline Vocabulary MakeVocabulary(const Vocabulary::Parts& parts) {
  return Vocabulary::Make(parts, static_cast<uint32_t>(parts.texts.size())).value();
}

}  // namespace lmz::testing
