// Which thread does what next while several of them code one block of text.
//
// The lanes are cut into ranges. A range goes through pieces of work one after the other: a step of
// the network, then the mixing and coding of its lanes, a piece for each group that they are in.
// Within a group the ranges are mixed in order, so that a range may have to wait for its turn.
//
// Nobody owns a range. Whoever has nothing to do takes a piece that is ready, its own range's first
// (its data are in that processor's cache), and sleeps only when no piece is ready. A thread that
// the system has put aside holds up one piece, and a thread alone never waits for another.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/text/layout.h"
#include "cpu/aligned.h"

namespace lmz {

// What a member does in one go.
struct Piece {
  static constexpr int kNetwork = -1;

  int first_range;
  int end_range;  // first_range + 1 but for steps of the network that are taken together
  int group;      // whose mixer and coder to use, or kNetwork
  uint64_t step;  // of first_range, from 0 on

  friend bool operator==(const Piece&, const Piece&) = default;
};

class Schedule {
 public:
  // For 1 <= `ranges` <= layout.lanes() and as many members. Steps of several ranges are taken
  // together when nobody else is there to take them, up to `lanes_together` lanes. May throw
  // std::bad_alloc.
  Schedule(const Layout& layout, int ranges, int lanes_together);

  // For 0 <= range <= ranges.
  int RangeBegin(int range) const { return range * lanes_ / ranges(); }
  int ranges() const { return static_cast<int>(ranges_.size()); }

  // A piece for `member` (0 .. ranges - 1), who holds none; nothing when none is ready. What was
  // done in the pieces before it is visible. Thread-safe.
  std::optional<Piece> TryTake(int member);

  // Waits for a piece. Nothing once all pieces are done or somebody stopped. Thread-safe.
  std::optional<Piece> Take(int member);

  // The holder of `piece` has done it. Thread-safe.
  void Done(const Piece& piece);

  // Nobody gets a piece from here on. Thread-safe.
  void Stop();

  // For tests: how often a range went to another member than the one that worked on it before (once
  // all members are through), and how often a member fell asleep.
  uint64_t hand_overs() const;
  uint64_t sleeps() const { return sleeps_; }

 private:
  // States of a range; from kWaiting on it waits for its turn in the group state - kWaiting.
  static constexpr int kFinished = -3;
  static constexpr int kHeld = -2;
  static constexpr int kAtNetwork = Piece::kNetwork;
  static constexpr int kWaiting = 0;

  struct alignas(kCacheLine) Range {
    std::atomic<int> state = kAtNetwork;
    int first_group = 0;
    int last_group = 0;
    // Of whoever holds it:
    uint64_t step = 0;
    int next_group = 0;
    int last_member = 0;
    uint64_t hand_overs = 0;
  };
  struct alignas(kCacheLine) Group {
    std::atomic<int> turn = 0;  // the range that may be mixed
    int first_range = 0;
    int last_range = 0;
  };

  bool IsReady(const Range& range) const;
  bool SeveralAreReady() const;
  bool TryHold(int range, int state);
  bool TryHoldForMixing(int range);
  Piece PieceOf(int range, int group, int member);
  std::optional<Piece> FindMixing(int range, int member);
  std::optional<Piece> FindNetwork(int range, int member, int most_lanes);
  std::optional<Piece> Find(int member, bool is_alone);
  void FinishMixing(Range& range, int group);
  bool IsAlone(int member) const;
  void CountTake(int member);
  void Wait(uint32_t seen);
  void Sleep(uint32_t seen);
  void WakeOne();

  const int lanes_;
  const int lanes_together_;
  const uint64_t steps_;
  int alone_takes_ = 0;  // so many takes in a row make a member feel alone
  std::vector<Range> ranges_;
  std::vector<Group> groups_;

  // On a line of its own: waiting members read it all the time.
  alignas(kCacheLine) std::atomic<uint32_t> event_ = 0;  // counts what may make a piece ready
  alignas(kCacheLine) std::atomic<bool> is_over_ = false;
  std::atomic<int> unfinished_;
  // Who took the last pieces; no more than a hint.
  std::atomic<int> taker_ = 0;
  std::atomic<int> takes_ = 0;

  std::atomic<int> sleepers_ = 0;  // that nobody has woken yet; changed under mutex_
  std::mutex mutex_;
  std::condition_variable wake_;
  int woken_ = 0;  // sleepers that may go on; guarded by mutex_
  std::atomic<uint64_t> sleeps_ = 0;
};

}  // namespace lmz
