// What makes models of random numbers.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "model/glr/weights.h"

namespace lmz {

// Gives every number a random value: fills the arrays that the visitor shows.
class RandomArchive {
 public:
  explicit RandomArchive(uint32_t seed) : random_(seed) {}
  template <class T>
  Status Number(T& value, int64_t low, int64_t high) {
    value = static_cast<T>(Between(low, high));
    return OkStatus();
  }
  template <class T>
  Status Array(std::vector<T>& values, size_t size, int64_t low, int64_t high) {
    values.resize(size);
    for (T& value : values) value = static_cast<T>(Between(low, high));
    return OkStatus();
  }

 private:
  int64_t Between(int64_t low, int64_t high) {
    const uint32_t draw = static_cast<uint32_t>(random_());
    if (draw % 16 == 0) return draw % 32 == 0 ? low : high;
    return low + static_cast<int64_t>((draw >> 5) % static_cast<uint64_t>(high - low + 1));
  }
  std::mt19937 random_;
};

// Makes a norm leave numbers of a sensible size.
inline void Tame(NormWeights& norm) {
  norm.fraction = 12;
  for (int16_t& weight : norm.weights) weight = static_cast<int16_t>(20000 + weight / 4);
}

}  // namespace lmz
