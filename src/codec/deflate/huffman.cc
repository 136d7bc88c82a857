#include "codec/deflate/huffman.h"

#include <array>
#include <utility>
#include <vector>

#include "codec/deflate/deflate.h"

namespace lmz::deflate {

namespace {

constexpr uint32_t kNoParent = UINT32_MAX;

struct Node {
  uint32_t weight = 0;
  uint32_t depth = 0;
  uint32_t parent = kNoParent;
  int length = 0;
};

// A heap of nodes, the lightest on top; of equal weight the one with the shallower tree below it.
class NodeHeap {
 public:
  explicit NodeHeap(const std::vector<Node>& nodes) : nodes_(nodes) {}

  size_t size() const { return places_.size(); }
  uint32_t top() const { return places_[0]; }
  void Append(uint32_t node) { places_.push_back(node); }

  void Order() {
    for (size_t i = size() / 2; i-- > 0;) Sink(i);
  }

  uint32_t RemoveTop() {
    const uint32_t top = places_[0];
    places_[0] = places_.back();
    places_.pop_back();
    Sink(0);
    return top;
  }

  void ReplaceTop(uint32_t node) {
    places_[0] = node;
    Sink(0);
  }

 private:
  bool IsAbove(uint32_t a, uint32_t b) const {
    const Node& x = nodes_[a];
    const Node& y = nodes_[b];
    return x.weight < y.weight || (x.weight == y.weight && x.depth <= y.depth);
  }

  void Sink(size_t place) {
    if (place >= size()) return;
    const uint32_t node = places_[place];
    for (size_t child = 2 * place + 1; child < size(); child = 2 * place + 1) {
      if (child + 1 < size() && IsAbove(places_[child + 1], places_[child])) ++child;
      if (IsAbove(node, places_[child])) break;
      places_[place] = places_[child];
      place = child;
    }
    places_[place] = node;
  }

  const std::vector<Node>& nodes_;
  std::vector<uint32_t> places_;
};

using LengthCounts = std::array<int, kMaxCodeLength + 2>;

// Pairs the lightest nodes until one is left. Returns all nodes in the order in which they left the
// heap, the root last.
std::vector<uint32_t> Pair(std::vector<Node>& nodes, NodeHeap& heap) {
  std::vector<uint32_t> order;
  heap.Order();
  while (heap.size() >= 2) {
    const uint32_t first = heap.RemoveTop();
    const uint32_t second = heap.top();
    order.push_back(first);
    order.push_back(second);
    const auto joint = static_cast<uint32_t>(nodes.size());
    Node node;
    node.weight = nodes[first].weight + nodes[second].weight;
    node.depth = std::max(nodes[first].depth, nodes[second].depth) + 1;
    nodes[first].parent = nodes[second].parent = joint;
    nodes.push_back(node);
    heap.ReplaceTop(joint);
  }
  order.push_back(heap.top());
  return order;
}

// Lengths by distance from the root, cut at the limit. Returns how many nodes were cut.
int Measure(std::vector<Node>& nodes, const std::vector<uint32_t>& order, size_t symbols,
            int max_length, LengthCounts& counts) {
  int cut = 0;
  for (size_t i = order.size() - 1; i-- > 0;) {
    Node& node = nodes[order[i]];
    node.length = nodes[node.parent].length + 1;
    if (node.length > max_length) {
      node.length = max_length;
      ++cut;
    }
    if (order[i] < symbols) ++counts[static_cast<size_t>(node.length)];
  }
  return cut;
}

// Makes the lengths a code again: shorter codes become two longer ones, and the lightest symbols
// take the longest.
void Repair(std::vector<Node>& nodes, const std::vector<uint32_t>& order, size_t symbols,
            int max_length, int cut, LengthCounts& counts) {
  for (; cut > 0; cut -= 2) {
    auto length = static_cast<size_t>(max_length - 1);
    while (counts[length] == 0) --length;
    --counts[length];
    counts[length + 1] += 2;
    --counts[static_cast<size_t>(max_length)];
  }
  auto next = order.begin();
  for (int length = max_length; length > 0; --length) {
    for (int left = counts[static_cast<size_t>(length)]; left > 0; ++next) {
      if (*next >= symbols) continue;
      nodes[*next].length = length;
      --left;
    }
  }
}

}  // namespace

void ZlibLengths(std::span<const uint32_t> frequencies, int max_length,
                 std::span<uint8_t> lengths) {
  const size_t symbols = frequencies.size();
  std::vector<Node> nodes(symbols);
  nodes.reserve(2 * symbols);
  NodeHeap heap(nodes);
  uint32_t end = 0;  // behind the last symbol that has a weight
  for (uint32_t i = 0; i < symbols; ++i) {
    nodes[i].weight = frequencies[i];
    if (frequencies[i] == 0) continue;
    heap.Append(i);
    end = i + 1;
  }
  while (heap.size() < 2) {
    const uint32_t added = end < 3 ? end++ : 0;
    nodes[added].weight = 1;
    heap.Append(added);
  }
  const std::vector<uint32_t> order = Pair(nodes, heap);
  LengthCounts counts{};
  const int cut = Measure(nodes, order, symbols, max_length, counts);
  if (cut > 0) Repair(nodes, order, symbols, max_length, cut, counts);
  for (size_t i = 0; i < symbols; ++i) lengths[i] = static_cast<uint8_t>(nodes[i].length);
}

bool CanonicalCodes(std::span<const uint8_t> lengths, std::span<uint16_t> codes) {
  std::array<uint32_t, kMaxCodeLength + 1> counts{};
  for (const uint8_t length : lengths) ++counts[length];
  std::array<uint32_t, kMaxCodeLength + 1> next{};
  uint32_t code = 0;
  counts[0] = 0;
  for (size_t length = 1; length <= kMaxCodeLength; ++length) {
    code = (code + counts[length - 1]) << 1;
    next[length] = code;
    if (code + counts[length] > 1u << length) return false;
  }
  for (size_t i = 0; i < lengths.size(); ++i) {
    const size_t length = lengths[i];
    uint32_t reversed = 0;
    if (length != 0) {
      const uint32_t straight = next[length]++;
      for (size_t bit = 0; bit < length; ++bit) {
        reversed |= (straight >> bit & 1) << (length - 1 - bit);
      }
    }
    codes[i] = static_cast<uint16_t>(reversed);
  }
  return true;
}

}  // namespace lmz::deflate
