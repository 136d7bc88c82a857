// The lengths of the rows, or records, that bytes may consist of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace lmz {

class Rows {
 public:
  // Looks for rows of up to 1/24 of `raw`, at least 4 KiB. `is_text`: they must show more,
  // and are records alone. Takes some nanoseconds a byte, for up to 64 KiB of 4 KiB more.
  Rows(ByteSpan raw, bool is_text);

  // Bytes of a number, 1, 2, 4 or 8.
  uint32_t unit() const { return unit_; }

  // Those that show, in bytes, above unit(): the most likely one first, at most two.
  const std::vector<uint32_t>& lengths() const { return lengths_; }

  // 0: there are none.
  uint32_t longest() const;

  // The distance, a multiple of `row`, one of lengths(), at which bytes are alike once more; two
  // units where there is none.
  uint32_t FindPlane(uint32_t row) const;

 private:
  void FindFar();
  void Add(size_t row);

  ByteSpan raw_;
  bool is_text_;
  uint32_t unit_ = 1;
  std::vector<uint32_t> lengths_;
};

}  // namespace lmz
