#include "cpu/isa.h"

#include <array>
#include <atomic>
#include <string>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace lmz {

namespace {

struct IsaRow {
  Isa isa;
  const char* name;
};
constexpr std::array<IsaRow, 7> kIsaRows = {{
    {Isa::kScalar, "scalar"},
    {Isa::kSse4, "sse4"},
    {Isa::kAvx2, "avx2"},
    {Isa::kAvxVnni, "avxvnni"},
    {Isa::kAvx512, "avx512"},
    {Isa::kNeon, "neon"},
    {Isa::kNeonDot, "neondot"},
}};

#if defined(__x86_64__)
// GCC 12 and clang 14 do not both know "avxvnni" as a feature name, so this asks CPUID itself.
bool HasAvxVnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1u << 4)) != 0;
}
#endif

bool IsSupported(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return true;
#if defined(__x86_64__)
    case Isa::kSse4:
      return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2");
    case Isa::kAvxVnni:
      return __builtin_cpu_supports("avx2") && HasAvxVnni();
    case Isa::kAvx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
    case Isa::kNeon:
      return true;
#if defined(__linux__)
    case Isa::kNeonDot:
      return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#endif
#endif
    default:
      return false;
  }
}

std::atomic<int> forced_isa{-1};

}  // namespace

const char* IsaName(Isa isa) {
  for (const IsaRow& row : kIsaRows) {
    if (row.isa == isa) return row.name;
  }
  return "unknown";
}

std::optional<Isa> IsaFromName(std::string_view name) {
  for (const IsaRow& row : kIsaRows) {
    if (name == row.name) return row.isa;
  }
  return std::nullopt;
}

std::vector<Isa> SupportedIsas() {
  std::vector<Isa> supported;
  for (const IsaRow& row : kIsaRows) {
    if (IsSupported(row.isa)) supported.push_back(row.isa);
  }
  return supported;
}

Isa ActiveIsa() {
  const int forced = forced_isa.load(std::memory_order_relaxed);
  if (forced >= 0) return static_cast<Isa>(forced);
  static const Isa best = SupportedIsas().back();
  return best;
}

Status ForceIsa(Isa isa) {
  if (!IsSupported(isa)) {
    return Status(Code::kInvalidArgument, std::string("this CPU cannot run ") + IsaName(isa));
  }
  forced_isa.store(static_cast<int>(isa), std::memory_order_relaxed);
  return OkStatus();
}

}  // namespace lmz
