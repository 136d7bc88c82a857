// Predicts the pixels of a picture of two colours, row by row, each from those to the left and in
// the rows above. Spec: spec.md, sections 3 to 6.
//
// Encoder and decoder make the same calls: Predict and Update alternate for each pixel. Everything
// is integer arithmetic. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cpu/zeroed_memory.h"
#include "mix/dual_rate.h"
#include "mix/mixer.h"
#include "mix/probability_map.h"

namespace lmz::bilevel {

inline constexpr uint32_t kMinWidth = 32;
inline constexpr uint32_t kMaxWidth = 1 << 16;

class PixelModel {
 public:
  // Rows of `width` pixels, kMinWidth .. kMaxWidth, `bytes` * 8 pixels in all.
  // Throws std::bad_alloc.
  PixelModel(uint32_t width, uint64_t bytes, const MixerKernels& kernels);

  // From above, what one allocates.
  static uint64_t Memory(uint32_t width, uint64_t bytes);

  // The probability, in 1/65536 and within 1 .. 65535, that the next pixel is a one.
  uint32_t Predict();

  // The next pixel is `bit`.
  void Update(int bit);

 private:
  static constexpr int kContexts = 12;
  static constexpr int kCountClasses = 16;
  static constexpr int kLogitClasses = 64;
  static constexpr uint32_t kRows = 9;  // this one, and those above that are looked at

  // What is known of a pixel before the two in front of it are.
  struct Outlook {
    std::array<uint32_t, kContexts> hashes;
    uint32_t surroundings;  // kWhite, kBlack or kMixed
    uint32_t farther;       // of plain ones: whether what lies farther is plain, too
    uint32_t nearest;       // pixels in the two rows above
  };

  void LookAhead();
  void ShiftRows();
  std::array<uint64_t, kContexts> Contexts() const;
  uint64_t RunContext() const;
  // Pixels first .. last to the right of the one that is looked at, in the row `up` rows above.
  uint64_t Above(uint32_t up, int first, int last) const {
    return rows_[up] >> (16 - last) & ((uint64_t{1} << (last - first + 1)) - 1);
  }
  // The latest `count` pixels in front of the one that is looked at, but for the latest two.
  uint64_t Left(int count) const { return recent_ & ((uint64_t{1} << (count - 2)) - 1); }
  uint32_t PredictMixed(const Outlook& outlook);
  void UpdateMixed(int bit);

  uint32_t width_;
  int hash_shift_;
  ZeroedMemory memory_;        // of the cells
  uint32_t* cells_;            // spec.md, 4.2, each combined with kNewCell by exclusive or
  std::vector<uint8_t> ring_;  // the latest pixels
  uint32_t ring_mask_;
  uint64_t position_ = 0;               // of the next pixel
  uint32_t ahead_ = 0;                  // the pixel that is looked at next
  uint32_t column_ = 0;                 // of that one
  uint64_t recent_ = 0;                 // the latest pixels, the last one lowest
  uint32_t run_ = 0;                    // how many before it are like the last one
  std::array<uint64_t, kRows> rows_{};  // around the pixel that is looked at, see Above
  std::array<Outlook, 4> outlooks_{};

  std::array<uint32_t, 8> plain_;  // probabilities in 2^-32
  std::vector<DualRate> trust_;    // [context][count class][logit class]
  Mixer mixer_;
  ProbabilityMap near_map_;
  ProbabilityMap wide_map_;

  // Of the pixel that is being predicted.
  bool is_plain_ = false;
  uint32_t plain_index_ = 0;
  std::array<uint32_t*, kContexts> cell_{};
  std::array<DualRate*, kContexts> cell_trust_{};
};

}  // namespace lmz::bilevel
