#include "model/token/token_trie.h"

#include <algorithm>

namespace lmz {

namespace {

// The root, and as many for each token as its bytes do not agree with the token before it.
uint64_t CountNodes(const Vocabulary& vocabulary) {
  uint64_t nodes = 1;
  std::string_view last;
  for (uint32_t token = 0; token < vocabulary.size(); ++token) {
    const std::string_view text = vocabulary.text(token);
    nodes += static_cast<uint64_t>(text.end() - std::ranges::mismatch(text, last).in1);
    last = text;
  }
  return nodes;
}

}  // namespace

TokenTrie::TokenTrie(const Vocabulary& vocabulary) {
  nodes_.reserve(static_cast<size_t>(CountNodes(vocabulary)));
  nodes_.push_back({.end = vocabulary.size()});
  uint32_t number = 0;
  for (size_t depth = 0; number < nodes_.size(); ++depth) {
    for (const size_t level_end = nodes_.size(); number < level_end; ++number) {
      AddChildren(number, depth, vocabulary);
    }
  }
}

void TokenTrie::AddChildren(uint32_t number, size_t depth, const Vocabulary& vocabulary) {
  Node parent = nodes_[number];
  uint32_t token = parent.begin;
  if (token < parent.end && vocabulary.text(token).size() == depth) {
    parent.is_token = true;
    ++token;
  }
  parent.first_child = static_cast<uint32_t>(nodes_.size());
  while (token < parent.end) {
    const char byte = vocabulary.text(token)[depth];
    const uint32_t begin = token;
    while (token < parent.end && vocabulary.text(token)[depth] == byte) ++token;
    nodes_.push_back({.begin = begin, .end = token, .byte = static_cast<uint8_t>(byte)});
    ++parent.children;
  }
  nodes_[number] = parent;
}

uint64_t TokenTrie::MemoryFor(const Vocabulary& vocabulary) {
  return CountNodes(vocabulary) * sizeof(Node);
}

uint32_t TokenTrie::Child(uint32_t number, uint8_t byte) const {
  const Node& parent = nodes_[number];
  const auto children = ChildrenOf(parent);
  const auto child = std::ranges::lower_bound(children, byte, {}, &Node::byte);
  if (child == children.end() || child->byte != byte) return kNone;
  return parent.first_child + static_cast<uint32_t>(child - children.begin());
}

}  // namespace lmz
