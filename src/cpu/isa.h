// Which instruction set the kernels use. All sets compute the same integers, so the choice changes
// speed and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace lmz {

// In ascending order of preference within an architecture. Numbers appear in no format.
enum class Isa : uint8_t {
  kScalar = 0,   // portable C++
  kSse4 = 1,     // x86 SSE4.1 with SSSE3
  kAvx2 = 2,     // x86 AVX2
  kAvxVnni = 3,  // x86 AVX2 with AVX-VNNI
  kAvx512 = 4,   // x86 AVX-512 F, BW, VL, DQ and VNNI
  kNeon = 5,     // aarch64 Advanced SIMD
  kNeonDot = 6,  // aarch64 Advanced SIMD with the dot product extension
};

// A lower-case name such as "avx2". Static storage.
const char* IsaName(Isa isa);
std::optional<Isa> IsaFromName(std::string_view name);

// All sets that this CPU (and operating system) can run, scalar first. Thread-safe.
std::vector<Isa> SupportedIsas();

// The set in use: the best supported one unless ForceIsa chose another. Thread-safe; read once per
// block by whoever binds kernels, not per call.
Isa ActiveIsa();

// Makes ActiveIsa() return `isa` for the whole process; for tests and for the CLI. Errors:
// kInvalidArgument when this CPU cannot run it. Objects made before keep what they bound.
Status ForceIsa(Isa isa);

}  // namespace lmz
