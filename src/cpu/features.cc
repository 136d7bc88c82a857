#include "cpu/features.h"

#include <atomic>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace lmz {

namespace {

#if defined(__x86_64__)
// GCC 12 and clang 14 do not both know "avxvnni" as a feature name, so this asks CPUID itself; that
// the operating system keeps the registers is what "avx2" says.
bool HasAvxVnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx2") && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 &&
         (a & (1u << 4)) != 0;
}

// The numbers are those of Linux 5.16, whose headers older systems lack.
bool HasAmxInt8() {
#if defined(__linux__)
  constexpr unsigned kTile = 1u << 24, kInt8 = 1u << 25;
  constexpr long kRequestStatePermission = 0x1023, kTileData = 18;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kTile) != 0 && (d & kInt8) != 0 &&
         syscall(SYS_arch_prctl, kRequestStatePermission, kTileData) == 0;
#else
  return false;
#endif
}
#endif

Features Detect() {
  Features found;
  [[maybe_unused]] const auto add = [&](Feature feature, bool is_there) {
    if (is_there) found = found | Features{feature};
  };
#if defined(__x86_64__)
  add(Feature::kSsse3, __builtin_cpu_supports("ssse3"));
  add(Feature::kSse41, __builtin_cpu_supports("sse4.1"));
  add(Feature::kAvx2, __builtin_cpu_supports("avx2"));
  add(Feature::kAvxVnni, HasAvxVnni());
  add(Feature::kAvx512F, __builtin_cpu_supports("avx512f"));
  add(Feature::kAvx512Bw, __builtin_cpu_supports("avx512bw"));
  add(Feature::kAvx512Vl, __builtin_cpu_supports("avx512vl"));
  add(Feature::kAvx512Dq, __builtin_cpu_supports("avx512dq"));
  add(Feature::kAvx512Cd, __builtin_cpu_supports("avx512cd"));
  add(Feature::kAvx512Vnni, __builtin_cpu_supports("avx512vnni"));
  add(Feature::kAmxInt8, HasAmxInt8());
#elif defined(__aarch64__)
  add(Feature::kNeon, true);
#if defined(__linux__)
  add(Feature::kDotProduct, (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0);
#endif
#endif
  return found;
}

// What limits leave of the detected features.
std::atomic<Features>& Active() {
  static std::atomic<Features> active = DetectedFeatures();
  return active;
}

}  // namespace

Features DetectedFeatures() {
  static const Features detected = Detect();
  return detected;
}

Features ActiveFeatures() {
  return Active().load(std::memory_order_relaxed);
}

FeatureLimit::FeatureLimit(Features allowed) : before_(ActiveFeatures()) {
  Active().store(before_ & allowed, std::memory_order_relaxed);
}

FeatureLimit::~FeatureLimit() {
  Active().store(before_, std::memory_order_relaxed);
}

}  // namespace lmz
