#include "base/cpu_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace lmz {
namespace {

TEST(CpuShareTest, AsManyThreadsWorkAsMay) {
  CpuShare share(2);
  std::atomic<int> working = 0, most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        const CpuShare::Turn turn(&share);
        most = std::max(most.load(), ++working);
        std::this_thread::sleep_for(std::chrono::microseconds(50));
        --working;
        const CpuShare::Pause pause(&share);
        std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 2);
}

}  // namespace
}  // namespace lmz
