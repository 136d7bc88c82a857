// The code of the audio kernels, as loops that compilers turn into vectors on their own; included
// by the file of each instruction set (cpu/kernel_builds.h).
#pragma once

#include <cstdint>

#include "codec/audio/kernels/audio_kernels.h"

namespace lmz {
namespace {

int64_t Dot(const int32_t* a, const int32_t* b, int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) sum += int64_t{a[i]} * b[i];
  return sum;
}

void SubtractRow(int64_t* __restrict sums, const int32_t* __restrict row, int32_t factor,
                 int count) {
  for (int i = 0; i < count; ++i) sums[i] -= int64_t{row[i]} * factor;
}

void Correlate(const int32_t* __restrict left, const int32_t* __restrict right, int size,
               int stride, int64_t* __restrict matrix) {
  constexpr int kBlock = kAudioLanes;
  for (int i = 0; i < size; ++i) {
    int64_t* row = matrix + i * stride;
    for (int j = 0; j <= i; j += kBlock) {
      int64_t sums[kBlock] = {};
      for (int f = 0; f < kCorrelateFrames; ++f) {
        const int32_t factor = left[f * stride + i];
        const int32_t* values = right + f * stride + j;
        for (int k = 0; k < kBlock; ++k) sums[k] += int64_t{values[k]} * factor;
      }
      for (int k = 0; k < kBlock; ++k) row[j + k] += sums[k];
    }
  }
}

int32_t Filter(const int16_t* __restrict history, const int32_t* __restrict weights, int count) {
  uint32_t sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<uint32_t>(history[i] * (weights[i] >> 16));
  return static_cast<int32_t>(sum);
}

void Adapt(const int16_t* __restrict history, int32_t* __restrict weights, int count, int32_t gain,
           int shift) {
  const int32_t half = shift == 0 ? 0 : 1 << (shift - 1);
  for (int i = 0; i < count; ++i) {
    int32_t weight = weights[i] + ((history[i] * gain + half) >> shift);
    weight = weight > kMaxFilterWeight ? kMaxFilterWeight : weight;
    weight = weight < -kMaxFilterWeight ? -kMaxFilterWeight : weight;
    weights[i] = weight;
  }
}

void Track(const int16_t* __restrict history, int32_t* __restrict sums, int count, int32_t value) {
  for (int i = 0; i < count; ++i) sums[i] += history[i] * value - (sums[i] >> kTrackDecay);
}

constexpr AudioKernels MakeAudioKernels() {
  return {.dot = Dot,
          .subtract_row = SubtractRow,
          .correlate = Correlate,
          .filter = Filter,
          .adapt = Adapt,
          .track = Track};
}

}  // namespace
}  // namespace lmz
