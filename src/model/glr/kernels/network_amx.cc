// AMX for the dense products, AVX-512 with VNNI for the rest.
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "model/glr/kernels/avx2/vector_avx2.h"
#include "model/glr/kernels/avx512/by_units.h"
#include "model/glr/kernels/avx512/vector_avx512.h"
#include "model/glr/kernels/elementwise_vector.h"
#include "model/glr/kernels/multiply.h"

namespace lmz::internal {

namespace {

// The lanes are the rows of tiles of bytes and sums, so that few lanes make an instruction short; a
// tile of weights has its 16 rows side by side.
constexpr int kMostLanes = 16;

// Tile registers: 0 to 3 for the sums of a band, 4 for the lanes' bytes, 5 to 7 for weights. As
// plain numbers: GCC 12 puts them into assembly as they are written.
constexpr int kWeightsTile = 5;  // the first one

struct alignas(64) TileConfig {
  uint8_t palette = 0;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

// By the number of lanes. Constants, since GCC 12 does not know how much ldtilecfg reads.
struct TileConfigs {
  constexpr TileConfigs() {
    for (int lanes = 1; lanes <= kMostLanes; ++lanes) {
      TileConfig& config = for_lanes[lanes];
      config.palette = 1;
      for (int tile = 0; tile < 8; ++tile) {
        config.row_bytes[tile] = 64;
        config.rows[tile] = static_cast<uint8_t>(tile < kWeightsTile ? lanes : kBlockRows);
      }
    }
  }
  TileConfig for_lanes[kMostLanes + 1] = {};
};
constexpr TileConfigs kConfigs;

// More lanes than a tile has rows are taken in equal runs, the last of which begins early enough to
// be whole: some lanes may be computed twice.
inline int LanesAtOnce(int lanes) {
  const int runs = (lanes + kMostLanes - 1) / kMostLanes;
  return (lanes + runs - 1) / runs;
}

// One lane has no use for tiles: they take as long for one as for four.
void Begin(int lanes) {
  if (lanes == 1) return;
  _tile_loadconfig(&kConfigs.for_lanes[LanesAtOnce(lanes)]);
}

// Context switches save the tiles of a thread that does not release them.
void End() {
  _tile_release();
}

// The last, incomplete tile of the lanes' bytes, filled with zeros.
struct alignas(64) LastBytes {
  LastBytes(const uint8_t* x, ptrdiff_t x_stride, int lanes, int columns) {
    const int first = columns / kTileColumns * kTileColumns;
    const __mmask64 mask = (uint64_t{1} << (columns - first)) - 1;
    for (int lane = 0; lane < lanes; ++lane) {
      const __m512i rest = _mm512_maskz_loadu_epi8(mask, x + lane * x_stride + first);
      _mm512_store_si512(bytes + lane * kTileColumns, rest);
    }
    asm volatile("" ::: "memory");  // GCC 12 does not know what tileloadd reads
  }
  uint8_t bytes[kMostLanes * kTileColumns];
};

template <int kTiles>
inline void MultiplyTiles(const int8_t* weights) {
  _tile_loadd(5, weights, kTileColumns);
  _tile_dpbusd(0, 4, 5);
  if constexpr (kTiles > 1) {
    _tile_loadd(6, weights + kTileBytes, kTileColumns);
    _tile_dpbusd(1, 4, 6);
  }
  if constexpr (kTiles > 2) {
    _tile_loadd(7, weights + 2 * kTileBytes, kTileColumns);
    _tile_dpbusd(2, 4, 7);
  }
  if constexpr (kTiles > 3) {
    _tile_loadd(5, weights + 3 * kTileBytes, kTileColumns);
    _tile_dpbusd(3, 4, 5);
  }
}

// The product of a band of kTiles tiles for one run of lanes. `last` has the bytes behind the whole
// tiles, or null.
template <int kTiles>
inline void MultiplyBand(const int8_t* weights, const int32_t* start, int whole_tiles,
                         const uint8_t* x, ptrdiff_t x_stride, const uint8_t* last, int32_t* sums,
                         ptrdiff_t sums_stride) {
  _tile_loadd(0, start, 0);
  if constexpr (kTiles > 1) _tile_loadd(1, start + kBlockRows, 0);
  if constexpr (kTiles > 2) _tile_loadd(2, start + 2 * kBlockRows, 0);
  if constexpr (kTiles > 3) _tile_loadd(3, start + 3 * kBlockRows, 0);
  for (int tile = 0; tile < whole_tiles; ++tile) {
    _tile_loadd(4, x + tile * kTileColumns, x_stride);
    MultiplyTiles<kTiles>(weights);
    weights += kTiles * kTileBytes;
  }
  if (last != nullptr) {
    _tile_loadd(4, last, kTileColumns);
    MultiplyTiles<kTiles>(weights);
  }
  const ptrdiff_t step = sums_stride * static_cast<ptrdiff_t>(sizeof *sums);
  _tile_stored(0, sums, step);
  if constexpr (kTiles > 1) _tile_stored(1, sums + kBlockRows, step);
  if constexpr (kTiles > 2) _tile_stored(2, sums + 2 * kBlockRows, step);
  if constexpr (kTiles > 3) _tile_stored(3, sums + 3 * kBlockRows, step);
}

constexpr decltype(&MultiplyBand<1>) kBands[kBandTiles] = {MultiplyBand<1>, MultiplyBand<2>,
                                                           MultiplyBand<3>, MultiplyBand<4>};

// The product of a band for one lane, by vectors.
template <int kTiles>
inline void MultiplyOneLane(const int8_t* weights, const int32_t* start, int columns,
                            const uint8_t* x, int32_t* sums) {
  // Even and odd blocks apart, since each sum waits for the last.
  constexpr int kTileBlocks = kTileColumns / kBlockColumns;
  __m512i even[kTiles], odd[kTiles];
  ForEach<0, kTiles>([&]<int t>() __attribute__((always_inline)) {
    even[t] = Avx512Ops::Load(start + t * kBlockRows);
    odd[t] = _mm512_setzero_si512();
  });
  const auto add = [&](int block, __m512i* to) __attribute__((always_inline)) {
    const __m512i bytes = Avx512Ops::Spread(x + block * kBlockColumns);
    const int8_t* const from = weights + block * kBlockBytes;
    ForEach<0, kTiles>([&]<int t>() __attribute__((always_inline)) {
      to[t] = Avx512Ops::Dot(to[t], Avx512Ops::LoadWeights(from + t * kTileBytes), bytes);
    });
  };
  for (; columns > 0; columns -= kTileColumns) {
    const int blocks = columns < kTileColumns ? columns / kBlockColumns : kTileBlocks;
    int block = 0;
    for (; block + 2 <= blocks; block += 2) {
      add(block, even);
      add(block + 1, odd);
    }
    if (block < blocks) add(block, even);
    weights += kTiles * kTileBytes;
    x += kTileColumns;
  }
  ForEach<0, kTiles>([&]<int t>() __attribute__((always_inline)) {
    Avx512Ops::Store(sums + t * kBlockRows, _mm512_add_epi32(even[t], odd[t]));
  });
}

constexpr decltype(&MultiplyOneLane<1>) kOneLaneBands[kBandTiles] = {
    MultiplyOneLane<1>, MultiplyOneLane<2>, MultiplyOneLane<3>, MultiplyOneLane<4>};

// All lanes by one band before the next: its weights then are in the nearest cache.
void MultiplyBands(const PackedMatrix& m, const uint8_t* x, ptrdiff_t x_stride, int lanes,
                   int32_t* sums, ptrdiff_t sums_stride) {
  const int at_once = LanesAtOnce(lanes);
  const int tile_rows = m.rows / kBlockRows;
  const ptrdiff_t band_bytes = ptrdiff_t{kBandTiles} * TileCount(m.columns) * kTileBytes;
  for (int first = 0; first < tile_rows; first += kBandTiles) {
    const int tiles = tile_rows - first < kBandTiles ? tile_rows - first : kBandTiles;
    const int8_t* const weights = m.packed + first / kBandTiles * band_bytes;
    const int row = first * kBlockRows;
    if (lanes == 1) {
      kOneLaneBands[tiles - 1](weights, m.start + row, m.columns, x, sums + row);
      continue;
    }
    for (int lane = 0; lane < lanes; lane += at_once) {
      const int run = lane + at_once <= lanes ? lane : lanes - at_once;
      const uint8_t* const bytes = x + run * x_stride;
      const auto multiply = [&](const uint8_t* last) {
        kBands[tiles - 1](weights, m.start + row, m.columns / kTileColumns, bytes, x_stride, last,
                          sums + run * sums_stride + row, sums_stride);
      };
      if (m.columns % kTileColumns == 0) {
        multiply(nullptr);
      } else {
        multiply(LastBytes(bytes, x_stride, at_once, m.columns).bytes);
      }
    }
  }
}

// A small matrix is left to vectors unless there are many lanes: a product in tiles is quick once
// it flows, but what comes before waits in stores and what comes behind for the last tile. It is
// kept in both orders; one that is smaller than a few tiles in the vectors' alone.
constexpr int kManyLanes = 8;
inline bool IsSmall(int rows, int columns) {
  return columns < 2 * kTileColumns || ptrdiff_t{rows} * columns < 16 << 10;
}
inline bool IsTiny(int rows, int columns) {
  return columns < kTileColumns || ptrdiff_t{rows} * columns < 4 << 10;
}

size_t DenseSize(int rows, int columns) {
  return (IsSmall(rows, columns) ? BlocksSize(rows, columns) : 0) +
         (IsTiny(rows, columns) ? 0 : TilesSize(rows, columns));
}

void PackDense(const int8_t* weights, int rows, int columns, int8_t* packed) {
  if (IsSmall(rows, columns)) {
    PackBlocks(weights, rows, columns, packed);
    packed += BlocksSize(rows, columns);
  }
  if (!IsTiny(rows, columns)) PackTiles(weights, rows, columns, packed);
}

void MultiplyDense(const PackedMatrix& m, const uint8_t* x, ptrdiff_t x_stride, int lanes,
                   int32_t* sums, ptrdiff_t sums_stride) {
  const bool is_small = IsSmall(m.rows, m.columns);
  if (is_small && (lanes < kManyLanes || IsTiny(m.rows, m.columns))) {
    return Multiply<Avx512Ops>(m, x, x_stride, lanes, sums, sums_stride);
  }
  const int8_t* const tiles = m.packed + (is_small ? BlocksSize(m.rows, m.columns) : 0);
  MultiplyBands({tiles, m.start, m.rows, m.columns}, x, x_stride, lanes, sums, sums_stride);
}

constexpr MatrixKernels kTileDense = {.flip = 0x80,
                                      .packed_size = DenseSize,
                                      .pack = PackDense,
                                      .begin = Begin,
                                      .end = End,
                                      .multiply = MultiplyDense};

// Tiles multiply by zeros as by anything else. Few lanes do better with their own columns, and more
// of them where the matrix is so large that its network leaves the near cache from step to step:
// what is not read need not be fetched. Both orders are kept, columns first.
constexpr ptrdiff_t kLargeMatrix = 64 << 10;
inline bool SuitsTiles(const PackedMatrix& m, int lanes) {
  if (IsTiny(m.rows, m.columns)) return false;
  if (IsSmall(m.rows, m.columns)) return lanes >= kManyLanes;
  return lanes >= (ptrdiff_t{m.rows} * m.columns <= kLargeMatrix ? 4 : 16);
}

size_t SparseSize(int rows, int columns) {
  return ColumnsSize(rows, columns) + (IsTiny(rows, columns) ? 0 : TilesSize(rows, columns));
}

void PackSparse(const int8_t* weights, int rows, int columns, int8_t* packed) {
  PackColumns(weights, rows, columns, packed);
  if (IsTiny(rows, columns)) return;
  PackTiles(weights, rows, columns, packed + ColumnsSize(rows, columns));
}

void MultiplySparseOrTiles(const PackedMatrix& m, const uint8_t* x, ptrdiff_t x_stride, int lanes,
                           int32_t* sums, ptrdiff_t sums_stride) {
  if (!SuitsTiles(m, lanes)) {
    return MultiplySparse<Avx512Ops>(m, x, x_stride, lanes, sums, sums_stride);
  }
  const int8_t* const tiles = m.packed + ColumnsSize(m.rows, m.columns);
  MultiplyBands({tiles, m.start, m.rows, m.columns}, x, x_stride, lanes, sums, sums_stride);
}

constexpr MatrixKernels kTileSparse = {.flip = 0,
                                       .packed_size = SparseSize,
                                       .pack = PackSparse,
                                       .begin = Begin,
                                       .end = End,
                                       .multiply = MultiplySparseOrTiles};

// Of CPUs with AMX none has to slow gathering down, as some older ones have.
struct AmxVector : Avx512Vector {
  // The tile unit falls asleep when it has had nothing to do for half a microsecond, and takes a
  // quarter to wake: as long as three small products. What this multiplies does not matter.
  static void StayAwake() { _tile_dpbusd(3, 4, 7); }
  // Each number with the one in front of it, since nothing lies behind the last.
  static Words LookUp16(const uint16_t* table, Words at) {
    const Words before = _mm512_sub_epi32(at, _mm512_set1_epi32(1));
    return _mm512_srli_epi32(_mm512_i32gather_epi32(before, table, 2), 16);
  }
  static Words LookUp(const uint16_t* table, const uint16_t* at) {
    const auto half = [&](const uint16_t* from) {
      const __m256i numbers = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
      return _mm512_cvtepi32_epi16(LookUp16(table, _mm512_cvtepu16_epi32(numbers)));
    };
    return _mm512_inserti64x4(_mm512_castsi256_si512(half(at)), half(at + 16), 1);
  }
};

using AmxLaneByLane = LaneByLane<VectorElementwise<AmxVector, Avx2Vector, 0x80>>;

}  // namespace

extern const NetworkKernels kNetworkAmx;
constinit const NetworkKernels kNetworkAmx =
    MakeNetworkKernels<Avx512Ops, LanesElementwise<AmxVector, 0x80, AmxLaneByLane>>(kTileDense,
                                                                                    kTileSparse);

}  // namespace lmz::internal
