// Vectors of eight 32-bit numbers in the vector extension that g++ and clang share, which lowers
// them to what each instruction set has (docs/decisions/005-vector-extension.md). Anonymous for the
// reason given in cpu/kernel_builds.h.
//
// Vectors go by reference: passed or returned by value, they would depend on the calling convention
// of the instruction set.
#pragma once

#include <cstdint>

namespace lmz {
namespace {

inline constexpr int kInt32Lanes = 8;
using Int32x8 = int32_t __attribute__((vector_size(32)));
using Uint32x8 = uint32_t __attribute__((vector_size(32)));
using Uint64x4 = uint64_t __attribute__((vector_size(32)));

// The same in memory, at any address. (A structure, because an alignment that is only part of a
// type alias gets lost on the way.)
struct __attribute__((packed, may_alias)) StoredInt32x8 {
  Int32x8 v;
};
struct __attribute__((packed, may_alias)) StoredUint32x8 {
  Uint32x8 v;
};

inline const StoredInt32x8& At(const int32_t* p) {
  return *reinterpret_cast<const StoredInt32x8*>(p);
}
inline StoredInt32x8& At(int32_t* p) {
  return *reinterpret_cast<StoredInt32x8*>(p);
}
inline const StoredUint32x8& At(const uint32_t* p) {
  return *reinterpret_cast<const StoredUint32x8*>(p);
}
inline StoredUint32x8& At(uint32_t* p) {
  return *reinterpret_cast<StoredUint32x8*>(p);
}

}  // namespace
}  // namespace lmz
