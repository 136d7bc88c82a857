#include "model/transformer/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <vector>

namespace lmz {
namespace {

// Every piece of many runs is done exactly once, before Run returns.
TEST(ThreadTeamTest, DoesEveryPieceOnce) {
  for (const int threads : {1, 2, 5}) {
    ThreadTeam team(threads);
    std::vector<int> times(64);
    for (int run = 0; run < 2000; ++run) {
      const int count = run % 65;
      team.Run(count, [&](int worker, ThreadTeam::Pieces& pieces) {
        ASSERT_LT(worker, team.size());
        for (int piece = pieces.Next(); piece >= 0; piece = pieces.Next()) {
          ++times[static_cast<size_t>(piece)];
        }
      });
      for (int i = 0; i < 64; ++i) {
        ASSERT_EQ(times[static_cast<size_t>(i)], i < count ? 1 : 0) << threads << ' ' << run;
        times[static_cast<size_t>(i)] = 0;
      }
    }
  }
}

// Others work, too: with pieces that wait until somebody has taken another one.
TEST(ThreadTeamTest, WorksTogether) {
  ThreadTeam team(2);
  ASSERT_EQ(team.size(), 2);
  std::atomic<int> begun = 0;
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  team.Run(2, [&](int, ThreadTeam::Pieces& pieces) {
    while (pieces.Next() >= 0) {
      ++begun;
      while (begun < 2 && std::chrono::steady_clock::now() < give_up) {
      }
    }
  });
  EXPECT_EQ(begun, 2);
}

// Workers that have fallen asleep wake up, and one that never had work lets the team end.
TEST(ThreadTeamTest, SleepsAndEnds) {
  const ThreadTeam idle(3);
  ThreadTeam team(3);
  std::atomic<int> sum = 0;
  for (int run = 0; run < 20; ++run) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    team.Run(100, [&](int, ThreadTeam::Pieces& pieces) {
      for (int piece = pieces.Next(); piece >= 0; piece = pieces.Next()) sum += piece;
    });
  }
  EXPECT_EQ(sum, 20 * 4950);
}

}  // namespace
}  // namespace lmz
