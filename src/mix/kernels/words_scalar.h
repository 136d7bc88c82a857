// The vectors of the mixer kernels in plain C++: see mixer_loops.h. Anonymous for the reason given
// in cpu/kernel_builds.h.
#pragma once

#include <cstdint>

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
};

}  // namespace
}  // namespace lmz
