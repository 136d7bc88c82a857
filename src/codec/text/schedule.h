// Which thread does what next while several of them code one block of text.
//
// The lanes are cut into ranges. A range goes through pieces of work one after the other: the parts
// of the network's step, then the mixing and coding of its lanes, a piece for each group that they
// are in. Within a group the ranges are mixed in order, so that a range may have to wait for its
// turn.
//
// Nobody owns a range. A member of the crew that has nothing to do takes a piece that is ready, and
// sleeps only when there is none. A thread that the system has put aside holds up one piece, and a
// thread alone never waits for another. Caches decide who takes what: each member keeps to one part
// of the network and prefers its own range there; the mixing of a group stays with whoever
// mixed it last unless that member is busy elsewhere, or with those at the network's last part.
#pragma once

#include <atomic>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/text/layout.h"
#include "cpu/aligned.h"

namespace lmz::text {

// What a member does in one go.
struct Piece {
  static constexpr int kNetwork = -1;

  int member;
  int first_range;
  int end_range;  // first_range + 1 but for steps of the network that are taken together
  int group;      // whose mixer and coder to use, or kNetwork
  int part;       // of the network's step; else 0
  uint64_t step;  // of first_range, from 0 on
};

class Schedule {
 public:
  // For 1 <= `ranges` <= layout.lanes() and as many members, and a network in 1 <= `parts` <=
  // `ranges`. Steps of several ranges are taken together when nobody else is there to take them, up
  // to `lanes_together` lanes. May throw std::bad_alloc.
  Schedule(const Layout& layout, int ranges, int lanes_together, int parts = 1);

  // For 0 <= range <= ranges.
  int RangeBegin(int range) const { return range * lanes_ / ranges(); }
  int ranges() const { return static_cast<int>(ranges_.size()); }
  int parts() const { return parts_; }

  // Waits for a piece for `member` (0 .. ranges - 1), who holds none. What was done in the pieces
  // before it is visible. Nothing once all pieces are done or somebody stopped. Thread-safe.
  std::optional<Piece> Take(int member);

  // The same without waiting: nothing when `member`, having waited for so long already, had better
  // wait on.
  std::optional<Piece> TryTake(int member, std::chrono::nanoseconds waited);

  // The piece is done. Thread-safe.
  void Done(const Piece& piece);

  // Nobody gets a piece from here on. Thread-safe.
  void Stop();

  // Whoever has waited for so long takes any piece; with none, it sleeps.
  std::chrono::microseconds patience() const { return patience_; }

  // For tests: how often a range went to another member than the one that worked on it before (once
  // all members are through), and how often a member fell asleep.
  uint64_t hand_overs() const;
  uint64_t sleeps() const { return sleeps_; }

 private:
  // States of a range; from kWaiting on it waits for its turn in the group state - kWaiting, and
  // below that for the network.
  static constexpr int kFinished = INT_MIN;
  static constexpr int kHeld = INT_MIN + 1;
  static constexpr int kWaiting = 0;
  static constexpr int AtPart(int part) { return -1 - part; }
  static constexpr bool IsAtNetwork(int state) { return state > kHeld && state < kWaiting; }

  struct alignas(kCacheLine) Range {
    std::atomic<int> state = AtPart(0);
    int first_group = 0;
    int last_group = 0;
    // Of whoever holds it:
    uint64_t step = 0;
    int last_member = 0;
    uint64_t hand_overs = 0;
  };
  struct alignas(kCacheLine) Group {
    std::atomic<int> turn = 0;   // the range that is mixed next
    std::atomic<int> mixer = 0;  // the member that mixed last
    int first_range = 0;
    int last_range = 0;
  };
  struct alignas(kCacheLine) Member {
    std::atomic<bool> is_elsewhere = false;  // at the network or asleep
    // Its own:
    uint32_t event = 0;  // event_ when it last did something
    int lone_takes = 0;  // in a row, with no sign of others
  };

  Range& range(int index) { return ranges_[static_cast<size_t>(index)]; }
  Group& group(int index) { return groups_[static_cast<size_t>(index)]; }
  Member& member(int index) { return members_[static_cast<size_t>(index)]; }

  bool SeveralAreReady();
  bool TryHold(int index, int state);
  Piece PieceOf(int index, int group_index, int part, int member_index);
  std::optional<Piece> FindMixing(int group_index, int member_index);
  std::optional<Piece> FindAnyMixing(int member_index);
  std::optional<Piece> FindNetwork(int part, int index, int member_index, int most_lanes);
  std::optional<Piece> FindPart(int part, int member_index);
  std::optional<Piece> FindAlone(int member_index);
  std::optional<Piece> FindAmongOthers(int member_index, std::chrono::nanoseconds waited);
  void FinishMixing(Range& mixed, int group_index);
  void Sleep(uint32_t seen);
  void WakeOne();

  const int lanes_;
  const int lanes_together_;
  const int parts_;
  // A piece takes some ten to some hundred microseconds, and to be woken from sleep as much again.
  // A part of a network is a long piece, and whoever takes another's meanwhile has the weights of
  // neither in its cache.
  static constexpr std::chrono::microseconds kPatience{50};
  static constexpr std::chrono::microseconds kPatienceOfParts{400};
  const std::chrono::microseconds patience_;
  const uint64_t steps_;
  int alone_takes_ =
      0;  // so many takes in a row, and a member believes to be alone: a whole step's
  std::vector<Range> ranges_;
  std::vector<Group> groups_;
  std::vector<Member> members_;

  // Counts what may make a piece ready. On a line of its own: waiting members read it all the time.
  alignas(kCacheLine) std::atomic<uint32_t> event_ = 0;

  alignas(kCacheLine) std::atomic<bool> is_over_ = false;
  std::atomic<bool> is_anybody_idle_ = false;  // since a member alone last looked
  std::atomic<int> unfinished_;
  std::atomic<int> sleepers_ = 0;  // that nobody has woken yet; changed under mutex_
  std::atomic<uint64_t> sleeps_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  int woken_ = 0;  // sleepers that may go on; guarded by mutex_
};

}  // namespace lmz::text
