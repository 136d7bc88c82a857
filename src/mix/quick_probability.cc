#include "mix/quick_probability.h"

#include "entropy/logistic.h"
#include "mix/bit_history.h"

namespace lmz {

namespace {

// Bits seen, per row; the last row serves all larger counts.
constexpr int kRowBits[QuickTable::kRows] = {0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20};

// The quick probability whose range of logits holds p_q16.
uint8_t Nearest(int p_q16) {
  int i = 0;
  for (int step = 128; step > 0; step /= 2) {
    if (Squash((i + step - 128) * 16 - 8) <= p_q16) i += step;
  }
  return static_cast<uint8_t>(i ^ 0x80);
}

QuickTable MakeTable() {
  QuickTable table{};
  for (unsigned state = 0; state < 256; ++state) {
    const int bits = kBitHistory.zeros[state] + kBitHistory.ones[state];
    unsigned row = 0;
    while (row + 1 < QuickTable::kRows && kRowBits[row + 1] <= bits) ++row;
    table.row[state] = static_cast<uint8_t>(row);
  }
  for (unsigned row = 0; row < QuickTable::kRows; ++row) {
    for (int bit = 0; bit < 2; ++bit) {
      for (unsigned quick = 0; quick < 256; ++quick) {
        const int p = Squash(QuickLogitQ8(static_cast<uint8_t>(quick)));
        const int target = bit != 0 ? 65536 : 0;
        const int step = (target - p) * 2 / (2 * kRowBits[row] + 3);
        table.next[row][static_cast<unsigned>(bit)][quick] = Nearest(p + step);
      }
    }
  }
  return table;
}

}  // namespace

const QuickTable& Quick() {
  static const QuickTable table = MakeTable();
  return table;
}

}  // namespace lmz
