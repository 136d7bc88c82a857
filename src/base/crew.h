// Threads that work on one thing at the same time and may wait for each other.
//
// A WorkerPool promises no more than that work is done some time; a Crew promises that all of its
// members run at once, so that one may wait until another has done its part.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace lmz {

class Crew {
 public:
  // Up to `wanted` (>= 1) members, the caller of Run among them; fewer when threads or memory for
  // them run out.
  explicit Crew(int wanted);
  // Waits for all members.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Runs work(0) in the caller and work(1) .. work(size() - 1) in the other members, and returns
  // when all are through. `work` must not throw. Call at most once.
  void Run(const std::function<void(int)>& work);

 private:
  void Begin(const std::function<void(int)>* work);

  std::atomic<const std::function<void(int)>*> work_ = nullptr;
  std::vector<std::thread> threads_;
};

}  // namespace lmz
