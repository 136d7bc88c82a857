// What the CPU can do, as a set of single features, and the named sets that kernels are built for
// (cpu/kernel_builds.h). All builds of a kernel compute the same integers, so the choice among them
// changes speed and nothing else.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>

namespace lmz {

// What some build of a kernel needs beyond the architecture's baseline.
enum class Feature : uint8_t {
  kSsse3,
  kSse41,
  kAvx2,
  kAvxVnni,
  kAvx512F,
  kAvx512Bw,
  kAvx512Vl,
  kAvx512Dq,
  kAvx512Cd,
  kAvx512Vnni,
  kAmxInt8,  // with tiles, and the permission to use them
  kNeon,
  kDotProduct,  // aarch64: sdot and udot
};

class Features {
 public:
  constexpr Features() = default;
  constexpr Features(std::initializer_list<Feature> members) {
    for (const Feature member : members) bits_ |= uint32_t{1} << static_cast<int>(member);
  }

  // Whether all of `others` are among these.
  constexpr bool Contains(Features others) const { return (others.bits_ & ~bits_) == 0; }

  friend constexpr Features operator|(Features a, Features b) {
    return Features(a.bits_ | b.bits_);
  }
  friend constexpr Features operator&(Features a, Features b) {
    return Features(a.bits_ & b.bits_);
  }
  friend constexpr auto operator<=>(Features, Features) = default;

 private:
  explicit constexpr Features(uint32_t bits) : bits_(bits) {}

  uint32_t bits_ = 0;
};

// Features that go together: what the files of one build are compiled for. Each set holds what its
// compiler flags (cmake/layers.cmake) imply, so that a CPU that is limited to one set still finds
// the builds for the smaller ones.
struct InstructionSet {
  const char* name;  // lower case; in names of tests and benchmarks
  Features needs;
};

inline constexpr InstructionSet kScalar = {"scalar", {}};  // portable C++
inline constexpr InstructionSet kSse4 = {"sse4", {Feature::kSsse3, Feature::kSse41}};
inline constexpr InstructionSet kAvx2 = {"avx2", kSse4.needs | Features{Feature::kAvx2}};
inline constexpr InstructionSet kAvxVnni = {"avxvnni", kAvx2.needs | Features{Feature::kAvxVnni}};
inline constexpr InstructionSet kAvx512 = {
    "avx512", kAvx2.needs | Features{Feature::kAvx512F, Feature::kAvx512Bw, Feature::kAvx512Vl,
                                     Feature::kAvx512Dq, Feature::kAvx512Cd, Feature::kAvx512Vnni}};
inline constexpr InstructionSet kAmx = {"amx", kAvx512.needs | Features{Feature::kAmxInt8}};
inline constexpr InstructionSet kNeon = {"neon", {Feature::kNeon}};
inline constexpr InstructionSet kNeonDot = {"neondot",
                                            kNeon.needs | Features{Feature::kDotProduct}};

// What this CPU, under this operating system, can do. Asks both once; thread-safe. Of Linux it asks
// the permission to use AMX tiles, which then holds for the whole process; where that is refused,
// or not known, the feature is absent.
Features DetectedFeatures();

// What kernels are chosen by: the detected features, unless a FeatureLimit allows fewer.
// Thread-safe; asked once per block by whoever binds kernels, not per call.
Features ActiveFeatures();

// While it lives, ActiveFeatures() leaves out what is not among `allowed`, in the whole process:
// for tests and measurements. What was bound before keeps its kernels. Ends in the reverse order of
// beginning where there are several.
class FeatureLimit {
 public:
  explicit FeatureLimit(Features allowed);
  ~FeatureLimit();
  FeatureLimit(const FeatureLimit&) = delete;
  FeatureLimit& operator=(const FeatureLimit&) = delete;

 private:
  Features before_;
};

}  // namespace lmz
