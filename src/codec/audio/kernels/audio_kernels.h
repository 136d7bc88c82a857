// The inner loops of the audio codec, one build per instruction set, all giving the same integers:
// sums are exact or modulo 2^32, so no order of evaluation can matter.
#pragma once

#include <cstdint>

#include "cpu/kernel_builds.h"

namespace lmz {

// Filters, their histories and rows of a matrix come in multiples of this many numbers.
inline constexpr int kAudioLanes = 8;

// Frames whose products are added to a correlation matrix at once.
inline constexpr int kCorrelateFrames = 8;

// Filter weights saturate at this magnitude: 4, in 1/2^28.
inline constexpr int32_t kMaxFilterWeight = 1 << 30;

// Tracked sums forget 2^-kTrackDecay of themselves with every value.
inline constexpr int kTrackDecay = 7;

struct AudioKernels {
  // Sum of a[i] * b[i] for i < count, exact. Precondition: it and all partial sums are within 64
  // bits.
  int64_t (*dot)(const int32_t* a, const int32_t* b, int count);

  // sums[i] -= row[i] * factor for i < count. Precondition: all results are within 64 bits.
  void (*subtract_row)(int64_t* sums, const int32_t* row, int32_t factor, int count);

  // matrix[i * stride + j] += sum over f < kCorrelateFrames of left[f * stride + i] *
  // right[f * stride + j], for all j <= i < size; entries up to the next multiple of kAudioLanes of
  // j may be changed too. Preconditions: stride is a multiple of kAudioLanes, size <= stride; no
  // sum leaves 64 bits.
  void (*correlate)(const int32_t* left, const int32_t* right, int size, int stride,
                    int64_t* matrix);

  // The sum of history[i] * (weights[i] >> 16) for i < count, modulo 2^32.
  // Preconditions: count is a multiple of kAudioLanes; |weights| <= kMaxFilterWeight.
  int32_t (*filter)(const int16_t* history, const int32_t* weights, int count);

  // weights[i] += (history[i] * gain + 2^(shift-1)) >> shift (without the 2^-1 when shift is 0),
  // clamped to +-kMaxFilterWeight, for i < count.
  // Preconditions: as filter; |gain| < 2^15, |history| < 2^15, 0 <= shift <= 30.
  void (*adapt)(const int16_t* history, int32_t* weights, int count, int32_t gain, int shift);

  // sums[i] += history[i] * value - (sums[i] >> kTrackDecay) for i < count.
  // Preconditions: count is a multiple of kAudioLanes; |history| and |value| < 2^11.
  void (*track)(const int16_t* history, int32_t* sums, int count, int32_t value);
};

// All builds for this architecture.
KernelBuilds<AudioKernels> AudioBuilds();

}  // namespace lmz
