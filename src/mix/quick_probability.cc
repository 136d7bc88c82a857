#include "mix/quick_probability.h"

#include <cstddef>

#include "entropy/logistic.h"
#include "mix/bit_history.h"

namespace lmz {

namespace {

// Bits seen, per row; the last row serves all larger counts.
constexpr int kRowBits[QuickTable::kRows] = {0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20};

// Finds the quick probabilities whose ranges of logits hold probabilities, quickly where one is
// near the one before.
class Ranges {
 public:
  Ranges() {
    for (int i = 0; i < 256; ++i) begins_q16_[static_cast<size_t>(i)] = Squash((i - 128) * 16 - 8);
  }

  uint8_t Find(int p_q16) {
    while (at_ < 255 && begins_q16_[at_ + 1] <= p_q16) ++at_;
    // The first one begins anywhere.
    while (at_ > 0 && begins_q16_[at_] > p_q16) --at_;
    return static_cast<uint8_t>(at_ ^ 0x80);
  }

 private:
  std::array<int, 256> begins_q16_;
  size_t at_ = 0;
};

QuickTable MakeTable() {
  QuickTable table{};
  Ranges ranges;
  for (unsigned state = 0; state < 256; ++state) {
    const int bits = kBitHistory.zeros[state] + kBitHistory.ones[state];
    unsigned row = 0;
    while (row + 1 < QuickTable::kRows && kRowBits[row + 1] <= bits) ++row;
    table.row[state] = static_cast<uint8_t>(row);
  }
  for (unsigned row = 0; row < QuickTable::kRows; ++row) {
    for (int bit = 0; bit < 2; ++bit) {
      for (unsigned logit = 0; logit < 256; ++logit) {  // ascending
        const unsigned quick = logit ^ 0x80;
        const int p = Squash(QuickLogitQ8(static_cast<uint8_t>(quick)));
        const int target = bit != 0 ? 65536 : 0;
        const int step = (target - p) * 2 / (2 * kRowBits[row] + 3);
        table.next[row][static_cast<unsigned>(bit)][quick] = ranges.Find(p + step);
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
