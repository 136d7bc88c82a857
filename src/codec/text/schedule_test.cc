#include "codec/text/schedule.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/random.h"

namespace lmz::text {
namespace {

constexpr int kLanesTogether = 8;

Layout Make(uint64_t raw_size, int lanes, int groups) {
  return Layout::Make(raw_size, lanes, groups).value();
}

// Notes pieces and complains when one comes before something that it needs.
class Ledger {
 public:
  Ledger(const Layout& layout, const Schedule& schedule)
      : layout_(layout),
        schedule_(schedule),
        network_parts_(static_cast<size_t>(layout.lanes())),
        coded_steps_(static_cast<size_t>(layout.lanes())) {}

  void Begin(const Piece& piece) {
    for (const size_t lane : Lanes(piece)) {
      if (piece.group == Piece::kNetwork) {
        // Knows its last byte, and has been through the parts before.
        const uint64_t parts = static_cast<uint64_t>(schedule_.parts());
        EXPECT_EQ(network_parts_[lane],
                  coded_steps_[lane] * parts + static_cast<uint64_t>(piece.part));
      } else {
        EXPECT_EQ(coded_steps_[lane], piece.step);
        EXPECT_EQ(network_parts_[lane],
                  (piece.step + 1) * static_cast<uint64_t>(schedule_.parts()));
        CheckOrder(static_cast<int>(lane), piece);
      }
    }
  }

  void End(const Piece& piece) {
    for (const size_t lane : Lanes(piece)) {
      ++(piece.group == Piece::kNetwork ? network_parts_ : coded_steps_)[lane];
    }
  }

  void ExpectAllDone() {
    const std::vector<uint64_t> all(static_cast<size_t>(layout_.lanes()), layout_.steps());
    EXPECT_EQ(coded_steps_, all);  // and so, by what Begin checks, all of the network's
  }

  std::vector<size_t> Lanes(const Piece& piece) const {
    int first = schedule_.RangeBegin(piece.first_range);
    int end = schedule_.RangeBegin(piece.end_range);
    if (piece.group != Piece::kNetwork) {
      first = std::max(first, layout_.GroupBegin(piece.group));
      end = std::min(end, layout_.GroupBegin(piece.group + 1));
    }
    EXPECT_LT(first, end);
    std::vector<size_t> lanes;
    for (int lane = first; lane < end; ++lane) lanes.push_back(static_cast<size_t>(lane));
    return lanes;
  }

 private:
  // Lanes before it in the piece are not yet noted.
  void CheckOrder(int lane, const Piece& piece) {
    const int begin = layout_.GroupBegin(piece.group);
    const int first = static_cast<int>(Lanes(piece).front());
    for (int other = begin; other < layout_.GroupBegin(piece.group + 1); ++other) {
      const bool is_before = other < first;
      EXPECT_EQ(coded_steps_[static_cast<size_t>(other)], piece.step + (is_before ? 1 : 0)) << lane;
    }
  }

  const Layout& layout_;
  const Schedule& schedule_;
  std::vector<uint64_t> network_parts_;
  std::vector<uint64_t> coded_steps_;
};

struct Shape {
  int lanes, groups, ranges, parts = 1;
};

class ScheduleOf : public ::testing::TestWithParam<Shape> {
 protected:
  ScheduleOf()
      : layout_(Make(static_cast<uint64_t>(GetParam().lanes) * 40, GetParam().lanes,
                     GetParam().groups)),
        schedule_(layout_, GetParam().ranges, kLanesTogether, GetParam().parts),
        ledger_(layout_, schedule_) {}

  Layout layout_;
  Schedule schedule_;
  Ledger ledger_;
};

// The system may put all but one aside: that one goes on, and soon as quickly as without others.
TEST_P(ScheduleOf, OneMemberAloneNeverWaits) {
  const int member = GetParam().ranges - 1;
  uint64_t network_pieces = 0;
  while (const std::optional<Piece> piece = schedule_.Take(member)) {
    ledger_.Begin(*piece);
    ledger_.End(*piece);
    schedule_.Done(*piece);
    if (piece->group == Piece::kNetwork) ++network_pieces;
  }
  ledger_.ExpectAllDone();
  EXPECT_EQ(schedule_.sleeps(), 0u);
  const auto together =
      static_cast<uint64_t>((layout_.lanes() + kLanesTogether - 1) / kLanesTogether);
  const auto per_step = static_cast<uint64_t>(GetParam().parts) *
                        std::min(static_cast<uint64_t>(GetParam().ranges), 2 * together);
  EXPECT_LE(network_pieces, per_step * layout_.steps() +
                                static_cast<uint64_t>((2 + GetParam().parts) * GetParam().ranges));
}

// Members take and finish pieces in any order, and some hold theirs for long.
TEST_P(ScheduleOf, AnyOrderOfMembersKeepsTheOrderOfCoding) {
  TestRandom random(static_cast<uint64_t>(GetParam().lanes));
  std::map<int, Piece> held;
  for (int idle = 0; idle < 1000; ++idle) {
    const int member = static_cast<int>(random.Below(static_cast<uint64_t>(GetParam().ranges)));
    const auto found = held.find(member);
    if (found == held.end()) {
      const std::optional<Piece> piece = schedule_.TryTake(member, schedule_.patience());
      if (!piece) continue;
      ledger_.Begin(*piece);
      held.emplace(member, *piece);
    } else if (random.Below(4) != 0 || member != 0) {
      ledger_.End(found->second);
      schedule_.Done(found->second);
      held.erase(found);
    }
    idle = 0;
  }
  ledger_.ExpectAllDone();
  EXPECT_FALSE(schedule_.Take(0).has_value());
}

// One member keeps a piece for good: what does not build on it is done by the others.
TEST_P(ScheduleOf, AMemberPutAsideHoldsUpNoMoreThanItsPiece) {
  if (GetParam().ranges == 1) return;
  const Piece kept = schedule_.TryTake(0, schedule_.patience()).value();
  std::map<int, uint64_t> done;  // pieces of each range
  for (int idle = 0; idle < GetParam().ranges; ++idle) {
    const int member = 1 + idle % (GetParam().ranges - 1);
    const std::optional<Piece> piece = schedule_.TryTake(member, schedule_.patience());
    if (!piece) continue;
    EXPECT_GE(piece->first_range, kept.end_range);
    ledger_.Begin(*piece);
    ledger_.End(*piece);
    schedule_.Done(*piece);
    for (int range = piece->first_range; range < piece->end_range; ++range) ++done[range];
    idle = -1;
  }
  EXPECT_EQ(done.size(), static_cast<size_t>(GetParam().ranges - 1));
  // Ranges behind the end of a group begin another one that the piece has nothing to do with.
  bool is_other_group = false;
  for (int range = 1; range < GetParam().ranges; ++range) {
    for (int g = 1; g < GetParam().groups; ++g) {
      is_other_group |= layout_.GroupBegin(g) == schedule_.RangeBegin(range);
    }
    EXPECT_GE(done[range], is_other_group ? 2 * layout_.steps() : 1) << range;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ScheduleOf,
                         ::testing::Values(Shape{1, 1, 1}, Shape{2, 1, 2}, Shape{8, 1, 1},
                                           Shape{8, 1, 2}, Shape{8, 1, 3}, Shape{8, 2, 3},
                                           Shape{7, 3, 2}, Shape{7, 3, 7}, Shape{9, 4, 2},
                                           Shape{64, 4, 4}, Shape{64, 1, 5}, Shape{5, 4, 4},
                                           Shape{8, 1, 2, 2}, Shape{8, 2, 3, 2}, Shape{8, 1, 4, 4},
                                           Shape{64, 4, 5, 3}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.lanes) + "lanes" +
                                  std::to_string(shape.param.groups) + "groups" +
                                  std::to_string(shape.param.ranges) + "ranges" +
                                  std::to_string(shape.param.parts) + "parts";
                         });

constexpr std::chrono::nanoseconds kAtOnce{0};

// Two lanes that have each made their first step: the first one's mixing is ready.
class TwoRanges : public ::testing::Test {
 protected:
  TwoRanges() : layout_(Make(40, 2, 1)), schedule_(layout_, 2, 1) {
    const Piece first = schedule_.TryTake(0, kAtOnce).value();
    const Piece second = schedule_.TryTake(1, kAtOnce).value();
    EXPECT_EQ(first.first_range, 0);
    EXPECT_EQ(second.first_range, 1);
    schedule_.Done(second);
    EXPECT_FALSE(schedule_.TryTake(1, schedule_.patience()).has_value());
    schedule_.Done(first);
  }
  Piece Do(int member) {
    const Piece piece = schedule_.TryTake(member, kAtOnce).value();
    schedule_.Done(piece);
    return piece;
  }

  Layout layout_;
  Schedule schedule_;
};

TEST_F(TwoRanges, MixingStaysWithWhoeverIsThere) {
  EXPECT_FALSE(schedule_.TryTake(1, kAtOnce).has_value());
  EXPECT_EQ(Do(0).group, 0);
  const Piece network = Do(1);
  EXPECT_EQ(network.group, Piece::kNetwork);
  EXPECT_EQ(network.first_range, 0);
  const Piece mixing = Do(0);
  EXPECT_EQ(mixing.group, 0);
  EXPECT_EQ(mixing.first_range, 1);
}

TEST_F(TwoRanges, MixingGoesToWhoeverWaitsForLong) {
  EXPECT_EQ(schedule_.TryTake(1, schedule_.patience()).value().group, 0);
}

TEST_F(TwoRanges, TheMixerWaitsAMomentForTheNextRange) {
  EXPECT_EQ(Do(0).first_range, 0);
  const Piece network = schedule_.TryTake(1, kAtOnce).value();
  EXPECT_EQ(network.first_range, 0);
  EXPECT_EQ(Do(0).group, 0);
  EXPECT_FALSE(schedule_.TryTake(0, kAtOnce).has_value());
  const Piece instead = schedule_.TryTake(0, schedule_.patience()).value();
  EXPECT_EQ(instead.group, Piece::kNetwork);
  EXPECT_EQ(instead.first_range, 1);
  schedule_.Done(network);
  EXPECT_EQ(schedule_.TryTake(1, kAtOnce).value().group, 0);  // the mixer is away
}

// Each member has its part of the network, and takes another's only when nobody else does.
TEST(ScheduleParts, AMemberKeepsToItsPart) {
  const Layout layout = Make(40, 2, 1);
  Schedule schedule(layout, 2, 1, 2);
  EXPECT_FALSE(schedule.TryTake(1, kAtOnce).has_value());
  for (const int range : {0, 1}) {
    const Piece first = schedule.TryTake(0, kAtOnce).value();
    EXPECT_EQ(first.part, 0);
    EXPECT_EQ(first.first_range, range);
    schedule.Done(first);
  }
  EXPECT_FALSE(schedule.TryTake(0, kAtOnce).has_value());
  const Piece second = schedule.TryTake(1, kAtOnce).value();
  EXPECT_EQ(second.group, Piece::kNetwork);
  EXPECT_EQ(second.part, 1);
  const Piece stolen = schedule.TryTake(0, schedule.patience()).value();
  EXPECT_EQ(stolen.group, Piece::kNetwork);
  EXPECT_EQ(stolen.part, 1);
  EXPECT_NE(stolen.first_range, second.first_range);
}

// Whoever did the last part mixes first, and others only when nobody is there.
TEST(ScheduleParts, TheLastPartGoesOnWithMixing) {
  const Layout layout = Make(40, 2, 1);
  Schedule schedule(layout, 2, 1, 2);
  const auto take = [&](int member) { return schedule.TryTake(member, kAtOnce).value(); };
  for (int range = 0; range < 2; ++range) schedule.Done(take(0));
  for (int range = 0; range < 2; ++range) schedule.Done(take(1));
  EXPECT_FALSE(schedule.TryTake(0, kAtOnce).has_value());
  const Piece mixing = take(1);
  EXPECT_EQ(mixing.group, 0);
  EXPECT_EQ(mixing.first_range, 0);
  schedule.Done(mixing);
  schedule.Done(take(0));  // so that the last part of range 0 is ready beside the mixing of range 1
  const Piece next = take(1);
  EXPECT_EQ(next.group, 0);
  EXPECT_EQ(next.first_range, 1);
  schedule.Done(next);
  EXPECT_EQ(take(1).part, 1);
}

TEST(ScheduleThread, ASleeperIsWokenForWorkAndOnlyForWork) {
  const Layout layout = Make(40, 2, 1);
  Schedule schedule(layout, 2, 1);
  const Piece first = schedule.Take(0).value();
  schedule.Done(schedule.Take(1).value());
  std::optional<Piece> got;
  std::thread sleeper([&] { got = schedule.Take(1); });
  while (schedule.sleeps() < 1) std::this_thread::yield();
  schedule.Done(first);
  const Piece mixing = schedule.Take(0).value();  // nothing else is ready
  EXPECT_EQ(mixing.first_range, 0);
  EXPECT_EQ(schedule.sleeps(), 1u);
  schedule.Done(mixing);
  const Piece next = schedule.Take(0).value();  // two are ready: it wakes the other
  sleeper.join();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(next.group, 0);
  EXPECT_EQ(next.first_range, 1);
  EXPECT_EQ(got->group, Piece::kNetwork);
  EXPECT_EQ(got->first_range, 0);
}

TEST(ScheduleThread, StopWakesAllAndLastsForGood) {
  const Layout layout = Make(40, 3, 1);
  Schedule schedule(layout, 3, 1);
  ASSERT_TRUE(schedule.Take(0).has_value());
  for (int member = 1; member < 3; ++member) schedule.Done(schedule.Take(member).value());
  bool got[2] = {true, true};
  std::thread a([&] { got[0] = schedule.Take(1).has_value(); });
  std::thread b([&] { got[1] = schedule.Take(2).has_value(); });
  while (schedule.sleeps() < 2) std::this_thread::yield();
  schedule.Stop();
  a.join();
  b.join();
  EXPECT_FALSE(got[0]);
  EXPECT_FALSE(got[1]);
  EXPECT_FALSE(schedule.Take(0).has_value());
}

}  // namespace
}  // namespace lmz::text
