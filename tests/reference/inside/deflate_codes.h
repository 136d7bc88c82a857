// Codes and headers: src/codec/deflate/spec.md, section 7, and RFC 1951.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

using Counts = std::vector<int64_t>;

// 7.1
class LengthMaker {
 public:
  LengthMaker(const Counts& frequencies, int64_t m) : m_(m), symbols_(frequencies.size()) {
    for (const int64_t f : frequencies) nodes_.push_back({f, 0, 0, 0});
    h_.push_back(0);  // places count from 1
    for (size_t s = 0; s < symbols_; ++s) {
      if (frequencies[s] > 0) h_.push_back(s);
    }
    while (Size() < 2) {
      const size_t largest = Size() == 0 ? 0 : *std::max_element(h_.begin() + 1, h_.end());
      const size_t added = Size() == 0 ? 0 : largest <= 1 ? largest + 1 : 0;
      nodes_[added].weight = 1;
      h_.push_back(added);
    }
  }

  Counts Make() {
    Pair();
    Measure();
    if (cut_ > 0) Repair();
    Counts lengths;
    for (size_t s = 0; s < symbols_; ++s) lengths.push_back(nodes_[s].length);
    return lengths;
  }

 private:
  struct Node {
    int64_t weight, depth;
    size_t parent;
    int64_t length;
  };

  size_t Size() const { return h_.size() - 1; }

  bool Leads(size_t a, size_t b) const {
    return std::pair(nodes_[a].weight, nodes_[a].depth) <=
           std::pair(nodes_[b].weight, nodes_[b].depth);
  }

  void Sink(size_t i) {
    if (i > Size()) return;
    const size_t v = h_[i];
    while (2 * i <= Size()) {
      size_t c = 2 * i;
      if (c + 1 <= Size() && Leads(h_[c + 1], h_[c])) ++c;
      if (Leads(v, h_[c])) break;
      h_[i] = h_[c];
      i = c;
    }
    h_[i] = v;
  }

  void Pair() {
    for (size_t i = Size() / 2; i >= 1; --i) Sink(i);
    while (Size() >= 2) {
      const size_t a = h_[1];
      h_[1] = h_.back();
      h_.pop_back();
      Sink(1);
      const size_t b = h_[1];
      order_.push_back(a);
      order_.push_back(b);
      nodes_[a].parent = nodes_[b].parent = nodes_.size();
      nodes_.push_back({nodes_[a].weight + nodes_[b].weight,
                        std::max(nodes_[a].depth, nodes_[b].depth) + 1, 0, 0});
      h_[1] = nodes_.size() - 1;
      Sink(1);
    }
  }

  void Measure() {
    n_.assign(static_cast<size_t>(m_) + 2, 0);
    for (auto node = order_.rbegin(); node != order_.rend(); ++node) {
      const int64_t length = nodes_[nodes_[*node].parent].length + 1;
      if (length > m_) ++cut_;
      nodes_[*node].length = std::min(length, m_);
      if (*node < symbols_) ++n_[static_cast<size_t>(nodes_[*node].length)];
    }
  }

  void Repair() {
    const auto m = static_cast<size_t>(m_);
    for (; cut_ > 0; cut_ -= 2) {
      size_t l = m - 1;
      while (n_[l] == 0) --l;
      --n_[l];
      n_[l + 1] += 2;
      --n_[m];
    }
    size_t l = m;
    for (const size_t node : order_) {
      if (node >= symbols_) continue;
      while (n_[l] == 0) --l;
      --n_[l];
      nodes_[node].length = static_cast<int64_t>(l);
    }
  }

  int64_t m_;
  size_t symbols_;
  int64_t cut_ = 0;
  std::vector<Node> nodes_;
  std::vector<size_t> h_, order_;
  Counts n_;
};

struct Run {
  int64_t symbol, extra;
};

inline int64_t RunBits(int64_t symbol) {
  return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0;
}
inline int64_t RunTells(const Run& run) {
  return run.symbol < 16 ? 1 : run.extra + (run.symbol == 18 ? 11 : 3);
}

// HLIT, HDIST, HCLEN are kept as the numbers of lengths.
struct DynamicHeader {
  Counts literals, distances;    // lengths that are written
  Counts order = Counts(19, 0);  // lengths of the code of code lengths, by symbol
  int64_t order_count = 19;
  std::vector<Run> runs;
};

constexpr size_t kOrderOfLengths[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};

// 7.3
inline void AddRuns(const Counts& lengths, std::vector<Run>& runs) {
  for (size_t begin = 0, end = 0; begin < lengths.size(); begin = end) {
    while (end < lengths.size() && lengths[end] == lengths[begin]) ++end;
    auto left = static_cast<int64_t>(end - begin);
    for (bool first = true; left > 0; first = false) {
      const int64_t length = lengths[begin];
      const int64_t taken = std::min<int64_t>(left, length == 0 ? 138 : first ? 7 : 6);
      int64_t plain = taken, repeated = 0;
      if (length == 0 && taken >= 3) std::swap(plain, repeated);
      if (length != 0 && first && taken >= 4) plain = 1, repeated = taken - 1;
      if (length != 0 && !first && taken >= 3) plain = 0, repeated = taken;
      runs.insert(runs.end(), static_cast<size_t>(plain), Run{length, 0});
      if (repeated > 0 && length != 0) runs.push_back({16, repeated - 3});
      if (repeated > 10 && length == 0) runs.push_back({18, repeated - 11});
      if (repeated > 0 && repeated <= 10 && length == 0) runs.push_back({17, repeated - 3});
      left -= taken;
    }
  }
}

// 7.2, 7.3
inline DynamicHeader ZlibHeader(const Counts& literals, const Counts& distances) {
  DynamicHeader header;
  header.literals = LengthMaker(literals, 15).Make();
  header.distances = LengthMaker(distances, 15).Make();
  while (header.literals.back() == 0) header.literals.pop_back();
  while (header.distances.size() > 1 && header.distances.back() == 0) header.distances.pop_back();
  AddRuns(header.literals, header.runs);
  AddRuns(header.distances, header.runs);
  Counts frequencies(19, 0);
  for (const Run& run : header.runs) ++frequencies[static_cast<size_t>(run.symbol)];
  header.order = LengthMaker(frequencies, 7).Make();
  while (header.order_count > 4 && header.order[kOrderOfLengths[header.order_count - 1]] == 0) {
    --header.order_count;
  }
  return header;
}

// A canonical code of RFC 1951, 3.2.2.
struct CanonicalCode {
  Counts lengths, codes;

  explicit CanonicalCode(const Counts& of) : lengths(of), codes(of.size(), 0) {
    int64_t code = 0;
    for (int64_t length = 1; length <= 15; ++length) {
      code *= 2;
      for (size_t s = 0; s < lengths.size(); ++s) {
        if (lengths[s] == length) codes[s] = code++;
      }
      if (code > int64_t{1} << length) throw Damage("more codes than there are");
    }
  }
};

}  // namespace lmz::reference
