// Whose turn it is: threads that share a group of lanes take its coder one after the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace lmz {

class Turn {
 public:
  // Waits until the turns before `turn` are over. False when `is_stopped` became true first.
  bool WaitFor(uint64_t turn, const std::atomic<bool>& is_stopped) const {
    for (int tries = 0; now_.load(std::memory_order_acquire) != turn; ++tries) {
      if (is_stopped.load(std::memory_order_relaxed)) return false;
      if (tries < kSpins) {
        Pause();
      } else {
        std::this_thread::yield();  // there may be fewer processors than threads
      }
    }
    return true;
  }

  // What was done in this turn is visible to whoever waits for `next`.
  void PassTo(uint64_t next) { now_.store(next, std::memory_order_release); }

 private:
  static constexpr int kSpins = 300;

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  // On a cache line of its own: waiting threads read it all the time.
  alignas(64) std::atomic<uint64_t> now_ = 0;
};

}  // namespace lmz
