// How many threads of a group work at the same time, where more of them are there because some wait
// for a device.
#pragma once

#include <condition_variable>
#include <mutex>

namespace lmz {

class CpuShare {
 public:
  // `threads` >= 1 may work at a time.
  explicit CpuShare(int threads) : free_(threads) {}

  // Waits until the calling thread may work. Thread-safe, like Leave.
  void Enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }

  // The calling thread, which may work, waits for something else or is through.
  void Leave() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    changed_.notify_one();
  }

  // Works as long as it lives; with null there is no limit.
  class Turn {
   public:
    explicit Turn(CpuShare* share) : share_(share) {
      if (share_ != nullptr) share_->Enter();
    }
    ~Turn() {
      if (share_ != nullptr) share_->Leave();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    CpuShare* const share_;
  };

  // The other way round: lets others work as long as it lives.
  class Pause {
   public:
    explicit Pause(CpuShare* share) : share_(share) {
      if (share_ != nullptr) share_->Leave();
    }
    ~Pause() {
      if (share_ != nullptr) share_->Enter();
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    CpuShare* const share_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;  // guarded by mutex_
};

}  // namespace lmz
