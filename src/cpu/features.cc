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
// The registers of one CPUID leaf.
struct Leaf {
  explicit Leaf(unsigned number, unsigned part = 0) { __cpuid_count(number, part, a, b, c, d); }
  unsigned a = 0, b = 0, c = 0, d = 0;
};

constexpr bool Has(unsigned reg, unsigned bit) {
  return (reg >> bit & 1) != 0;
}

// Which registers the operating system keeps, as bits.
uint64_t KeptRegisters() {
  unsigned low = 0, high = 0;
  asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

// The numbers are those of Linux 5.16, whose headers older systems lack.
bool MayUseTiles() {
#if defined(__linux__)
  constexpr long kRequestStatePermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestStatePermission, kTileData) == 0;
#else
  return false;
#endif
}

// By itself and not by __builtin_cpu_supports, which GCC 12 and clang 14 know too few names for,
// and which asks for three times as many leaves before every main: in a virtual machine each takes
// some microseconds.
Features Detect() {
  Features found;
  const auto add = [&](Feature feature, bool is_there) {
    if (is_there) found = found | Features{feature};
  };
  const unsigned last = Leaf(0).a;
  const Leaf basic(1);
  add(Feature::kSsse3, Has(basic.c, 9));
  add(Feature::kSse41, Has(basic.c, 19));
  constexpr uint64_t kYmm = 0x6, kZmm = 0xE6;
  const uint64_t kept = Has(basic.c, 27) ? KeptRegisters() : 0;
  if (last < 7 || (kept & kYmm) != kYmm) return found;
  const Leaf more(7);
  add(Feature::kAvx2, Has(basic.c, 28) && Has(more.b, 5));
  add(Feature::kAvxVnni, more.a >= 1 && Has(Leaf(7, 1).a, 4));
  if ((kept & kZmm) != kZmm) return found;
  add(Feature::kAvx512F, Has(more.b, 16));
  add(Feature::kAvx512Dq, Has(more.b, 17));
  add(Feature::kAvx512Cd, Has(more.b, 28));
  add(Feature::kAvx512Bw, Has(more.b, 30));
  add(Feature::kAvx512Vl, Has(more.b, 31));
  add(Feature::kAvx512Vnni, Has(more.c, 11));
  add(Feature::kAmxInt8, Has(more.d, 24) && Has(more.d, 25) && MayUseTiles());
  return found;
}
#else
Features Detect() {
  Features found;
#if defined(__aarch64__)
  found = found | Features{Feature::kNeon};
#if defined(__linux__)
  if ((getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0) found = found | Features{Feature::kDotProduct};
#endif
#endif
  return found;
}
#endif

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
