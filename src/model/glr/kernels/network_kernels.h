// The inner loops of the network, one table of functions per instruction set, all computing the
// integers that docs/spec/numerics.md defines. Who binds a table owns the memory and checks, once,
// what the kernels take for granted (cpu/kernel_builds.h).
//
// "Quantised" vectors hold q in -127 .. 127, stored as the byte q ^ flip
// of the matrix kernels that read them: `dense.flip` but for what square_quantize makes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/kernel_builds.h"

namespace lmz {

// All sizes, and the rows of a matrix, are multiples of this; its columns are of the other.
inline constexpr int kSizeUnit = 16;
inline constexpr int kColumnUnit = 4;

// The most numbers that `normalize` takes.
inline constexpr int kMaxNormalized = 4096;

// The most columns of a matrix (spec 3.3): every sum then fits in 32 bits, whatever the flip.
inline constexpr int kMaxColumns = 16384;

// A matrix of int8 weights in the order that the MatrixKernels want which packed it.
struct PackedMatrix {
  const int8_t* packed = nullptr;
  const int32_t* start = nullptr;  // [rows] what the sums start from: undoes the flip
  int rows = 0;
  int columns = 0;
};

// One way to multiply matrices by quantised vectors, and how it wants the weights. Only it knows
// their order: MatrixStorage (packed_matrix.h) has them packed and hands them back.
struct MatrixKernels {
  uint8_t flip = 0;  // 0x00 or 0x80: of the bytes it multiplies by

  // How many bytes `pack` writes.
  size_t (*packed_size)(int rows, int columns) = nullptr;

  // Packs weights [rows][columns]. `packed` is aligned to a cache line and holds zeros.
  void (*pack)(const int8_t* weights, int rows, int columns, int8_t* packed) = nullptr;

  // Around all products of one step on one thread, each of them for that many lanes (1 or more):
  // ProductScope (packed_matrix.h). Nothing else on the thread may set up matrix units meanwhile.
  void (*begin)(int lanes) = nullptr;
  void (*end)() = nullptr;

  // sums[lane][row] = sum over columns of weight * q, exactly. Strides are in elements; each x row
  // is `columns` bytes long.
  void (*multiply)(const PackedMatrix& matrix, const uint8_t* x, ptrdiff_t x_stride, int lanes,
                   int32_t* sums, ptrdiff_t sums_stride) = nullptr;
};

// A quantised vector stands for q * mantissa * 2^-exponent.
struct QuantizedScale {
  int16_t mantissa = 0;
  int32_t exponent = 0;
};

// The sums of one matrix for one lane and what turns them into fixed-point numbers (spec 3.3).
struct ScaledSums {
  const int32_t* sums = nullptr;       // [rows]
  const int16_t* row_scale = nullptr;  // [rows], >= 0
  int sum_shift = 0;                   // 0 .. 16
  int16_t mantissa = 0;                // of the quantised input
  int shift = 0;                       // 0 .. 31 (for add -16 .. 31): to the result's fraction
};

// Where a quantised vector goes.
struct QuantizedVector {
  uint8_t* q = nullptr;
  QuantizedScale* scale = nullptr;
};

// The most mixes of one vector: for value, forget gate and gate.
inline constexpr int kMaxMixes = 3;

// How much of the previous step's vector each number takes over (spec 3.4).
struct MixWeights {
  const int16_t* weights = nullptr;  // [size], Q14
  int16_t least = 0;                 // no weight is below it
};

struct NetworkKernels {
  // For quantised vectors of all kinds but those of square_quantize.
  MatrixKernels dense;

  // For those: bytes that are q itself, 0 .. 127 and mostly zero.
  MatrixKernels sparse;

  // out = x / sqrt(sum of squares + epsilon) * weight (spec 3.1). |x| <= 2^26, size <=
  // kMaxNormalized.
  void (*normalize)(const int32_t* x, int size, uint64_t epsilon, const int16_t* weight,
                    int16_t* out) = nullptr;

  // Quantises x (spec 3.2).
  QuantizedScale (*quantize)(const int16_t* x, int size, uint8_t* q) = nullptr;

  // Quantises now + (before - now) * mix (spec 3.4, 3.2) for each of `count` mixes, 1 or
  // kMaxMixes; then `before` becomes `now`. `scratch` holds `count` times `size` numbers.
  void (*shift_quantize)(const int16_t* now, int16_t* before, const MixWeights* mixes, int count,
                         int size, int16_t* scratch, const QuantizedVector* out) = nullptr;

  // Quantises the elementwise product a * b. `scratch` holds `size` numbers.
  QuantizedScale (*product_quantize)(const int16_t* a, const int16_t* b, int size, int32_t* scratch,
                                     uint8_t* q) = nullptr;

  // Quantises the square of the positive part of the scaled sums (spec 3.7), for `sparse`: the
  // bytes are q itself, 0 .. 127. `y.shift` is not used. The result's exponent leaves out that of
  // the sums, which the caller adds twice. `scratch` holds `size` numbers.
  QuantizedScale (*square_quantize)(const ScaledSums& y, int size, int16_t* scratch,
                                    uint8_t* q) = nullptr;

  // state += sigmoid(-(forget + bias)) * (value - state) (spec 3.5). `scratch` holds `size`
  // numbers.
  void (*update_state)(const ScaledSums& value, const ScaledSums& forget, const int16_t* bias,
                       int size, uint16_t* scratch, int32_t* state) = nullptr;

  // out = gate * sigmoid(gate) (spec 3.6). `scratch` holds `size` numbers.
  void (*silu)(const ScaledSums& gate, int size, uint16_t* scratch, int16_t* out) = nullptr;

  // x += y, saturating (spec 3.8).
  void (*add)(const ScaledSums& y, int size, int32_t* x) = nullptr;

  // The weight, 1 .. 2^22, of each of the 256 bytes (spec 3.9).
  void (*byte_weights)(const ScaledSums& y, const int32_t* bias, int32_t* scratch,
                       uint32_t* weights) = nullptr;
};

// All builds for this architecture.
KernelBuilds<NetworkKernels> NetworkBuilds();

}  // namespace lmz
