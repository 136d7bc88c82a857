// The tokens of a vocabulary by their bytes: each node stands for the tokens that begin with its
// bytes, which are a range, since tokens are sorted.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/token/vocabulary.h"

namespace lmz {

// Immutable. Knows nothing of the vocabulary once it is made.
class TokenTrie {
 public:
  static constexpr uint32_t kRoot = 0;
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Node {
    uint32_t begin = 0;  // the tokens that begin with its bytes are begin .. end - 1
    uint32_t end = 0;
    uint32_t first_child = 0;  // children stand next to each other, by ascending byte
    uint16_t children = 0;     // 0 .. 256
    uint8_t byte = 0;          // its last one
    bool is_token = false;     // begin is the token of exactly its bytes
  };

  // May throw std::bad_alloc.
  explicit TokenTrie(const Vocabulary& vocabulary);

  // The bytes that it takes.
  static uint64_t MemoryFor(const Vocabulary& vocabulary);

  const Node& node(uint32_t number) const { return nodes_[number]; }
  size_t size() const { return nodes_.size(); }

  std::span<const Node> ChildrenOf(const Node& node) const {
    return std::span(nodes_).subspan(node.first_child, node.children);
  }

  // The number of the child by `byte`; kNone where no token goes on so.
  uint32_t Child(uint32_t number, uint8_t byte) const;

 private:
  void AddChildren(uint32_t number, size_t depth, const Vocabulary& vocabulary);

  std::vector<Node> nodes_;  // by depth, then by bytes
};

}  // namespace lmz
