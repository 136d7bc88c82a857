#include "codec/text/schedule.h"

#include <chrono>

namespace lmz {

namespace {

// A piece takes some ten to some hundred microseconds, and to be woken from sleep as much again.
constexpr std::chrono::microseconds kSpinTime{50};
constexpr int kPausesPerLook = 8;  // at the clock

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Schedule::Schedule(const Layout& layout, int ranges, int lanes_together)
    : lanes_(layout.lanes()),
      lanes_together_(lanes_together),
      steps_(layout.steps()),
      ranges_(static_cast<size_t>(ranges)),
      groups_(static_cast<size_t>(layout.groups())),
      unfinished_(ranges) {
  for (int r = 0; r < ranges; ++r) {
    Range& range = ranges_[static_cast<size_t>(r)];
    while (layout.GroupBegin(range.first_group + 1) <= RangeBegin(r)) ++range.first_group;
    range.last_group = range.first_group;
    while (layout.GroupBegin(range.last_group + 1) < RangeBegin(r + 1)) ++range.last_group;
    range.last_member = r;
    for (int g = range.first_group; g <= range.last_group; ++g) {
      Group& group = groups_[static_cast<size_t>(g)];
      if (layout.GroupBegin(g) >= RangeBegin(r)) group.turn = group.first_range = r;
      group.last_range = r;
    }
    alone_takes_ += 2 + range.last_group - range.first_group;
  }
}

bool Schedule::IsReady(const Range& range) const {
  const int state = range.state.load(std::memory_order_relaxed);
  if (state < kWaiting) return state == kAtNetwork;
  const Group& group = groups_[static_cast<size_t>(state - kWaiting)];
  return &range == &ranges_[static_cast<size_t>(group.turn.load(std::memory_order_relaxed))];
}

bool Schedule::SeveralAreReady() const {
  int ready = 0;
  for (const Range& range : ranges_) ready += IsReady(range) ? 1 : 0;
  return ready > 1;
}

// Whoever succeeds sees what the last holder did.
bool Schedule::TryHold(int range, int state) {
  std::atomic<int>& now = ranges_[static_cast<size_t>(range)].state;
  if (now.load(std::memory_order_relaxed) != state) return false;
  return now.compare_exchange_strong(state, kHeld, std::memory_order_acquire,
                                     std::memory_order_relaxed);
}

bool Schedule::TryHoldForMixing(int range) {
  Range& r = ranges_[static_cast<size_t>(range)];
  const int state = r.state.load(std::memory_order_relaxed);
  if (state < kWaiting) return false;
  const std::atomic<int>& turn = groups_[static_cast<size_t>(state - kWaiting)].turn;
  if (turn.load(std::memory_order_relaxed) != range || !TryHold(range, state)) return false;
  // Others may have held it meanwhile, and may have come to its next turn, which has not begun.
  if (turn.load(std::memory_order_acquire) == range) return true;
  r.state.store(state, std::memory_order_release);
  return false;
}

// For whoever holds `range`.
Piece Schedule::PieceOf(int range, int group, int member) {
  Range& r = ranges_[static_cast<size_t>(range)];
  if (r.last_member != member) ++r.hand_overs;
  r.last_member = member;
  return {.first_range = range, .end_range = range + 1, .group = group, .step = r.step};
}

std::optional<Piece> Schedule::FindMixing(int range, int member) {
  if (!TryHoldForMixing(range)) return std::nullopt;
  const int group = ranges_[static_cast<size_t>(range)].next_group;
  return PieceOf(range, group, member);
}

// With those behind it that wait for the network too, as far as `most_lanes` go.
std::optional<Piece> Schedule::FindNetwork(int range, int member, int most_lanes) {
  if (!TryHold(range, kAtNetwork)) return std::nullopt;
  Piece piece = PieceOf(range, Piece::kNetwork, member);
  while (piece.end_range < ranges() &&
         RangeBegin(piece.end_range + 1) - RangeBegin(range) <= most_lanes &&
         TryHold(piece.end_range, kAtNetwork)) {
    PieceOf(piece.end_range++, Piece::kNetwork, member);
  }
  return piece;
}

std::optional<Piece> Schedule::Find(int member, bool is_alone) {
  // Alone: all mixing that can be done comes first, so that ranges gather for the network's step.
  for (int i = 0; is_alone && i < ranges(); ++i) {
    const std::optional<Piece> piece = FindMixing(i, member);
    if (piece) return piece;
  }
  for (int i = 0; i < ranges(); ++i) {
    const int range = is_alone ? i : (member + i) % ranges();
    std::optional<Piece> piece = FindMixing(range, member);
    if (!piece) piece = FindNetwork(range, member, is_alone ? lanes_together_ : 0);
    if (piece) return piece;
  }
  return std::nullopt;
}

bool Schedule::IsAlone(int member) const {
  return taker_.load(std::memory_order_relaxed) == member &&
         takes_.load(std::memory_order_relaxed) >= alone_takes_;
}

void Schedule::CountTake(int member) {
  const bool is_same = taker_.load(std::memory_order_relaxed) == member;
  takes_.store(is_same ? takes_.load(std::memory_order_relaxed) + 1 : 0, std::memory_order_relaxed);
  taker_.store(member, std::memory_order_relaxed);
}

std::optional<Piece> Schedule::TryTake(int member) {
  const std::optional<Piece> piece = Find(member, IsAlone(member));
  if (piece) CountTake(member);
  return piece;
}

std::optional<Piece> Schedule::Take(int member) {
  for (;;) {
    const uint32_t seen = event_.load(std::memory_order_acquire);
    if (is_over_.load(std::memory_order_relaxed)) return std::nullopt;
    // Before a piece is held: whoever wakes may get the processor at once.
    if (sleepers_.load() > 0 && SeveralAreReady()) WakeOne();
    const std::optional<Piece> piece = TryTake(member);
    if (piece) return piece;
    Wait(seen);
  }
}

void Schedule::Done(const Piece& piece) {
  if (piece.group == Piece::kNetwork) {
    for (int r = piece.first_range; r < piece.end_range; ++r) {
      Range& range = ranges_[static_cast<size_t>(r)];
      range.next_group = range.first_group;
      range.state.store(kWaiting + range.first_group, std::memory_order_release);
    }
  } else {
    // The turn first: whoever gets the range next must not take this turn for the range's next one.
    Group& group = groups_[static_cast<size_t>(piece.group)];
    const int next =
        piece.first_range == group.last_range ? group.first_range : piece.first_range + 1;
    group.turn.store(next, std::memory_order_release);
    FinishMixing(ranges_[static_cast<size_t>(piece.first_range)], piece.group);
  }
  event_.fetch_add(1);
}

void Schedule::FinishMixing(Range& range, int group) {
  if (group < range.last_group) {
    range.next_group = group + 1;
    range.state.store(kWaiting + group + 1, std::memory_order_release);
  } else if (++range.step < steps_) {
    range.state.store(kAtNetwork, std::memory_order_release);
  } else {
    range.state.store(kFinished, std::memory_order_release);
    if (unfinished_.fetch_sub(1) == 1) Stop();
  }
}

void Schedule::Stop() {
  is_over_ = true;
  event_.fetch_add(1);
  { const std::lock_guard lock(mutex_); }  // nobody is about to sleep without having seen it
  wake_.notify_all();
}

// Until something has happened since `seen`: a while at work, since pieces are short, then asleep,
// since other programs may want the processor that a piece needs.
void Schedule::Wait(uint32_t seen) {
  takes_.store(0, std::memory_order_relaxed);  // here is somebody who has nothing to do
  const auto end = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kPausesPerLook; ++i) {
      if (event_.load(std::memory_order_relaxed) != seen) return;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  Sleep(seen);
}

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
  for (const Range& range : ranges_) sum += range.hand_overs;
  return sum;
}

}  // namespace lmz
