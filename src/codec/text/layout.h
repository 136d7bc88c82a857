// How a block is divided: into lanes, which are coded side by side, and the lanes into groups,
// which share nothing. Format: spec.md.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/status.h"

namespace lmz::text {

inline constexpr int kMaxLanes = 64;
inline constexpr int kMaxGroups = 4;

// Lanes are consecutive pieces of the block, the first ones a byte longer when it does not divide
// evenly; groups are consecutive lanes, divided likewise as evenly as can be.
class Layout {
 public:
  // From here on a model's step for one lane takes longer than handing the lane over.
  static constexpr uint64_t kSharedFromParameters = 1 << 20;

  // Errors: kDamaged unless 1 <= groups <= kMaxGroups, groups <= lanes <= kMaxLanes and
  // lanes <= raw_size.
  static Result<Layout> Make(uint64_t raw_size, int lanes, int groups);

  // What an encoder chooses for a block of raw_size (>= 1) bytes: with `is_wide` as many lanes as
  // can be in blocks that otherwise have sixteen, for machines that step many at once.
  static Layout For(uint64_t raw_size, bool is_wide = false);

  int lanes() const { return lanes_; }
  int groups() const { return groups_; }
  // How many of so many threads are worth having for models of so many parameters in all. With less
  // than two lanes each and a small model, they wait for each other more than they gain, most of
  // all where other programs run.
  int CrewSize(int threads, uint64_t parameters) const {
    const bool is_worth_it = lanes_ >= 4 || parameters >= kSharedFromParameters;
    return is_worth_it ? std::min(threads, lanes_) : 1;
  }
  // Of the longest lane.
  uint64_t steps() const { return LaneSize(0); }

  // For 0 <= lane <= lanes(): where the lane begins in the block.
  uint64_t LaneBegin(int lane) const {
    const auto l = static_cast<uint64_t>(lane);
    return l * (raw_size_ / Lanes()) + (l < raw_size_ % Lanes() ? l : raw_size_ % Lanes());
  }
  uint64_t LaneSize(int lane) const { return LaneBegin(lane + 1) - LaneBegin(lane); }

  // For 0 <= group <= groups(): the group's first lane.
  int GroupBegin(int group) const { return group * lanes_ / groups_; }

 private:
  Layout(uint64_t raw_size, int lanes, int groups)
      : raw_size_(raw_size), lanes_(lanes), groups_(groups) {}

  uint64_t Lanes() const { return static_cast<uint64_t>(lanes_); }

  uint64_t raw_size_;
  int lanes_;
  int groups_;
};

}  // namespace lmz::text
