// A few threads that share many short pieces of work, again and again: those of one step of a
// network.
//
// Whoever is free takes the next piece, so that a thread that the system has put aside holds up one
// piece and no more. When that happens often, because other programs want the processors as well,
// the caller goes on alone for a while: two threads should not be slower than one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace lmz {

class ThreadTeam {
 public:
  // The pieces of one Run: each is handed out once.
  class Pieces {
   public:
    // The next piece, counted from 0; -1 when there is none left.
    int Next();

   private:
    friend class ThreadTeam;
    // Of a job that workers share, or (null) all `alone` pieces for the caller.
    Pieces(ThreadTeam* team, uint32_t job, int alone) : team_(team), job_(job), alone_(alone) {}
    ThreadTeam* team_;
    uint32_t job_;
    int alone_;
    int first_ = -1;  // taken before the work was called
    int taken_ = 0;
  };
  // Up to `wanted` (>= 1) workers, fewer when threads or memory for them run out.
  explicit ThreadTeam(int wanted);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Has `count` (>= 0) pieces done by all workers, or by the caller alone, and returns when all are
  // done: each calls work(int worker, Pieces&), which takes pieces until there are none and must
  // not throw. Workers count from 0, the caller. One Run at a time.
  template <class Work>
  void Run(int count, const Work& work) {
    RunCall(count, {[](const void* it, int worker, Pieces& pieces) {
                      (*static_cast<const Work*>(it))(worker, pieces);
                    },
                    &work});
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Call {
    void (*call)(const void* work, int worker, Pieces& pieces) = nullptr;
    const void* work = nullptr;
  };

  void RunCall(int count, const Call& call);
  void Serve(int worker);
  bool WaitForWork(uint32_t last_job);
  void WaitForOthers(int count, Clock::duration piece_time);

  std::vector<std::thread> threads_;
  // The upper half numbers the job, the lower half is how many of its pieces nobody has taken.
  std::atomic<uint64_t> left_ = 0;
  std::atomic<int> done_ = 0;
  std::atomic<uint32_t> calls_ = 0;  // changes when a sleeping thread has something to do
  std::atomic<int> sleepers_ = 0;
  std::atomic<bool> is_closing_ = false;
  // Of the current job; read by whoever has taken one of its pieces.
  Call call_;
  int count_ = 0;
  Clock::time_point alone_until_{};
  Clock::duration alone_for_{};
};

}  // namespace lmz
