#include "codec/text/ahead_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "tests/random.h"

namespace lmz::text {
namespace {

// What was done, with the order that must hold between pieces.
class Log {
 public:
  Log(const Layout& layout, const AheadSchedule& schedule, int ranges)
      : layout_(layout),
        schedule_(schedule),
        stepped_(static_cast<size_t>(ranges)),
        coded_(static_cast<size_t>(layout.groups())) {}

  void Begin(const AheadSchedule::Piece& piece) {
    const auto index = static_cast<size_t>(piece.index);
    EXPECT_EQ(piece.stretch, (piece.is_coding ? coded_ : stepped_)[index]);
    for (int r = 0; r < static_cast<int>(stepped_.size()); ++r) {
      for (int g = 0; g < layout_.groups(); ++g) {
        if (!Share(r, g)) continue;
        const uint64_t stepped = stepped_[static_cast<size_t>(r)];
        const uint64_t coded = coded_[static_cast<size_t>(g)];
        if (piece.is_coding && g == piece.index) {
          EXPECT_GT(stepped, piece.stretch);
        }
        if (!piece.is_coding && r == piece.index) {
          EXPECT_LT(piece.stretch, coded + AheadSchedule::kKept);
        }
      }
    }
  }
  void End(const AheadSchedule::Piece& piece) {
    ++(piece.is_coding ? coded_ : stepped_)[static_cast<size_t>(piece.index)];
  }
  bool Holds(uint64_t stretches) const {
    return std::ranges::all_of(stepped_, [=](uint64_t n) { return n == stretches; }) &&
           std::ranges::all_of(coded_, [=](uint64_t n) { return n == stretches; });
  }

 private:
  bool Share(int range, int group) const {
    return schedule_.RangeBegin(range) < layout_.GroupBegin(group + 1) &&
           layout_.GroupBegin(group) < schedule_.RangeBegin(range + 1);
  }

  const Layout& layout_;
  const AheadSchedule& schedule_;
  std::vector<uint64_t> stepped_;
  std::vector<uint64_t> coded_;
};

TEST(AheadSchedule, GivesAllPiecesInAnOrderThatIsRight) {
  TestRandom random(1);
  for (const auto& [lanes, groups, ranges] :
       {std::tuple{1, 1, 1}, {16, 1, 2}, {7, 3, 2}, {7, 3, 5}, {64, 4, 64}}) {
    const Layout layout = Layout::Make(1000, lanes, groups).value();
    AheadSchedule schedule(layout, ranges, 9);
    Log log(layout, schedule, ranges);
    // Several pieces are out at once, and end in any order. One is always to be had: no thread may
    // have to wait for none.
    std::vector<AheadSchedule::Piece> out;
    for (;;) {
      if (out.empty()) {
        const auto piece = schedule.Take();
        if (!piece) break;
        log.Begin(*piece);
        out.push_back(*piece);
      }
      while (static_cast<int>(out.size()) < 3 && random.Below(2) == 0) {
        const auto piece = schedule.TryTake();
        if (!piece) break;
        log.Begin(*piece);
        out.push_back(*piece);
      }
      const auto ended = out.begin() + static_cast<ptrdiff_t>(random.Below(out.size()));
      log.End(*ended);
      schedule.Done(*ended);
      out.erase(ended);
    }
    EXPECT_TRUE(log.Holds(9)) << lanes << " " << groups << " " << ranges;
  }
}

TEST(AheadSchedule, StopWakesWhoeverWaits) {
  const Layout layout = Layout::Make(100, 1, 1).value();
  AheadSchedule schedule(layout, 1, 100);
  ASSERT_TRUE(schedule.Take());  // held for good: nobody else finds anything
  std::thread other([&] { EXPECT_FALSE(schedule.Take()); });
  schedule.Stop();
  other.join();
  EXPECT_FALSE(schedule.Take());
}

}  // namespace
}  // namespace lmz::text
