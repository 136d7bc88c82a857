#include "base/worker_pool.h"

#include <new>
#include <system_error>
#include <utility>

namespace lmz {

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::future<Status> WorkerPool::Submit(std::function<Status()> work) {
  std::packaged_task<Status()> task(std::move(work));
  std::future<Status> result = task.get_future();
  bool has_taker = false;
  if (limit_ > 1) {
    std::unique_lock lock(mutex_);
    const bool needs_thread = queue_.size() >= idle_ && threads_.size() < limit_;
    lock.unlock();
    if (needs_thread) StartThread();
    has_taker = !threads_.empty();
  }
  if (!has_taker) {
    task();
    return result;
  }
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return result;
}

void WorkerPool::StartThread() {
  // Where threads or memory run out, the threads there are do the work, or else the caller does.
  try {
    threads_.reserve(limit_);
    threads_.emplace_back([this] { RunQueue(); });
  } catch (const std::system_error&) {
  } catch (const std::bad_alloc&) {
  }
}

void WorkerPool::RunQueue() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return is_closing_ || !queue_.empty(); });
    --idle_;
    if (is_closing_) return;
    std::packaged_task<Status()> task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace lmz
