// The orders in which matrix kernels keep their weights. Those of a table's `dense` kernels want
// blocks, those of `sparse` columns; an instruction set with other wants brings an order of its
// own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lmz {

// Blocks of 16 rows by 4 columns: block (i, j) covers rows 16i .. and columns 4j .. and holds its
// weights row by row; the blocks of the same 16 rows lie side by side.
inline constexpr int kBlockRows = 16;
inline constexpr int kBlockColumns = 4;
inline constexpr ptrdiff_t kBlockBytes = kBlockRows * kBlockColumns;
size_t BlocksSize(int rows, int columns);
void PackBlocks(const int8_t* weights, int rows, int columns, int8_t* packed);

// Column by column, each with zeros up to the next multiple of 64: the rows of the largest tile of
// multiply_sparse.
inline constexpr int kColumnAlignment = 64;
static inline constexpr ptrdiff_t ColumnBytes(int rows) {
  return (rows + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment;
}
size_t ColumnsSize(int rows, int columns);
void PackColumns(const int8_t* weights, int rows, int columns, int8_t* packed);

// Tiles of 16 rows by 64 columns, zeros from the last column on: the blocks of the same 16 rows one
// after the other. The tiles lie in the order in which a product reads them, since caches deliver
// one stream twice as fast as several: the rows are taken in bands of kBandTiles tiles, the last
// one with what is left; a band is stored column of tiles by column of tiles.
inline constexpr int kTileColumns = 64;
inline constexpr int kTileBytes = kBlockRows * kTileColumns;
inline constexpr int kBandTiles = 4;
static inline constexpr int TileCount(int columns) {
  return (columns + kTileColumns - 1) / kTileColumns;
}
size_t TilesSize(int rows, int columns);
void PackTiles(const int8_t* weights, int rows, int columns, int8_t* packed);

}  // namespace lmz
