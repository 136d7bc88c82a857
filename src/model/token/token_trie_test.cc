#include "model/token/token_trie.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/vocabularies.h"

namespace lmz {
namespace {

using testing::MakeVocabulary;
using testing::PartsOf;

// Compares a node and all below it with the vocabulary, which knows nothing of ranges.
void ExpectTrie(const TokenTrie& trie, uint32_t number, const std::string& prefix,
                const Vocabulary& vocabulary) {
  const TokenTrie::Node& node = trie.node(number);
  std::set<uint8_t> next_bytes;
  uint32_t count = 0;
  for (uint32_t token = 0; token < vocabulary.size(); ++token) {
    const std::string_view text = vocabulary.text(token);
    const bool is_below = text.substr(0, prefix.size()) == prefix;
    EXPECT_EQ(is_below, token >= node.begin && token < node.end) << prefix;
    if (!is_below) continue;
    ++count;
    if (text.size() > prefix.size()) next_bytes.insert(static_cast<uint8_t>(text[prefix.size()]));
  }
  ASSERT_EQ(node.end - node.begin, count);
  EXPECT_EQ(node.is_token, !prefix.empty() && vocabulary.Find(prefix).has_value()) << prefix;
  ASSERT_EQ(node.children, next_bytes.size());
  for (int byte = 0; byte < 256; ++byte) {
    const uint32_t child = trie.Child(number, static_cast<uint8_t>(byte));
    ASSERT_EQ(child != TokenTrie::kNone, next_bytes.contains(static_cast<uint8_t>(byte)));
    if (child == TokenTrie::kNone) continue;
    EXPECT_EQ(trie.node(child).byte, byte);
    ExpectTrie(trie, child, prefix + static_cast<char>(byte), vocabulary);
  }
}

TEST(TokenTrie, HasTheTokensOfEveryPrefix) {
  const Vocabulary vocabulary = MakeVocabulary(PartsOf(
      {"ab", "abc", "abcdef", "b\xFF\xFF", "ba", std::string("\0\0\0", 3), "the", "then", "they"}));
  ExpectTrie(TokenTrie(vocabulary), TokenTrie::kRoot, "", vocabulary);
}

TEST(TokenTrie, SaysWhatMemoryItTakes) {
  const Vocabulary vocabulary = MakeVocabulary(PartsOf({"ab", "abc", std::string(256, 'x')}));
  EXPECT_EQ(TokenTrie(vocabulary).size(), 1u + 256 + 2 + 255);
  EXPECT_EQ(TokenTrie::MemoryFor(vocabulary), (1 + 256 + 2 + 255) * sizeof(TokenTrie::Node));
}

}  // namespace
}  // namespace lmz
