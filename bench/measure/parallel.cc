#include "bench/measure/parallel.h"

#include <atomic>
#include <future>
#include <vector>

#include "base/worker_pool.h"

namespace lmz::bench {

Status ForEach(size_t count, int threads, const std::function<Status(size_t)>& work) {
  std::atomic<size_t> next = 0;
  const auto run = [&]() -> Status {
    for (size_t i = next++; i < count; i = next++) {
      Status status = work(i);
      if (status.ok()) continue;
      next = count;
      return status;
    }
    return OkStatus();
  };
  WorkerPool pool(threads);
  std::vector<std::future<Status>> done;
  for (int i = 0; i < threads; ++i) done.push_back(pool.Submit(run));
  Status failure;
  for (auto& future : done) {
    Status status = future.get();
    if (failure.ok()) failure = std::move(status);
  }
  return failure;
}

}  // namespace lmz::bench
