#include "codec/text/ahead_schedule.h"

#include <algorithm>

namespace lmz::text {

AheadSchedule::AheadSchedule(const Layout& layout, int ranges, uint64_t stretches)
    : layout_(layout),
      stretches_(stretches),
      ranges_(static_cast<size_t>(ranges)),
      groups_(static_cast<size_t>(layout.groups())) {
  for (int r = 0; r < ranges; ++r) {
    Work& range = ranges_[static_cast<size_t>(r)];
    while (layout.GroupBegin(range.first + 1) <= RangeBegin(r)) ++range.first;
    range.last = range.first;
    while (layout.GroupBegin(range.last + 1) < RangeBegin(r + 1)) ++range.last;
    for (int g = range.first; g <= range.last; ++g) {
      Work& group = groups_[static_cast<size_t>(g)];
      if (layout.GroupBegin(g) >= RangeBegin(r)) group.first = r;
      group.last = r;
    }
  }
}

uint64_t AheadSchedule::LeastOf(const std::vector<Work>& all, const Work& work) {
  uint64_t least = UINT64_MAX;
  for (int i = work.first; i <= work.last; ++i) {
    least = std::min(least, all[static_cast<size_t>(i)].done);
  }
  return least;
}

// Coding comes first: only one thread can do it for a group, so the others wait for it in the end.
std::optional<AheadSchedule::Piece> AheadSchedule::Find() {
  for (size_t g = 0; g < groups_.size(); ++g) {
    Work& group = groups_[g];
    if (group.is_held || LeastOf(ranges_, group) <= group.done) continue;
    group.is_held = true;
    return Piece{.is_coding = true, .index = static_cast<int>(g), .stretch = group.done};
  }
  Work* behind = nullptr;
  for (Work& range : ranges_) {
    if (range.is_held || range.done == stretches_) continue;
    if (range.done >= LeastOf(groups_, range) + kKept) continue;
    if (behind == nullptr || range.done < behind->done) behind = &range;
  }
  if (behind == nullptr) return std::nullopt;
  behind->is_held = true;
  return Piece{.is_coding = false,
               .index = static_cast<int>(behind - ranges_.data()),
               .stretch = behind->done};
}

std::optional<AheadSchedule::Piece> AheadSchedule::Take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (is_over_) return std::nullopt;
    if (const std::optional<Piece> piece = Find()) return piece;
    changed_.wait(lock);
  }
}

std::optional<AheadSchedule::Piece> AheadSchedule::TryTake() {
  const std::lock_guard lock(mutex_);
  return is_over_ ? std::nullopt : Find();
}

void AheadSchedule::Done(const Piece& piece) {
  {
    const std::lock_guard lock(mutex_);
    Work& work = (piece.is_coding ? groups_ : ranges_)[static_cast<size_t>(piece.index)];
    work.is_held = false;
    ++work.done;
    is_over_ |= std::ranges::all_of(groups_, [&](const Work& g) { return g.done == stretches_; });
  }
  changed_.notify_all();
}

void AheadSchedule::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
}

}  // namespace lmz::text
