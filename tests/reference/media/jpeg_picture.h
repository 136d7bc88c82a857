// What the segments of a JPEG file say, and its coefficients: section 3 of src/codec/jpeg/spec.md.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

using JpegBlock = std::array<int, 64>;  // zigzag

struct JpegComponent {
  int id = 0, across = 1, down = 1, table = 0;
  int rows = 0, columns = 0;          // of a scan of it alone
  int all_rows = 0, all_columns = 0;  // of whole units
  std::vector<std::vector<JpegBlock>> blocks;

  // Of a cut scan: rows that are whole, and columns in so many further ones.
  int whole_rows = 0, cut_rows = 0, cut_columns = 0;
  int ColumnsIn(int row) const {
    return row < whole_rows ? all_columns : row < whole_rows + cut_rows ? cut_columns : 0;
  }
};

struct JpegCode {
  int length = 0, code = 0;
};
using JpegCodes = std::map<int, JpegCode>;  // of symbols

struct JpegScan {
  struct Member {
    size_t component;
    JpegCodes dc, ac;
  };
  std::vector<Member> members;
  int first = 0, last = 63, high = 0, low = 0;
  int interval = 0;
  size_t head_end = 0;
};

struct JpegPicture {
  bool is_progressive = false;
  int unit_rows = 0, unit_columns = 0;
  std::vector<JpegComponent> components;
  std::map<int, std::array<int, 64>> steps;
  std::vector<JpegScan> scans;
  int last_units = 0;  // of the last scan, if it is cut
};

// Of the first `scans` scans; the last one has `last_units` units, if that is not 0. Throws Damage.
JpegPicture ParseJpeg(const Bytes& around, uint64_t scans, uint64_t last_units);

// The file, of at most `max_size` bytes. Throws Damage.
Bytes WriteJpeg(const JpegPicture& picture, const Bytes& around, bool pads_ones, uint64_t max_size);

}  // namespace lmz::reference
