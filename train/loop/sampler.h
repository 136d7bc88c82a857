// Decides which bytes each row of a batch reads: every row walks on through the data from batch to
// batch, and now and then jumps to a new place, where it starts with an empty state as a lane of
// the compressor does.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "train/network/operations.h"

namespace lmz::train {

class Sampler {
 public:
  // `jump_share` of the rows jump before each batch, so short contexts are trained too.
  Sampler(uint64_t seed, int64_t data_size, const BatchShape& batch, double jump_share);

  // Moves on to the next batch.
  void Next();

  const std::vector<int64_t>& positions() const {
    return positions_;
  }                                                             // of the rows' first targets
  const std::vector<uint8_t>& fresh() const { return fresh_; }  // 1 where a row has jumped

  void Save(ByteWriter& out) const;
  Status Load(ByteReader& in);

 private:
  uint64_t Random();

  uint64_t random_state_;
  const int64_t data_size_;
  const BatchShape batch_;
  const uint64_t jump_threshold_;
  std::vector<int64_t> positions_;
  std::vector<uint8_t> fresh_;
  bool started_ = false;
};

}  // namespace lmz::train
