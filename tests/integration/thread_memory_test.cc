// What threads make of an allocation that fails, each one in turn.
#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <thread>

#include "base/crew.h"
#include "base/worker_pool.h"
#include "codec/block.h"
#include "tests/recipes.h"
#include "tests/replaced_new.h"
#include "tests/tiny_model.h"

namespace {

std::atomic<int> allocations_before_failure = -1;

// While it lives, one allocation of the whole program fails: that behind `allocations` others.
class FailingAllocation {
 public:
  explicit FailingAllocation(int allocations) { allocations_before_failure = allocations; }
  ~FailingAllocation() { allocations_before_failure = -1; }
  static bool has_failed() { return allocations_before_failure < 0; }
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
};

}  // namespace

void* lmz::testing::Allocate(size_t size, size_t alignment) {
  if (allocations_before_failure >= 0 && allocations_before_failure.fetch_sub(1) == 0) {
    throw std::bad_alloc();
  }
  return TakeMemory(size, alignment);
}

namespace lmz {
namespace {

TEST(FailedAllocation, MeansFewerMembersOfACrew) {
  int least = 4, most = 0;
  for (int allocations = 0; allocations < 12; ++allocations) {
    std::atomic<int> arrived = 0;
    std::atomic<int> size = 0;
    const std::function<void(int)> count = [&](int) { ++arrived; };
    {
      const FailingAllocation failing(allocations);
      Crew crew(4);
      size = crew.size();
      crew.Run(count);
    }
    EXPECT_EQ(arrived, size) << allocations;
    least = std::min<int>(least, size);
    most = std::max<int>(most, size);
  }
  EXPECT_EQ(least, 1);
  EXPECT_EQ(most, 4);
}

// Work that was taken in is done, by fewer threads or by the caller; other work is refused.
TEST(FailedAllocation, LosesNoWorkOfAPool) {
  int refused = 0;
  std::atomic<int> by_caller = 0, by_threads = 0;
  const std::thread::id caller = std::this_thread::get_id();
  for (int allocations = 0; allocations < 30; ++allocations) {
    WorkerPool pool(3);
    std::vector<std::future<Status>> results(4);
    std::atomic<int> ran = 0;
    int taken = 0;
    {
      const FailingAllocation failing(allocations);
      for (std::future<Status>& result : results) {
        try {
          result = pool.Submit([&]() -> Status {
            ++(std::this_thread::get_id() == caller ? by_caller : by_threads);
            ++ran;
            return OkStatus();
          });
          ++taken;
        } catch (const std::bad_alloc&) {
          break;
        }
      }
    }
    for (int i = 0; i < taken; ++i) EXPECT_TRUE(results[static_cast<size_t>(i)].get().ok());
    EXPECT_EQ(ran, taken);
    refused += taken < 4 ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(by_caller, 0);
  EXPECT_GT(by_threads, 0);
}

// Wherever memory runs out, an error comes back and every thread with it.
TEST(FailedAllocation, IsAnErrorWhileTextIsCoded) {
  const Bytes raw = testing::MakeRandom(6000);  // its code grows to the last
  const BlockChoice choice = {
      .options = TextOptions{.model = testing::TinyModel().get(), .lanes = 4, .groups = 2}};
  BlockResources resources;
  resources.threads = 3;
  int thrown = 0, refused = 0, coded = 0;
  bool has_failed = true;
  for (int allocations = 0; has_failed; ++allocations) {
    Bytes payload;
    try {
      const FailingAllocation failing(allocations);
      const Result<BlockHeader> header = EncodeBlock(raw, choice, payload, resources);
      has_failed = failing.has_failed();
      EXPECT_EQ(header.status().code(), header.ok() ? Code::kOk : Code::kOutOfMemory);
      ++(header.ok() ? coded : refused);
    } catch (const std::bad_alloc&) {
      ++thrown;
    }
  }
  EXPECT_GT(thrown, 0);   // before the threads begin
  EXPECT_GT(refused, 0);  // in one of them
  EXPECT_GT(coded, 1);    // by fewer threads
}

}  // namespace
}  // namespace lmz
