// Which thread does what next while several of them encode one block of text.
//
// An encoder knows all bytes, so the models need not wait for the coder: they go through a stretch
// of many steps at once, and may be a stretch ahead of it. The lanes are cut into ranges, on which
// the models work one by one. A stretch of a group is coded by one thread, once the models are
// through with it in all of the group's ranges. Pieces are long (some hundred microseconds), so a
// lock and sleep between them cost nothing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/text/layout.h"

namespace lmz::text {

class AheadSchedule {
 public:
  // A member's work: the models' steps for a range, or the coding of a group.
  struct Piece {
    bool is_coding;
    int index;  // of the range or group
    uint64_t stretch;
  };

  // So many stretches of opinions are kept: one is coded while the next comes into being.
  static constexpr int kKept = 2;

  // For 1 <= ranges <= layout.lanes() and stretches >= 1. May throw std::bad_alloc.
  AheadSchedule(const Layout& layout, int ranges, uint64_t stretches);

  // For 0 <= range <= ranges.
  int RangeBegin(int range) const {
    return range * layout_.lanes() / static_cast<int>(ranges_.size());
  }

  // Waits for a piece. What was done in the pieces before it is visible. Nothing once all is done
  // or somebody stopped. Thread-safe.
  std::optional<Piece> Take();

  // The same without waiting.
  std::optional<Piece> TryTake();

  // The piece is done. Thread-safe.
  void Done(const Piece& piece);

  // Nobody gets a piece from here on. Thread-safe.
  void Stop();

 private:
  struct Work {
    uint64_t done = 0;  // stretches
    bool is_held = false;
    // Of a range the groups that its lanes are in, of a group the ranges.
    int first = 0;
    int last = 0;
  };

  std::optional<Piece> Find();
  // The least that is done among those that `work` belongs to.
  static uint64_t LeastOf(const std::vector<Work>& all, const Work& work);

  const Layout& layout_;
  const uint64_t stretches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::vector<Work> ranges_;
  std::vector<Work> groups_;
  bool is_over_ = false;
};

}  // namespace lmz::text
