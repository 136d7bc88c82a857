#include "plan/join.h"

#include <algorithm>
#include <map>
#include <utility>

#include "plan/finders.h"

namespace lmz {

namespace {

// Shorter repeats cost as much as they save: among other bytes, and within an object, whose rest is
// parted by them.
constexpr uint32_t kMinRepeatLength = 512;
constexpr uint64_t kMinPieceLength = 128;
constexpr uint64_t kMinObjectCopy = 4096;

// An object of which at least this share is copies, in quarters, is not worth its codec: then the
// short ones count, too, say rows of the same picture in another format.
constexpr uint64_t kCopiedQuarters = 3;

// Of an object that cannot be coded in pieces at least this share must be copies, as a divisor.
constexpr uint64_t kMinWholeShare = 2;

// Two blocks are joined when at least so many bytes, and this share of what lies between, are
// copies: blocks are coded side by side.
constexpr uint64_t kMinLinked = 1024;
constexpr uint64_t kMinLinkedShare = 128;

// What is left of an object is coded as such from this size on, and shorter bytes share a part.
constexpr uint64_t kMinPartSize = 4096;

uint64_t EndOf(const BlockPlan& block) {
  return block.offset + block.size;
}

// A repeat, or the part of one, whose copy lies in one block. Places count from the plan's
// beginning.
struct Copy {
  uint64_t position = 0;
  uint64_t length = 0;
  uint64_t distance = 0;
  size_t source = 0;  // the block in which its source begins
};

// The plan's blocks with the copies in each.
class Joiner {
 public:
  Joiner(ByteSpan bytes, uint64_t max_size, std::vector<BlockPlan>& plan)
      : max_size_(max_size), plan_(plan), begin_(plan.front().offset), copies_(plan.size()) {
    for (const Repeat& repeat : FindRepeats(bytes, kMinRepeatLength)) AddRepeat(repeat);
    for (size_t i = 0; i < plan.size(); ++i) KeepCopies(i);
  }

  void Run() {
    FindGroups();
    std::vector<BlockPlan> joined;
    for (size_t first = 0; first < plan_.size();) {
      size_t last = first;
      while (joins_next_[last]) ++last;
      const bool is_single = first == last && !(IsObject(plan_[first]) && !copies_[first].empty());
      joined.push_back(is_single ? std::move(plan_[first]) : Join(first, last));
      first = last + 1;
    }
    plan_ = std::move(joined);
  }

 private:
  size_t BlockAt(uint64_t place) const {
    const auto behind =
        std::upper_bound(plan_.begin(), plan_.end(), begin_ + place,
                         [](uint64_t at, const BlockPlan& block) { return at < block.offset; });
    return static_cast<size_t>(behind - plan_.begin()) - 1;
  }

  void AddRepeat(const Repeat& repeat) {
    uint64_t position = repeat.position;
    const uint64_t end = position + repeat.length;
    while (position < end) {
      const size_t block = BlockAt(position);
      const uint64_t length = std::min(end, EndOf(plan_[block]) - begin_) - position;
      copies_[block].push_back({.position = position,
                                .length = length,
                                .distance = repeat.distance,
                                .source = BlockAt(position - repeat.distance)});
      position += length;
    }
  }

  // Drops copies that cost more than they save.
  void KeepCopies(size_t i) {
    const BlockPlan& block = plan_[i];
    const auto copied_size = [&] {
      uint64_t copied = 0;
      for (const Copy& copy : copies_[i]) copied += copy.length;
      return copied;
    };
    const bool is_few = IsObject(block) && copied_size() < block.size * kCopiedQuarters / 4;
    const uint64_t least = is_few ? kMinObjectCopy : kMinPieceLength;
    std::erase_if(copies_[i], [&](const Copy& copy) { return copy.length < least; });
    if (!IsObject(block) || CutObject(block.choice.options, 1, block.size - 1).size != 0) return;
    const uint64_t copied = copied_size();
    if (copied < block.size / kMinWholeShare) copies_[i].clear();
  }

  // Decides which neighbours share a block: those between a copy and its source, the pairs with the
  // most bytes first.
  void FindGroups() {
    std::map<std::pair<size_t, size_t>, uint64_t> linked;
    for (size_t i = 0; i < plan_.size(); ++i) {
      for (const Copy& copy : copies_[i]) {
        if (copy.source != i) linked[{copy.source, i}] += copy.length;
      }
    }
    std::vector<std::pair<uint64_t, std::pair<size_t, size_t>>> pairs;
    for (const auto& [pair, bytes] : linked) pairs.emplace_back(bytes, pair);
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    joins_next_.assign(plan_.size(), false);
    for (const auto& [bytes, pair] : pairs) {
      const auto [first, last] = GroupsOf(pair.first, pair.second);
      const uint64_t size = EndOf(plan_[last]) - plan_[first].offset;
      const uint64_t between = EndOf(plan_[pair.second]) - plan_[pair.first].offset;
      if (size > max_size_ || bytes < kMinLinked || bytes < between / kMinLinkedShare) continue;
      std::fill(joins_next_.begin() + static_cast<std::ptrdiff_t>(first),
                joins_next_.begin() + static_cast<std::ptrdiff_t>(last), true);
    }
    for (size_t i = 0; i < plan_.size(); ++i) {
      std::erase_if(copies_[i],
                    [&](const Copy& copy) { return GroupsOf(i, i).first > copy.source; });
    }
  }

  // The first and the last block of the groups of two blocks and all between.
  std::pair<size_t, size_t> GroupsOf(size_t first, size_t last) const {
    while (first != 0 && joins_next_[first - 1]) --first;
    while (joins_next_[last]) ++last;
    return {first, last};
  }

  BlockPlan Join(size_t first, size_t last) const {
    BlockPlan joined = {
        .offset = plan_[first].offset,
        .size = EndOf(plan_[last]) - plan_[first].offset,
        .content = plan_[first].content,
        .choice = {.options = BytesOptions{.profile = Profile::kBinary}, .filters = kFilterRepeat}};
    const uint64_t origin = joined.offset - begin_;
    for (size_t i = first; i <= last; ++i) {
      if (IsObject(plan_[i])) joined.content = plan_[i].content;
      uint64_t done = plan_[i].offset - begin_;
      for (const Copy& copy : copies_[i]) {
        joined.copies.push_back({.position = static_cast<uint32_t>(copy.position - origin),
                                 .length = static_cast<uint32_t>(copy.length),
                                 .distance = static_cast<uint32_t>(copy.distance)});
        AddRange(plan_[i], done, copy.position, joined.parts);
        done = copy.position + copy.length;
      }
      AddRange(plan_[i], done, EndOf(plan_[i]) - begin_, joined.parts);
    }
    return joined;
  }

  // Adds what is left of `block` between two places as parts.
  void AddRange(const BlockPlan& block, uint64_t begin, uint64_t end,
                std::vector<BlockPlan>& parts) const {
    if (begin == end) return;
    const uint64_t done = begin - (block.offset - begin_);
    BlockPlan part = {.size = end - begin, .content = block.content, .choice = block.choice};
    part.choice.filters = 0;
    if (IsObject(block) && part.size != block.size) {
      const ObjectPiece piece = CutObject(block.choice.options, done, part.size);
      part.choice.options = BytesOptions{.profile = Profile::kBinary};
      part.content = Content::kBinary;
      if (piece.size >= kMinPartSize) {
        parts.push_back(
            {.size = piece.size, .content = block.content, .choice = {.options = piece.options}});
        part.size -= piece.size;
        if (part.size == 0) return;
      }
    }
    const bool has_bytes = std::holds_alternative<BytesOptions>(part.choice.options);
    const bool follows_bytes =
        !parts.empty() && std::holds_alternative<BytesOptions>(parts.back().choice.options);
    if (has_bytes && follows_bytes &&
        (part.size < kMinPartSize || parts.back().size < kMinPartSize ||
         part.content == parts.back().content)) {
      if (part.size > parts.back().size) std::swap(part, parts.back());
      parts.back().size += part.size;
      return;
    }
    parts.push_back(part);
  }

  uint64_t max_size_;
  std::vector<BlockPlan>& plan_;
  uint64_t begin_;
  std::vector<std::vector<Copy>> copies_;  // in each block, ascending
  std::vector<bool> joins_next_;           // whether a block and the next share one
};

}  // namespace

void JoinRepeats(ByteSpan window, uint64_t max_size, std::vector<BlockPlan>& plan) {
  if (std::none_of(plan.begin(), plan.end(), IsObject)) return;
  const uint64_t begin = plan.front().offset;
  const uint64_t size = EndOf(plan.back()) - begin;
  if (size > kMaxBlockRawSize) return;
  Joiner(window.subspan(static_cast<size_t>(begin), static_cast<size_t>(size)), max_size, plan)
      .Run();
}

}  // namespace lmz
