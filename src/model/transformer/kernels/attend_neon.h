// What attention with NEON shares (attend.h). Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace lmz {
namespace {

struct NeonAttendRows {
  static constexpr int kRows = 4;
  static constexpr int kQueries = 3;
  static constexpr int kBlocks = 1;
  static constexpr int kMixes = 1;
  static constexpr int kMixRows = 4;
  static constexpr uint8_t kFlip = 0;
  using Sums = int32x4_t;
  using Cached = int8x16_t;
  using Broadcast = int8x16_t;

  static Sums Sums1(int32_t v) { return vdupq_n_s32(v); }
  static void Store(int32_t* to, Sums s) { vst1q_s32(to, s); }
  static Cached LoadCached(const uint8_t* from) { return vreinterpretq_s8_u8(vld1q_u8(from)); }
  static Broadcast Spread(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
};

}  // namespace
}  // namespace lmz
