#include "model/glr/kernels/matrix_order.h"

#include <algorithm>

namespace lmz {

size_t BlocksSize(int rows, int columns) {
  return static_cast<size_t>(rows) * static_cast<size_t>(columns);
}

void PackBlocks(const int8_t* weights, int rows, int columns, int8_t* packed) {
  const ptrdiff_t row_step = ptrdiff_t{kBlockRows} * columns;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const ptrdiff_t block = row / kBlockRows * row_step + column / kBlockColumns * kBlockBytes;
      packed[block + row % kBlockRows * kBlockColumns + column % kBlockColumns] = *weights++;
    }
  }
}

size_t ColumnsSize(int rows, int columns) {
  return static_cast<size_t>(ColumnBytes(rows)) * static_cast<size_t>(columns);
}

void PackColumns(const int8_t* weights, int rows, int columns, int8_t* packed) {
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      packed[column * ColumnBytes(rows) + row] = *weights++;
    }
  }
}

size_t TilesSize(int rows, int columns) {
  return static_cast<size_t>(rows) * static_cast<size_t>(TileCount(columns) * kTileColumns);
}

void PackTiles(const int8_t* weights, int rows, int columns, int8_t* packed) {
  const int tile_rows = rows / kBlockRows;
  for (int row = 0; row < rows; ++row) {
    const int band = row / kBlockRows / kBandTiles;
    const int in_band = std::min(kBandTiles, tile_rows - band * kBandTiles);
    int8_t* const tiles = packed + ptrdiff_t{band} * kBandTiles * TileCount(columns) * kTileBytes;
    for (int column = 0; column < columns; ++column) {
      const int tile = column / kTileColumns * in_band + row / kBlockRows % kBandTiles;
      const int block = column % kTileColumns / kBlockColumns;
      tiles[ptrdiff_t{tile} * kTileBytes + block * kBlockBytes + row % kBlockRows * kBlockColumns +
            column % kBlockColumns] = *weights++;
    }
  }
}

}  // namespace lmz
