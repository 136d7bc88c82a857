// Threads that run independent pieces of work, such as the blocks of a file.
//
// The caller keeps the order: it holds the futures and waits for them one by one. With one thread
// no thread is started and Submit runs the work itself.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "base/status.h"

namespace lmz {

class WorkerPool {
 public:
  // At most `threads` (>= 1) pieces of work run at a time. Threads start when work waits for them.
  explicit WorkerPool(int threads) : limit_(static_cast<size_t>(threads)) {}
  // Waits for work that runs; work that has not begun is dropped.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work` now or later and hands its Status, or an exception that it let through, to the
  // future. What `work` refers to must outlive the pool. Call from one thread only. When there is
  // no thread and none can be started, the work runs in the caller. Throws std::bad_alloc when
  // there is no memory for the work itself, which then never runs.
  std::future<Status> Submit(std::function<Status()> work);

 private:
  void StartThread();
  void RunQueue();

  const size_t limit_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::packaged_task<Status()>> queue_;  // guarded by mutex_
  size_t idle_ = 0;                                 // threads that wait; guarded by mutex_
  bool is_closing_ = false;                         // guarded by mutex_
};

}  // namespace lmz
