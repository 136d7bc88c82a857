#include "model/glr/kernels/matrix_order.h"

#include <algorithm>
#include <cstring>

namespace lmz {

namespace {

// The weights of 16 rows in columns `first` .. `end` - 1, block by block. Packing is a good part of
// the time that a small file takes: all orders are written from front to end.
void PackRows(const int8_t* weights, int columns, int first, int end, int8_t* packed) {
  for (int column = first; column < end; column += kBlockColumns) {
    for (int row = 0; row < kBlockRows; ++row) {
      std::memcpy(packed, weights + ptrdiff_t{row} * columns + column, kBlockColumns);
      packed += kBlockColumns;
    }
  }
}

}  // namespace

size_t BlocksSize(int rows, int columns) {
  return static_cast<size_t>(rows) * static_cast<size_t>(columns);
}

void PackBlocks(const int8_t* weights, int rows, int columns, int8_t* packed) {
  const ptrdiff_t step = ptrdiff_t{kBlockRows} * columns;
  for (int row = 0; row < rows; row += kBlockRows, weights += step, packed += step) {
    PackRows(weights, columns, 0, columns, packed);
  }
}

size_t ColumnsSize(int rows, int columns) {
  return static_cast<size_t>(ColumnBytes(rows)) * static_cast<size_t>(columns);
}

void PackColumns(const int8_t* weights, int rows, int columns, int8_t* packed) {
  // Squares of this size, so that each line of the cache is written while it is there.
  constexpr int kSquare = 64;
  for (int first_row = 0; first_row < rows; first_row += kSquare) {
    for (int first = 0; first < columns; first += kSquare) {
      for (int row = first_row; row < std::min(first_row + kSquare, rows); ++row) {
        const int8_t* const from = weights + ptrdiff_t{row} * columns;
        for (int column = first; column < std::min(first + kSquare, columns); ++column) {
          packed[column * ColumnBytes(rows) + row] = from[column];
        }
      }
    }
  }
}

size_t TilesSize(int rows, int columns) {
  return static_cast<size_t>(rows) * static_cast<size_t>(TileCount(columns) * kTileColumns);
}

void PackTiles(const int8_t* weights, int rows, int columns, int8_t* packed) {
  const ptrdiff_t step = ptrdiff_t{kBlockRows} * columns;
  for (int row = 0; row < rows; row += kBlockRows * kBandTiles) {
    const int tiles = std::min(kBandTiles, (rows - row) / kBlockRows);
    for (int column = 0; column < columns; column += kTileColumns) {
      const int end = std::min(column + kTileColumns, columns);
      for (int tile = 0; tile < tiles; ++tile, packed += kTileBytes) {
        PackRows(weights + tile * step, columns, column, end, packed);
      }
    }
    weights += tiles * step;
  }
}

}  // namespace lmz
