#include "base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <stdexcept>

namespace lmz {
namespace {

TEST(WorkerPool, EveryFutureGetsItsOwnResult) {
  for (const int threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    std::vector<std::future<Status>> results;
    for (int i = 0; i < 200; ++i) {
      results.push_back(pool.Submit([i]() -> Status {
        return i % 3 == 0 ? OkStatus() : Status(Code::kIo, std::to_string(i));
      }));
    }
    for (int i = 0; i < 200; ++i) {
      const Status status = results[static_cast<size_t>(i)].get();
      EXPECT_EQ(status.ok(), i % 3 == 0);
      EXPECT_EQ(status.message(), i % 3 == 0 ? "" : std::to_string(i));
    }
  }
}

TEST(WorkerPool, OneThreadMeansTheCaller) {
  WorkerPool pool(1);
  const std::thread::id caller = std::this_thread::get_id();
  std::thread::id worker;
  std::future<Status> done = pool.Submit([&] {
    worker = std::this_thread::get_id();
    return OkStatus();
  });
  EXPECT_EQ(worker, caller);
  EXPECT_TRUE(done.get().ok());
}

TEST(WorkerPool, WorkRunsAtTheSameTime) {
  WorkerPool pool(2);
  std::promise<void> first_is_here;
  std::promise<void> second_is_here;
  std::future<Status> first = pool.Submit([&] {
    first_is_here.set_value();
    second_is_here.get_future().wait();
    return OkStatus();
  });
  std::future<Status> second = pool.Submit([&] {
    first_is_here.get_future().wait();
    second_is_here.set_value();
    return OkStatus();
  });
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
}

TEST(WorkerPool, FailedAllocationsReachTheWaiter) {
  for (const int threads : {1, 2}) {
    WorkerPool pool(threads);
    std::future<Status> done = pool.Submit([]() -> Status { throw std::bad_alloc(); });
    EXPECT_THROW((void)done.get(), std::bad_alloc);
  }
}

TEST(WorkerPool, ClosingWaitsForWhatRunsAndDropsTheRest) {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  {
    WorkerPool pool(2);
    for (int i = 0; i < 100; ++i) {
      (void)pool.Submit([&] {
        ++begun;
        std::this_thread::yield();
        ++ended;
        return OkStatus();
      });
    }
  }
  EXPECT_EQ(begun.load(), ended.load());
}

}  // namespace
}  // namespace lmz
