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

// A row of numbers for each lane. The stride is in numbers.
template <class T>
struct Rows {
  T* first = nullptr;
  ptrdiff_t stride = 0;
};

// Arrays with a number for each lane have room for whole multiples of so many lanes: kernels may
// read and write behind the last one.
inline constexpr int kLaneUnit = 16;

// The quantised vector of a lane stands for q * mantissa * 2^-exponent.
struct LaneScales {
  int32_t* mantissa = nullptr;  // [lanes], 8256 .. 16513
  int32_t* exponent = nullptr;  // [lanes]
};

// Where the quantised vectors of all lanes go.
struct QuantizedRows {
  Rows<uint8_t> q;
  LaneScales scales;
};

// The sums of one matrix for all lanes and what turns them into fixed-point numbers (spec 3.3).
struct ScaledSums {
  Rows<const int32_t> sums;            // [rows] each
  const int16_t* row_scale = nullptr;  // [rows], >= 0
  int sum_shift = 0;                   // 0 .. 16
  LaneScales input;                    // of the quantised input
  int base_exponent = 0;               // a narrowed sum times its 15-bit scale has this many
                                       // fraction bits more than the input
};

// The most mixes of one vector: for value, forget gate and gate.
inline constexpr int kMaxMixes = 3;

// How much of the previous step's vector each number takes over (spec 3.4).
struct MixWeights {
  const int16_t* weights = nullptr;  // [size], Q14
  int16_t least = 0;                 // no weight is below it
};

// All but `dense` and `sparse` do the same for each of `lanes` (>= 1) rows of `size` numbers,
// within a ProductScope of `dense` for as many lanes (packed_matrix.h). Their scratch holds a row
// of `size` numbers for each lane of whole units of lanes. `fraction` is how many fraction bits the
// numbers have that are quantised.
struct NetworkKernels {
  // For quantised vectors of all kinds but those of square_quantize.
  MatrixKernels dense;

  // For those: bytes that are q itself, 0 .. 127 and mostly zero.
  MatrixKernels sparse;

  // out = x / sqrt(sum of squares + epsilon) * weight (spec 3.1). |x| <= 2^26, size <=
  // kMaxNormalized.
  void (*normalize)(Rows<const int32_t> x, int lanes, int size, uint64_t epsilon,
                    const int16_t* weight, Rows<int16_t> out) = nullptr;

  // Quantises x (spec 3.2).
  void (*quantize)(Rows<const int16_t> x, int lanes, int size, int fraction,
                   const QuantizedRows& out) = nullptr;

  // Quantises now + (before - now) * mix (spec 3.4, 3.2) for each of `count` mixes, 1 or
  // kMaxMixes; then `before` becomes `now`. `scratch` holds `count` times as many numbers.
  void (*shift_quantize)(Rows<const int16_t> now, Rows<int16_t> before, const MixWeights* mixes,
                         int count, int lanes, int size, int fraction, int16_t* scratch,
                         const QuantizedRows* out) = nullptr;

  // Quantises the elementwise product a * b.
  void (*product_quantize)(Rows<const int16_t> a, Rows<const int16_t> b, int lanes, int size,
                           int fraction, int32_t* scratch, const QuantizedRows& out) = nullptr;

  // Quantises the square of the positive part of the scaled sums (spec 3.7), for `sparse`: the
  // bytes are q itself, 0 .. 127. The scales may lie where those of the sums' input lie.
  void (*square_quantize)(const ScaledSums& y, int lanes, int size, int16_t* scratch,
                          const QuantizedRows& out) = nullptr;

  // state += sigmoid(-(forget + bias)) * (value - state) (spec 3.5).
  void (*update_state)(const ScaledSums& value, const ScaledSums& forget, const int16_t* bias,
                       int lanes, int size, uint16_t* scratch, Rows<int32_t> state) = nullptr;

  // out = gate * sigmoid(gate) (spec 3.6).
  void (*silu)(const ScaledSums& gate, int lanes, int size, uint16_t* scratch,
               Rows<int16_t> out) = nullptr;

  // x += y, saturating (spec 3.8).
  void (*add)(const ScaledSums& y, int lanes, int size, Rows<int32_t> x) = nullptr;

  // The weight, 1 .. 2^22, of each of the 256 bytes (spec 3.9): weights[lane][byte]. `scratch`
  // holds 256 numbers for each lane.
  void (*byte_weights)(const ScaledSums& y, const int32_t* bias, int lanes, int32_t* scratch,
                       uint32_t* weights) = nullptr;
};

// All builds for this architecture.
KernelBuilds<NetworkKernels> NetworkBuilds();

}  // namespace lmz
