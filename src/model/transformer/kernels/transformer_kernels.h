// The inner loops of a transformer beside its matrix products, one table of functions per
// instruction set, all computing the integers that docs/spec/numerics.md, 6 defines. Who binds a
// table owns the memory and checks, once, what the kernels take for granted (cpu/kernel_builds.h).
// Sizes of vectors and the slots of a cache are multiples of 16.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/kernel_builds.h"

namespace lmz {

inline constexpr int kStreamFraction = 10;  // of the residual stream
inline constexpr int kTokenGateFraction = 12;
inline constexpr int32_t kStreamLimit = (int32_t{1} << 30) - 1;

// How many tokens' keys lie together in a cache, and how many tokens' values.
inline constexpr int kKeyBlock = 16;
inline constexpr int kValueBlock = 4;

// The score of a token that a query does not see: below all others by more than any logarithm.
inline constexpr int32_t kUnseen = -(int32_t{1} << 30) - (int32_t{1} << 21);

// How numbers became one plane (spec 3.2): they stand for q * 2^(15 - shift) / factor.
struct PlaneScale {
  int32_t shift = 0;
  int32_t factor = 0;  // 127 .. 254
};

// The sums of a matrix's rows for one token and what turns them into fixed-point numbers
// (spec 6.4).
struct PlaneSums {
  const int32_t* high = nullptr;       // [rows]: of the only plane, or of the higher one
  const int32_t* low = nullptr;        // [rows]: of the lower one; null: there is one plane
  const int16_t* row_scale = nullptr;  // [rows], >= 0
  int32_t low_shift = 0;               // k of two planes: 0 .. 7
  int16_t mantissa = 0;                // of one plane
  int32_t shift = 0;                   // v: 0 .. 47
};

// The keys of one head that a lane remembers: for each block of kKeyBlock tokens, fours of numbers
// side by side: [slots / 16][head_size / 4][16][4].
struct KeyView {
  const uint8_t* keys = nullptr;      // key ^ key_flip
  const uint8_t* low = nullptr;       // the lower plane; null: there is one plane
  const int16_t* mantissa = nullptr;  // [slots], M' of one plane
  const int16_t* exponent = nullptr;  // [slots]
  int head_size = 0;
};

// A query's plane or planes and what turns its products into scores (spec 6.8).
struct QueryView {
  const int8_t* q = nullptr;    // [head_size]
  const int8_t* low = nullptr;  // the lower plane
  int32_t factor = 0;           // C, or m with two planes
  int32_t exponent = 0;         // what the shift is beside the key's exponent
};

// The largest score, and the largest one with the logarithm of its value's size.
struct ScorePeaks {
  int32_t score = INT32_MIN;
  int32_t weighted = INT32_MIN;
};

struct TransformerKernels {
  uint8_t key_flip = 0;  // 0x00 or 0x80: of the bytes of keys

  // Spec 6.2. |x| < 2^30; `epsilon` is E.
  void (*normalize)(const int32_t* x, int size, uint64_t epsilon, const int16_t* weight,
                    int32_t* out) = nullptr;

  // Spec 6.3, one plane: bytes are q ^ flip.
  PlaneScale (*quantize)(const int32_t* x, int size, uint8_t flip, uint8_t* q) = nullptr;

  // Two planes. Returns the shift.
  int32_t (*quantize_two)(const int32_t* x, int size, uint8_t flip, uint8_t* high,
                          uint8_t* low) = nullptr;

  // out = the scaled product (spec 6.4).
  void (*scale)(const PlaneSums& sums, int size, int32_t* out) = nullptr;

  // x += the scaled product (spec 6.11).
  void (*add)(const PlaneSums& sums, int size, int32_t* x) = nullptr;

  // Spec 6.10, steps 1 and 2, in place. Returns the largest magnitude. `scratch` holds `size`.
  int32_t (*silu)(int32_t* gate, int size, uint16_t* scratch) = nullptr;
  int32_t (*gelu)(int32_t* gate, int size, uint16_t* scratch) = nullptr;

  // The largest magnitude of x.
  int32_t (*magnitude)(const int32_t* x, int size) = nullptr;

  // x = Round64(x * factor, shift), below 2^30.
  void (*times)(int32_t* x, int size, int32_t factor, int shift) = nullptr;

  // x = Round64(x * y, shift), below 2^30.
  void (*multiply)(int32_t* x, const int32_t* y, int size, int shift) = nullptr;

  // Rotate of spec 6.6: x is [2 * half], sine and cosine [half].
  void (*rotate)(const int32_t* x, int half, const int32_t* cosine, const int32_t* sine,
                 int32_t* out) = nullptr;

  // The scores of `count` queries for the blocks of keys first .. last - 1 (spec 6.8):
  // scores[query * stride + 16 * (block - first) ..]. `sum_shift` is a of one plane.
  void (*score)(const KeyView& keys, int first, int last, int sum_shift, const QueryView* queries,
                int count, int32_t* scores, ptrdiff_t stride) = nullptr;

  // Raises `peaks` by `size` scores and the logarithms of their values (spec 6.9).
  void (*find_peaks)(const int32_t* scores, const int32_t* logs, int size,
                     ScorePeaks* peaks) = nullptr;

  // p_t = 64 * high + low of spec 6.9. Returns the part of S.
  uint64_t (*weigh)(const int32_t* scores, const int32_t* logs, int size, const ScorePeaks& peaks,
                    uint8_t* high, uint8_t* low) = nullptr;

  // sums[query][i] += the sum over blocks first .. last - 1 of p_t * value_ti. Values lie as
  // [slots / 4][head_size][4]; high and low begin with the first block: [query * stride + ..].
  void (*mix)(const int8_t* values, int head_size, int first, int last, const uint8_t* high,
              const uint8_t* low, ptrdiff_t stride, int count, int32_t* sums) = nullptr;

  // The largest of logits; any size.
  int32_t (*largest)(const int32_t* logits, int size) = nullptr;

  // weights[i] = max(1, Power(largest - logits[i])), in place (spec 6.12); any size.
  void (*token_weights)(uint32_t* logits, int size, int32_t largest) = nullptr;
};

// All builds for this architecture.
KernelBuilds<TransformerKernels> TransformerBuilds();

}  // namespace lmz
