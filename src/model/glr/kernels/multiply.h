// The matrix kernels as templates over the vector operations of one instruction set; included by
// the file of each (cpu/kernel_builds.h). They multiply blocks, or columns where a vector is sparse
// (matrix_order.h).
//
// An Ops class has: Sums (kRows int32 sums), Weights (kRows x 4 weights), Broadcast (4 quantised
// bytes, repeated), kRows (a divisor of 16), kLanes (the most lanes of one tile), kSums (how many
// Sums a tile may hold), kSparseTiles (how many fours of Sums a sparse tile may hold), and Load,
// Store, LoadWeights, Spread, Dot; DotSparse is Dot for bytes 0 .. 127 that are q itself. Weave
// makes four Weights of 4 * kRows rows of four columns, in an order of rows that Unweave undoes on
// the Sums.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/for_each.h"
#include "model/glr/kernels/matrix_order.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {
namespace {

template <class Ops, int kVectors, int kLanes>
inline void MultiplyTile(const PackedMatrix& m, int first_vector, const uint8_t* x,
                         ptrdiff_t x_stride, int32_t* sums, ptrdiff_t sums_stride) {
  constexpr int kPerBlock = kBlockRows / Ops::kRows;
  const int groups = m.columns / kBlockColumns;
  const ptrdiff_t row_step = groups * kBlockBytes;
  const int8_t* weights[kVectors];
  typename Ops::Sums acc[kVectors * kLanes];
  ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
    const int vector = first_vector + v;
    weights[v] = m.packed + vector / kPerBlock * row_step + vector % kPerBlock * Ops::kRows * 4;
    ForEach<0, kLanes>([&]<int l>() __attribute__((always_inline)) {
      acc[l * kVectors + v] = Ops::Load(m.start + vector * Ops::kRows);
    });
  });
  for (ptrdiff_t g = 0; g < groups; ++g) {
    typename Ops::Weights w[kVectors];
    ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
      w[v] = Ops::LoadWeights(weights[v] + g * kBlockBytes);
    });
    ForEach<0, kLanes>([&]<int l>() __attribute__((always_inline)) {
      const typename Ops::Broadcast b = Ops::Spread(x + l * x_stride + g * 4);
      ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
        acc[l * kVectors + v] = Ops::Dot(acc[l * kVectors + v], w[v], b);
      });
    });
  }
  ForEach<0, kLanes>([&]<int l>() __attribute__((always_inline)) {
    ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
      Ops::Store(sums + l * sums_stride + (first_vector + v) * Ops::kRows, acc[l * kVectors + v]);
    });
  });
}

// `vectors` < kVectors + 1 left-over vectors.
template <class Ops, int kVectors, int kLanes>
inline void MultiplyRest(const PackedMatrix& m, int first_vector, int vectors, const uint8_t* x,
                         ptrdiff_t x_stride, int32_t* sums, ptrdiff_t sums_stride) {
  if constexpr (kVectors > 0) {
    if (vectors == kVectors) {
      MultiplyTile<Ops, kVectors, kLanes>(m, first_vector, x, x_stride, sums, sums_stride);
    } else {
      MultiplyRest<Ops, kVectors - 1, kLanes>(m, first_vector, vectors, x, x_stride, sums,
                                              sums_stride);
    }
  }
}

template <class Ops, int kLanes>
constexpr int TileVectors() {
  return Ops::kSums / kLanes < 8 ? Ops::kSums / kLanes : 8;
}

// One stripe of `vectors` row vectors for `lanes` <= kLanes lanes.
template <class Ops, int kLanes>
inline void MultiplyLanes(const PackedMatrix& m, int lanes, const uint8_t* x, ptrdiff_t x_stride,
                          int32_t* sums, ptrdiff_t sums_stride) {
  if constexpr (kLanes > 0) {
    if (lanes < kLanes) {
      return MultiplyLanes<Ops, kLanes - 1>(m, lanes, x, x_stride, sums, sums_stride);
    }
    constexpr int kVectors = TileVectors<Ops, kLanes>();
    const int vectors = m.rows / Ops::kRows;
    int v = 0;
    for (; v + kVectors <= vectors; v += kVectors) {
      MultiplyTile<Ops, kVectors, kLanes>(m, v, x, x_stride, sums, sums_stride);
    }
    MultiplyRest<Ops, kVectors - 1, kLanes>(m, v, vectors - v, x, x_stride, sums, sums_stride);
  }
}

template <class Ops>
void Multiply(const PackedMatrix& m, const uint8_t* x, ptrdiff_t x_stride, int lanes, int32_t* sums,
              ptrdiff_t sums_stride) {
  while (lanes > 0) {
    const int n = lanes < Ops::kLanes ? lanes : Ops::kLanes;
    MultiplyLanes<Ops, Ops::kLanes>(m, n, x, x_stride, sums, sums_stride);
    lanes -= n;
    x += n * x_stride;
    sums += n * sums_stride;
  }
}

// The columns of a lane whose byte is not zero, each number beside its byte, and zero bytes up to a
// multiple of four. Within `entries`, which has room for kPadding more than there are columns.
struct SparseColumns {
  static constexpr int kPadding = 16;
  static constexpr int kByteBits = 8;
  const uint32_t* entries;  // number << kByteBits | byte
  int fours;
};

// Returns how many there are. An Ops class may have a function of this name that does it faster.
template <class Ops>
inline int ListColumns(const uint8_t* x, int columns, uint32_t* entries) {
  if constexpr (requires { Ops::ListColumns(x, columns, entries); }) {
    return Ops::ListColumns(x, columns, entries);
  }
  // First the fours that are not all zero, without branches, since nothing foretells them.
  uint16_t fours[kMaxColumns / 4];
  int four_count = 0;
  for (int c = 0; c < columns; c += 4) {
    uint32_t four;
    __builtin_memcpy(&four, x + c, sizeof four);
    fours[four_count] = static_cast<uint16_t>(c);
    four_count += four != 0;
  }
  int count = 0;
  for (int i = 0; i < four_count; ++i) {
    for (int c = fours[i]; c < fours[i] + 4; ++c) {
      entries[count] = static_cast<uint32_t>(c) << SparseColumns::kByteBits | x[c];
      count += x[c] != 0;
    }
  }
  return count;
}

// kTiles times 4 * kRows rows. Four columns at a time are woven into blocks of four, whichever they
// are, so that only those that count are read and multiplied.
template <class Ops, int kTiles>
inline void SparseTile(const PackedMatrix& m, int first_row, const SparseColumns& columns,
                       int32_t* sums) {
  const ptrdiff_t column_step = ColumnBytes(m.rows);
  typename Ops::Sums acc[kTiles * 4];
  for (typename Ops::Sums& sum : acc) sum = Ops::Load(m.start);  // zeros
  for (int i = 0; i < columns.fours; ++i) {
    const int8_t* weights[4];
    uint32_t bytes = 0;
    ForEach<0, 4>([&]<int k>() __attribute__((always_inline)) {
      const uint32_t entry = columns.entries[4 * i + k];
      weights[k] = m.packed + (entry >> SparseColumns::kByteBits) * column_step + first_row;
      bytes |= (entry & 0xFF) << (8 * k);
    });
    // From one register: four stores of a byte would hold up the load of all four.
    const uint8_t x[4] = {static_cast<uint8_t>(bytes), static_cast<uint8_t>(bytes >> 8),
                          static_cast<uint8_t>(bytes >> 16), static_cast<uint8_t>(bytes >> 24)};
    const typename Ops::Broadcast b = Ops::Spread(x);
    ForEach<0, kTiles>([&]<int t>() __attribute__((always_inline)) {
      typename Ops::Weights woven[4];
      Ops::Weave(weights, t * 4 * Ops::kRows, woven);
      ForEach<0, 4>([&]<int k>() __attribute__((always_inline)) {
        acc[4 * t + k] = Ops::DotSparse(acc[4 * t + k], woven[k], b);
      });
    });
  }
  ForEach<0, kTiles>([&]<int t>() __attribute__((always_inline)) {
    Ops::Unweave(acc + 4 * t);
    for (int k = 0; k < 4; ++k) {
      const int row = first_row + (4 * t + k) * Ops::kRows;
      if (row < m.rows) Ops::Store(sums + row, acc[4 * t + k]);
    }
  });
}

template <class Ops, int kTiles>
inline void SparseTiles(const PackedMatrix& m, int first_row, const SparseColumns& columns,
                        int32_t* sums) {
  constexpr int kTileRows = kTiles * 4 * Ops::kRows;
  int row = first_row;
  for (; row + kTileRows <= ColumnBytes(m.rows); row += kTileRows) {
    SparseTile<Ops, kTiles>(m, row, columns, sums);
  }
  if constexpr (kTiles > 1) SparseTiles<Ops, kTiles - 1>(m, row, columns, sums);
}

template <class Ops>
void MultiplySparse(const PackedMatrix& m, const uint8_t* x, ptrdiff_t x_stride, int lanes,
                    int32_t* sums, ptrdiff_t sums_stride) {
  uint32_t entries[kMaxColumns + SparseColumns::kPadding];
  for (int l = 0; l < lanes; ++l) {
    int count = ListColumns<Ops>(x + l * x_stride, m.columns, entries);
    while (count % 4 != 0) entries[count++] = 0;
    SparseTiles<Ops, Ops::kSparseTiles>(m, 0, {entries, count / 4}, sums + l * sums_stride);
  }
}

// For products that need nothing set up.
inline void BeginNothing(int) {}
inline void EndNothing() {}

// By vectors alone.
template <class Ops, uint8_t kFlip>
constexpr MatrixKernels kVectorDense = {.flip = kFlip,
                                        .packed_size = BlocksSize,
                                        .pack = PackBlocks,
                                        .begin = BeginNothing,
                                        .end = EndNothing,
                                        .multiply = Multiply<Ops>};
template <class Ops>
constexpr MatrixKernels kVectorSparse = {.flip = 0,
                                         .packed_size = ColumnsSize,
                                         .pack = PackColumns,
                                         .begin = BeginNothing,
                                         .end = EndNothing,
                                         .multiply = MultiplySparse<Ops>};

// The table of one instruction set from the parts of its kernels.
// `Elementwise` is for all lanes, such as LaneByLane.
template <class Ops, class Elementwise>
constexpr NetworkKernels MakeNetworkKernels(
    const MatrixKernels& dense = kVectorDense<Ops, Elementwise::kFlip>,
    const MatrixKernels& sparse = kVectorSparse<Ops>) {
  return {.dense = dense,
          .sparse = sparse,
          .normalize = Elementwise::Normalize,
          .quantize = Elementwise::Quantize,
          .shift_quantize = Elementwise::ShiftQuantize,
          .product_quantize = Elementwise::ProductQuantize,
          .square_quantize = Elementwise::SquareQuantize,
          .update_state = Elementwise::UpdateState,
          .silu = Elementwise::Silu,
          .add = Elementwise::Add,
          .byte_weights = Elementwise::ByteWeights};
}

}  // namespace
}  // namespace lmz
