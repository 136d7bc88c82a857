// For threads that wait by looking again and again.
#pragma once

namespace lmz {

// Tells the processor so, for a moment: another thread of the core gets its turn.
inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace lmz
