#include "mix/token/token_opinion.h"

#include <algorithm>
#include <bit>

#include "entropy/logistic.h"

namespace lmz {

namespace {

// Brings sums that come to `total` below 2^32 with as many bits as can be, 0 alone to 0.
class Scale {
 public:
  explicit Scale(uint64_t total) : bits_(static_cast<int>(std::bit_width(total)) - 31) {}

  uint32_t operator()(uint64_t sum) const {
    if (sum == 0) return 0;
    const uint64_t scaled = bits_ > 0 ? sum >> bits_ : sum << -bits_;
    return static_cast<uint32_t>(std::max<uint64_t>(scaled, 1));
  }

 private:
  int bits_;
};

}  // namespace

TokenOpinion::TokenOpinion(const TokenTrie& trie)
    : trie_(trie), tokens_(trie.node(TokenTrie::kRoot).end), sums_(tokens_ / kBlock + 1) {}

uint64_t TokenOpinion::MemoryFor(uint32_t tokens) {
  return sizeof(TokenOpinion) + (tokens / kBlock + 1) * sizeof(uint64_t);
}

void TokenOpinion::Begin(const uint32_t* weights) {
  weights_ = weights;
  node_ = TokenTrie::kRoot;
  uint64_t sum = 0;
  for (size_t block = 0; block < sums_.size(); ++block) {
    sums_[block] = sum;
    const uint32_t begin = static_cast<uint32_t>(block) * kBlock;
    const uint32_t end = std::min(begin + kBlock, tokens_);
    uint64_t of_block = 0;
    for (uint32_t token = begin; token < end; ++token) of_block += weights[token];
    sum += of_block;
  }
}

uint64_t TokenOpinion::SumOf(uint32_t begin, uint32_t end) const {
  uint64_t sum = 0;
  if (begin / kBlock == end / kBlock) {
    for (uint32_t token = begin; token < end; ++token) sum += weights_[token];
    return sum;
  }
  // The blocks' own sums, without the tokens before `begin` and with those up to `end`.
  sum = sums_[end / kBlock] - sums_[begin / kBlock];
  for (uint32_t token = begin / kBlock * kBlock; token < begin; ++token) sum -= weights_[token];
  for (uint32_t token = end / kBlock * kBlock; token < end; ++token) sum += weights_[token];
  return sum;
}

int TokenOpinion::EndLogitQ8() const {
  const TokenTrie::Node& node = trie_.node(node_);
  const uint64_t ends = weights_[node.begin];
  const uint64_t goes_on = SumOf(node.begin + 1, node.end);
  const Scale scale(ends + goes_on);
  const int logit_q8 = LogQ8(scale(ends)) - LogQ8(scale(goes_on));
  return std::clamp(logit_q8, -kMaxLogitQ8, kMaxLogitQ8);
}

void TokenOpinion::ByteWeights(uint32_t* weights) const {
  const TokenTrie::Node& node = trie_.node(node_);
  std::fill(weights, weights + 256, 0u);
  const Scale scale(SumOf(node.begin + (node.is_token ? 1 : 0), node.end));
  for (const TokenTrie::Node& child : trie_.ChildrenOf(node)) {
    weights[child.byte] = scale(SumOf(child.begin, child.end));
  }
}

}  // namespace lmz
