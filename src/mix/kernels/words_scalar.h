// The vectors of the mixer kernels in plain C++: see mixer_loops.h. Anonymous for the reason given
// in cpu/kernel_builds.h.
#pragma once

#include <cstdint>

#include "cpu/int32x8.h"

namespace lmz {
namespace {

struct ScalarWords {
  static constexpr int kWords = 8;
  struct Vector {
    int16_t v[kWords];
  };
  using Sums = uint32_t;

  static Vector Load(const int16_t* p) {
    Vector r;
    for (int i = 0; i < kWords; ++i) r.v[i] = p[i];
    return r;
  }
  static Vector LoadParts(const int16_t* p) { return Load(p); }
  static void Store(int16_t* p, const Vector& a) {
    for (int i = 0; i < kWords; ++i) p[i] = a.v[i];
  }
  static Vector Spread(int16_t v) {
    Vector r;
    for (int16_t& word : r.v) word = v;
    return r;
  }
  static Sums Zero() { return 0; }
  static Sums MulAdd(Sums sums, const Vector& a, const Vector& b) {
    for (int i = 0; i < kWords; ++i) sums += static_cast<uint32_t>(a.v[i] * b.v[i]);
    return sums;
  }
  static int Clamp(int v, int limit) { return v > limit ? limit : v < -limit ? -limit : v; }
  static Vector Step(const Vector& v, const Vector& a, const Vector& b) {
    Vector r;
    for (int i = 0; i < kWords; ++i) {
      const int stepped = v.v[i] + ((a.v[i] * b.v[i] + (1 << 14)) >> 15);
      r.v[i] = static_cast<int16_t>(stepped > 32767 ? 32767 : stepped < -32768 ? -32768 : stepped);
    }
    return r;
  }
  template <class Number>
  static void Reduce(const Sums* s, int count, int limit, Number* out) {
    for (int i = 0; i < count; ++i) {
      out[i] = static_cast<Number>(Clamp(static_cast<int32_t>(s[i]) >> 15, limit));
    }
  }
  static void Reduce8(const Sums* s, int limit, int16_t* out) { Reduce(s, 8, limit, out); }
  static void Reduce4(const Sums* s, int limit, int32_t* out) { Reduce(s, 4, limit, out); }
  static uint32_t Equal(const uint16_t* v, uint16_t x) {
    uint32_t bits = 0;
    for (int i = 0; i < 16; ++i) bits |= static_cast<uint32_t>(v[i] == x) << i;
    return bits;
  }
  static uint32_t Lowest(const uint8_t* v) {
    uint8_t lowest = v[0];
    for (int i = 1; i < 16; ++i) lowest = v[i] < lowest ? v[i] : lowest;
    uint32_t bits = 0;
    for (int i = 0; i < 16; ++i) bits |= static_cast<uint32_t>(v[i] == lowest) << i;
    return bits;
  }
  static void Lookup(const uint32_t* t, const Uint32x8& i, Uint32x8& out) {
    out = Uint32x8{t[i[0]], t[i[1]], t[i[2]], t[i[3]], t[i[4]], t[i[5]], t[i[6]], t[i[7]]};
  }
};

}  // namespace
}  // namespace lmz
