// Joins the parts of a word, two neighbours at a time, those of the lowest rank first and of equal
// ones the leftmost: what byte pair encoding and SentencePiece have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <vector>

namespace lmz {

class Joiner {
 public:
  static constexpr uint32_t kNoToken = UINT32_MAX;

  struct Part {
    uint32_t token;  // kNoToken: none has just these bytes
    uint32_t begin;  // in the word
    uint32_t size;   // in bytes; 0: it was joined to one before it
  };
  struct Union {
    uint32_t rank;
    uint32_t token;
  };

  std::vector<Part>& parts() { return parts_; }

  // Joins parts() for as long as find(left, right) gives an optional<Union>. Time n log n.
  template <class Find>
  void Join(const Find& find) {
    const auto count = static_cast<uint32_t>(parts_.size());
    links_.resize(count);
    for (uint32_t i = 0; i < count; ++i) links_[i] = {i - 1, i + 1};
    for (uint32_t i = 0; i + 1 < count; ++i) Offer(find, i);
    while (!offers_.empty()) {
      const OfferedUnion best = offers_.top();
      offers_.pop();
      Part& left = parts_[best.left];
      const uint32_t next = links_[best.left].next;
      if (left.size == 0 || next >= count || left.size + parts_[next].size != best.size) continue;
      left = {best.token, left.begin, best.size};
      parts_[next].size = 0;
      links_[best.left].next = links_[next].next;
      if (links_[next].next < count) links_[links_[next].next].previous = best.left;
      Offer(find, best.left);
      if (best.left != 0) Offer(find, links_[best.left].previous);
    }
  }

 private:
  struct Links {
    uint32_t previous, next;
  };
  struct OfferedUnion {
    uint32_t rank, left, size, token;
    // The queue's top is the largest.
    friend bool operator<(const OfferedUnion& a, const OfferedUnion& b) {
      return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
    }
  };

  template <class Find>
  void Offer(const Find& find, uint32_t left) {
    const uint32_t right = links_[left].next;
    if (right >= parts_.size()) return;
    const std::optional<Union> joined = find(parts_[left], parts_[right]);
    if (!joined) return;
    offers_.push({joined->rank, left, parts_[left].size + parts_[right].size, joined->token});
  }

  std::vector<Part> parts_;
  std::vector<Links> links_;
  std::priority_queue<OfferedUnion> offers_;
};

}  // namespace lmz
