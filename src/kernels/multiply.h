// The matrix kernel as a template over the vector operations of one instruction set; compiled in
// each file of an instruction set (see elementwise.h for why all is anonymous).
//
// An Ops class has: Sums (kRows int32 sums), Weights (kRows x 4 weights), Broadcast (4 quantised
// bytes, repeated), kRows (a divisor of 16), kLanes (the most lanes of one tile), kSums (how many
// Sums a tile may hold), kSparse (Sums of a sparse tile for one lane), kSharedSparse (the same for
// several lanes in turn), and Load, Store, LoadWeights, Spread, Dot; DotSparse is Dot for bytes
// 0 .. 127 that are q itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/for_each.h"
#include "kernels/network_kernels.h"

namespace lmz {
namespace {

template <class Ops, int kVectors, int kLanes>
inline void MultiplyTile(const PackedMatrix& m, int first_vector, const uint8_t* x,
                         ptrdiff_t x_stride, int32_t* sums, ptrdiff_t sums_stride) {
  constexpr int kPerBlock = kBlockRows / Ops::kRows;
  const int groups = m.columns / kBlockColumns;
  const int8_t* weights[kVectors];
  typename Ops::Sums acc[kVectors * kLanes];
  ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
    const int vector = first_vector + v;
    weights[v] = m.blocks + vector / kPerBlock * m.row_step + vector % kPerBlock * Ops::kRows * 4;
    ForEach<0, kLanes>([&]<int l>() __attribute__((always_inline)) {
      acc[l * kVectors + v] = Ops::Load(m.start + vector * Ops::kRows);
    });
  });
  for (ptrdiff_t g = 0; g < groups; ++g) {
    typename Ops::Weights w[kVectors];
    ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
      w[v] = Ops::LoadWeights(weights[v] + g * m.column_step);
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

// One lane, and only the groups of four columns whose numbers `groups` lists.
template <class Ops, int kVectors>
inline void SparseTile(const PackedMatrix& m, int first_vector, const uint16_t* groups, int count,
                       const uint8_t* x, int32_t* sums) {
  // The blocks of a group lie side by side, so that vectors do, too.
  constexpr int kVectorBytes = Ops::kRows * kBlockColumns;
  const int8_t* const first = m.blocks + first_vector * kVectorBytes;
  typename Ops::Sums acc[kVectors];
  ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
    acc[v] = Ops::Load(m.start + (first_vector + v) * Ops::kRows);
  });
  for (int i = 0; i < count; ++i) {
    const int8_t* const weights = first + groups[i] * m.column_step;
    const typename Ops::Broadcast b = Ops::Spread(x + groups[i] * kBlockColumns);
    ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
      acc[v] = Ops::DotSparse(acc[v], Ops::LoadWeights(weights + v * kVectorBytes), b);
    });
  }
  ForEach<0, kVectors>([&]<int v>() __attribute__((always_inline)) {
    Ops::Store(sums + (first_vector + v) * Ops::kRows, acc[v]);
  });
}

// Some lanes, each with the list of its groups that count.
struct SparseInput {
  static constexpr int kMaxGroups = kMaxColumns / kBlockColumns + 16;
  const uint16_t (*groups)[kMaxGroups];  // [lane]
  const int* counts;                     // [lane]
  const uint8_t* x;
  ptrdiff_t x_stride;
  int lanes;
};

template <class Ops, int kVectors>
inline void SparseTiles(const PackedMatrix& m, int first_vector, const SparseInput& input,
                        int32_t* sums, ptrdiff_t sums_stride) {
  const int vectors = m.rows / Ops::kRows;
  int v = first_vector;
  for (; v + kVectors <= vectors; v += kVectors) {
    for (int l = 0; l < input.lanes; ++l) {
      SparseTile<Ops, kVectors>(m, v, input.groups[l], input.counts[l],
                                input.x + l * input.x_stride, sums + l * sums_stride);
    }
  }
  if constexpr (kVectors > 1) SparseTiles<Ops, kVectors / 2>(m, v, input, sums, sums_stride);
}

// Writes the numbers of the groups of four bytes that are not all zero; returns how many. An Ops
// class may have a function of this name that does it faster.
template <class Ops>
inline int ListGroups(const uint8_t* x, int columns, uint16_t* groups) {
  if constexpr (requires { Ops::ListGroups(x, columns, groups); }) {
    return Ops::ListGroups(x, columns, groups);
  }
  int count = 0;
  for (int g = 0; g < columns / kBlockColumns; ++g) {
    uint32_t four;
    __builtin_memcpy(&four, x + g * kBlockColumns, sizeof four);
    groups[count] = static_cast<uint16_t>(g);
    count += four != 0;
  }
  return count;
}

// Lane by lane, which reads weights once per lane but leaves most of them out. Several lanes walk
// the same few row vectors one after the other, so that these weights stay in the first cache.
template <class Ops>
void MultiplySparse(const PackedMatrix& m, const uint8_t* x, ptrdiff_t x_stride, int lanes,
                    int32_t* sums, ptrdiff_t sums_stride) {
  constexpr int kMaxLanes = 8;
  // A fast ListGroups writes whole vectors, so up to 16 numbers behind the last.
  uint16_t groups[kMaxLanes][SparseInput::kMaxGroups];
  int counts[kMaxLanes];
  while (lanes > 0) {
    const int n = lanes < kMaxLanes ? lanes : kMaxLanes;
    for (int l = 0; l < n; ++l) counts[l] = ListGroups<Ops>(x + l * x_stride, m.columns, groups[l]);
    const SparseInput input = {groups, counts, x, x_stride, n};
    if (n == 1) {
      SparseTiles<Ops, Ops::kSparse>(m, 0, input, sums, sums_stride);
    } else {
      SparseTiles<Ops, Ops::kSharedSparse>(m, 0, input, sums, sums_stride);
    }
    lanes -= n;
    x += n * x_stride;
    sums += n * sums_stride;
  }
}

// The table of one instruction set from the two parts of its kernels.
template <class Ops, class Elementwise>
constexpr NetworkKernels MakeNetworkKernels(Isa isa) {
  return {.isa = isa,
          .quantised_flip = Elementwise::kFlip,
          .multiply = Multiply<Ops>,
          .multiply_sparse = MultiplySparse<Ops>,
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
