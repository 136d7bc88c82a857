#include "codec/text/schedule.h"

#include <algorithm>

#include "cpu/pause.h"

namespace lmz::text {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// So long a group's mixer waits for a range that somebody is about to finish, before it goes to the
// network: whoever is ready first would have to mix with a cold cache.
constexpr std::chrono::microseconds kMixerPatience{2};
constexpr int kPausesPerLook = 8;  // at the clock

}  // namespace

Schedule::Schedule(const Layout& layout, int ranges, int lanes_together, int parts)
    : lanes_(layout.lanes()),
      lanes_together_(lanes_together),
      parts_(parts),
      patience_(parts > 1 ? kPatienceOfParts : kPatience),
      steps_(layout.steps()),
      ranges_(static_cast<size_t>(ranges)),
      groups_(static_cast<size_t>(layout.groups())),
      members_(static_cast<size_t>(ranges)),
      unfinished_(ranges) {
  for (int r = 0; r < ranges; ++r) {
    Range& now = range(r);
    while (layout.GroupBegin(now.first_group + 1) <= RangeBegin(r)) ++now.first_group;
    now.last_group = now.first_group;
    while (layout.GroupBegin(now.last_group + 1) < RangeBegin(r + 1)) ++now.last_group;
    now.last_member = r;
    for (int g = now.first_group; g <= now.last_group; ++g) {
      if (layout.GroupBegin(g) >= RangeBegin(r)) {
        group(g).turn = group(g).mixer = group(g).first_range = r;
      }
      group(g).last_range = r;
    }
    alone_takes_ += parts + 1 + now.last_group - now.first_group;
  }
}

bool Schedule::SeveralAreReady() {
  int ready = 0;
  for (const Range& r : ranges_) ready += IsAtNetwork(r.state.load(std::memory_order_relaxed));
  for (int g = 0; g < static_cast<int>(groups_.size()); ++g) {
    const Range& next = range(group(g).turn.load(std::memory_order_relaxed));
    ready += next.state.load(std::memory_order_relaxed) == kWaiting + g;
  }
  return ready > 1;
}

// Whoever succeeds sees what the last holder did.
bool Schedule::TryHold(int index, int state) {
  std::atomic<int>& now = range(index).state;
  if (now.load(std::memory_order_relaxed) != state) return false;
  return now.compare_exchange_strong(state, kHeld, std::memory_order_acquire,
                                     std::memory_order_relaxed);
}

// For whoever holds the range.
Piece Schedule::PieceOf(int index, int group_index, int part, int member_index) {
  Range& held = range(index);
  if (held.last_member != member_index) ++held.hand_overs;
  held.last_member = member_index;
  return {.member = member_index,
          .first_range = index,
          .end_range = index + 1,
          .group = group_index,
          .part = part,
          .step = held.step};
}

std::optional<Piece> Schedule::FindMixing(int group_index, int member_index) {
  Group& mixed = group(group_index);
  const int next = mixed.turn.load(std::memory_order_relaxed);
  if (!TryHold(next, kWaiting + group_index)) return std::nullopt;
  // Others may have mixed it meanwhile, and it may wait for its turn in the next step already.
  if (mixed.turn.load(std::memory_order_acquire) != next) {
    range(next).state.store(kWaiting + group_index, std::memory_order_release);
    return std::nullopt;
  }
  mixed.mixer.store(member_index, std::memory_order_relaxed);
  return PieceOf(next, group_index, 0, member_index);
}

// With those behind it that wait for the network too, as far as `most_lanes` go.
std::optional<Piece> Schedule::FindNetwork(int part, int index, int member_index, int most_lanes) {
  if (!TryHold(index, AtPart(part))) return std::nullopt;
  Piece piece = PieceOf(index, Piece::kNetwork, part, member_index);
  while (piece.end_range < ranges() &&
         RangeBegin(piece.end_range + 1) - RangeBegin(index) <= most_lanes &&
         TryHold(piece.end_range, AtPart(part))) {
    PieceOf(piece.end_range++, Piece::kNetwork, part, member_index);
  }
  member(member_index).is_elsewhere.store(true, std::memory_order_relaxed);
  return piece;
}

std::optional<Piece> Schedule::FindPart(int part, int member_index) {
  std::optional<Piece> piece;
  for (int i = 0; !piece && i < ranges(); ++i) {
    piece = FindNetwork(part, (member_index + i) % ranges(), member_index, 0);
  }
  return piece;
}

std::optional<Piece> Schedule::FindAnyMixing(int member_index) {
  std::optional<Piece> piece;
  for (int g = 0; !piece && g < static_cast<int>(groups_.size()); ++g) {
    piece = FindMixing(g, member_index);
  }
  return piece;
}

// All mixing that can be done comes first, so that ranges gather for the network's step.
std::optional<Piece> Schedule::FindAlone(int member_index) {
  std::optional<Piece> piece = FindAnyMixing(member_index);
  for (int i = 0; !piece && i < parts_ * ranges(); ++i) {
    piece = FindNetwork(i / ranges(), i % ranges(), member_index, lanes_together_);
  }
  return piece;
}

std::optional<Piece> Schedule::FindAmongOthers(int member_index, nanoseconds waited) {
  const int groups = static_cast<int>(groups_.size());
  const int own_part = member_index % parts_;
  // Of a network in parts, those at the last one mix: its opinions lie in their caches.
  if (parts_ > 1 && waited < patience_) {
    std::optional<Piece> piece;
    if (own_part + 1 == parts_) piece = FindAnyMixing(member_index);
    return piece ? piece : FindPart(own_part, member_index);
  }
  bool is_next_near = false;
  for (int g = 0; g < groups; ++g) {
    if (group(g).mixer.load(std::memory_order_relaxed) != member_index) continue;
    std::optional<Piece> piece = FindMixing(g, member_index);
    if (piece) return piece;
    const Range& next = range(group(g).turn.load(std::memory_order_relaxed));
    is_next_near |= next.state.load(std::memory_order_relaxed) == kHeld;
  }
  if (is_next_near && waited < kMixerPatience) return std::nullopt;
  if (std::optional<Piece> piece = FindPart(own_part, member_index)) return piece;
  for (int g = 0; g < groups; ++g) {
    const Member& mixer = member(group(g).mixer.load(std::memory_order_relaxed));
    if (waited < patience_ && !mixer.is_elsewhere.load(std::memory_order_relaxed)) continue;
    std::optional<Piece> piece = FindMixing(g, member_index);
    if (piece) return piece;
  }
  // The others' parts, whose weights it would have to fetch: nobody seems to be there for them.
  for (int i = 1; i < parts_; ++i) {
    std::optional<Piece> piece = FindPart((own_part + i) % parts_, member_index);
    if (piece) return piece;
  }
  return std::nullopt;
}

std::optional<Piece> Schedule::TryTake(int member_index, nanoseconds waited) {
  int& lone_takes = member(member_index).lone_takes;
  if (lone_takes >= alone_takes_ && is_anybody_idle_.load(std::memory_order_relaxed)) {
    is_anybody_idle_.store(false, std::memory_order_relaxed);
    lone_takes = 0;
  }
  const bool is_alone = lone_takes >= alone_takes_;
  return is_alone ? FindAlone(member_index) : FindAmongOthers(member_index, waited);
}

std::optional<Piece> Schedule::Take(int member_index) {
  Member& taker = member(member_index);
  uint32_t seen = event_.load(std::memory_order_acquire);
  taker.lone_takes = seen == taker.event ? taker.lone_takes + 1 : 0;
  steady_clock::time_point begin;
  nanoseconds waited{0};
  for (;;) {
    if (is_over_.load(std::memory_order_relaxed)) return std::nullopt;
    // Before a piece is held: whoever wakes may get the processor at once.
    if (sleepers_.load() > 0 && SeveralAreReady()) WakeOne();
    const std::optional<Piece> piece = TryTake(member_index, waited);
    if (piece) {
      // Nobody else did anything while it waited for another's part: the idle one was itself.
      if (waited > nanoseconds(0) && seen == taker.event) is_anybody_idle_ = false;
      return piece;
    }
    if (waited >= patience_) {
      taker.is_elsewhere.store(true, std::memory_order_relaxed);
      Sleep(seen);
      taker.is_elsewhere.store(false, std::memory_order_relaxed);
      waited = nanoseconds(0);
    }
    if (waited == nanoseconds(0)) begin = steady_clock::now();
    if (!is_anybody_idle_.load(std::memory_order_relaxed)) is_anybody_idle_ = true;
    for (int i = 0; i < kPausesPerLook; ++i) {
      if (event_.load(std::memory_order_relaxed) != seen) break;
      Pause();
    }
    waited = std::max(nanoseconds(1), nanoseconds(steady_clock::now() - begin));
    seen = event_.load(std::memory_order_acquire);
  }
}

void Schedule::Done(const Piece& piece) {
  if (piece.group == Piece::kNetwork) {
    member(piece.member).is_elsewhere.store(false, std::memory_order_relaxed);
    const bool is_through = piece.part + 1 == parts_;
    for (int r = piece.first_range; r < piece.end_range; ++r) {
      const int next = is_through ? kWaiting + range(r).first_group : AtPart(piece.part + 1);
      range(r).state.store(next, std::memory_order_release);
    }
  } else {
    // The turn first: whoever gets the range next must not take this turn for the range's next one.
    Group& mixed = group(piece.group);
    const int next =
        piece.first_range == mixed.last_range ? mixed.first_range : piece.first_range + 1;
    mixed.turn.store(next, std::memory_order_release);
    FinishMixing(range(piece.first_range), piece.group);
  }
  member(piece.member).event = event_.fetch_add(1) + 1;
}

void Schedule::FinishMixing(Range& mixed, int group_index) {
  if (group_index < mixed.last_group) {
    mixed.state.store(kWaiting + group_index + 1, std::memory_order_release);
  } else if (++mixed.step < steps_) {
    mixed.state.store(AtPart(0), std::memory_order_release);
  } else {
    mixed.state.store(kFinished, std::memory_order_release);
    if (unfinished_.fetch_sub(1) == 1) Stop();
  }
}

void Schedule::Stop() {
  is_over_ = true;
  event_.fetch_add(1);
  { const std::lock_guard lock(mutex_); }  // nobody is about to sleep without having seen it
  wake_.notify_all();
}

// Unless something has happened since `seen`.
void Schedule::Sleep(uint32_t seen) {
  std::unique_lock lock(mutex_);
  ++sleepers_;
  if (event_.load() != seen) {
    --sleepers_;
    return;
  }
  ++sleeps_;
  wake_.wait(lock, [this] { return woken_ > 0 || is_over_; });
  if (woken_ > 0) --woken_;
}

void Schedule::WakeOne() {
  {
    const std::lock_guard lock(mutex_);
    if (sleepers_ == 0) return;
    --sleepers_;
    ++woken_;
  }
  wake_.notify_one();
}

uint64_t Schedule::hand_overs() const {
  uint64_t sum = 0;
  for (const Range& r : ranges_) sum += r.hand_overs;
  return sum;
}

}  // namespace lmz::text
