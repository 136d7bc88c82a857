// What a JPEG file holds beside its entropy-coded bytes, and the coefficients that these stand for.
// Terms are those of ITU-T T.81. Spec: spec.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "codec/jpeg/huffman_code.h"

namespace lmz::jpeg {

inline constexpr size_t kBlockSize = 64;        // coefficients of a block of 8 x 8 samples
using Block = std::array<int16_t, kBlockSize>;  // in zigzag order

// Of a coefficient that is not the first of its block, and of one that is.
inline constexpr int32_t kMaxAc = (1 << 14) - 1;
inline constexpr int32_t kMaxDc = (1 << 15) - 1;

// More are no picture for this codec: 256 MiB of coefficients.
inline constexpr uint64_t kMaxBlocks = uint64_t{1} << 21;
inline constexpr size_t kMaxScans = 64;
inline constexpr size_t kMaxComponents = 4;

// How many blocks a file of this size may have: their number bounds the time. Only pictures of
// nearly one colour have more.
constexpr uint64_t MaxBlocksOf(uint64_t raw_size) {
  const uint64_t blocks = 4096 + raw_size;
  return blocks < kMaxBlocks ? blocks : kMaxBlocks;
}

// How many coefficients of a block are not zero, and which one is the last of these, without the
// first coefficient.
struct Extent {
  uint8_t end = 0;
  uint8_t count = 0;
};

// The row of blocks and the column, of a component.
struct Place {
  uint32_t row = 0;
  uint32_t column = 0;
};

struct Component {
  uint8_t id = 0;
  uint32_t across = 1;  // sampling factors, 1 .. 4
  uint32_t down = 1;
  uint8_t quantizer = 0;  // number of its table
  uint32_t columns = 0;   // blocks that a scan of this component alone has
  uint32_t rows = 0;
  uint32_t all_columns = 0;  // blocks of whole units
  uint32_t all_rows = 0;
  std::vector<Block> blocks;  // [row][column], all of them

  // Of a scan that is cut there are blocks in these rows, and in the next cut_rows up to a column;
  // the others are zero.
  uint32_t whole_rows = 0;
  uint32_t cut_rows = 0;
  uint32_t cut_columns = 0;

  uint32_t ColumnsIn(uint32_t row) const {
    if (row < whole_rows) return all_columns;
    return row < whole_rows + cut_rows ? cut_columns : 0;
  }

  Block& At(Place place) { return blocks[NumberOf(place)]; }
  const Block& At(Place place) const { return blocks[NumberOf(place)]; }
  size_t NumberOf(Place place) const { return size_t{place.row} * all_columns + place.column; }
};

struct ScanComponent {
  size_t component = 0;  // index
  size_t dc_code = 0;
  size_t ac_code = 0;
};

// The tables that hold at some place of the file.
struct Tables {
  uint32_t restart_interval = 0;  // units; 0: none
  std::array<HuffmanCode, 4> dc_codes;
  std::array<HuffmanCode, 4> ac_codes;
};

// What SOS says, and the tables that hold then.
struct Scan {
  Tables tables;
  std::vector<ScanComponent> components;
  uint32_t first = 0;  // coefficients
  uint32_t last = 63;
  uint32_t high = 0;  // bits: Ah, Al
  uint32_t low = 0;
};

struct Frame {
  bool is_progressive = false;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t max_across = 1;
  uint32_t max_down = 1;
  std::vector<Component> components;                             // empty: there is no frame
  std::array<std::array<uint16_t, kBlockSize>, 4> quantizers{};  // zigzag

  // Units: of a scan with several components.
  uint32_t unit_columns() const { return (width + 8 * max_across - 1) / (8 * max_across); }
  uint32_t unit_rows() const { return (height + 8 * max_down - 1) / (8 * max_down); }

  // Of all components. Below 2^36.
  uint64_t block_count() const {
    uint64_t blocks = 0;
    for (const Component& c : components) blocks += uint64_t{c.all_columns} * c.all_rows;
    return blocks;
  }
  // All of them zero. At most kMaxBlocks.
  void MakeBlocks() {
    for (Component& c : components) {
      c.blocks.assign(size_t{c.all_columns} * c.all_rows, Block{});
    }
  }
};

}  // namespace lmz::jpeg
