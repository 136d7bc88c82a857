// Whose turn it is: threads that share a group of lanes take its coder one after the other.
#pragma once

#include <atomic>
#include <cstdint>

namespace lmz {

class Turn {
 public:
  // Turns are told apart by their last 31 bits.
  static constexpr uint32_t Number(uint64_t turn) { return static_cast<uint32_t>(turn) & kMask; }

  // Waits until the turns before `turn` are over: a while at work, since they are short, then
  // asleep, since other programs may want the processor that a turn needs. False once stopped.
  bool WaitFor(uint32_t turn) const {
    for (int tries = 0;; ++tries) {
      const uint32_t now = now_.load(std::memory_order_acquire);
      if (now == turn) return true;
      if (now == kStopped) return false;
      if (tries < kSpins) {
        Pause();
      } else {
        now_.wait(now, std::memory_order_acquire);
      }
    }
  }

  // What was done in this turn is visible to whoever waits for `next`. False once stopped.
  bool PassTo(uint32_t turn, uint32_t next) {
    if (!now_.compare_exchange_strong(turn, next, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return false;
    }
    now_.notify_all();
    return true;
  }

  // Nobody gets a turn from here on.
  void Stop() {
    now_.exchange(kStopped, std::memory_order_acq_rel);  // a store might pass what notify reads
    now_.notify_all();
  }

 private:
  static constexpr uint32_t kMask = UINT32_MAX >> 1;
  static constexpr uint32_t kStopped = UINT32_MAX;
  static constexpr int kSpins = 4000;

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  // On a cache line of its own: waiting threads read it all the time.
  alignas(64) std::atomic<uint32_t> now_ = 0;
};

}  // namespace lmz
