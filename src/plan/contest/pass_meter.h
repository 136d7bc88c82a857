// How far the coding of a block has come that takes several passes over it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "codec/codec.h"

namespace lmz {

// Makes one of several passes for whoever is told by BlockResources::report: the bytes done grow
// with the work of all passes and come to the block's size with the last one. Outlives the
// resources that it hands out. For one thread; what it hands out is used like `resources`.
class PassMeter {
 public:
  // `resources` outlive the meter. block_size: 1 .. kMaxBlockRawSize bytes.
  PassMeter(const BlockResources& resources, uint64_t block_size)
      : resources_(resources), block_size_(block_size) {}
  PassMeter(const PassMeter&) = delete;
  PassMeter& operator=(const PassMeter&) = delete;

  // Before the first pass: there may be one over `size` bytes, each of which takes `cost` (1 ..
  // 256) units of time.
  void Announce(uint64_t size, uint64_t cost) { work_ += size * cost; }

  // The next pass, as it was announced. What it reports counts to `size`.
  BlockResources Pass(uint64_t size, uint64_t cost) {
    reached_ = done_;
    Skip(size, cost);
    return Remaining(size);
  }

  // The pass before this was given up: another one over `size` bytes takes what is left of it.
  BlockResources Instead(uint64_t size) { return Remaining(size); }

  // An announced pass turned out to be unnecessary.
  void Skip(uint64_t size, uint64_t cost) { done_ = std::min(done_ + size * cost, work_); }

  // For work between passes: to be cancelled, without bytes that count.
  BlockResources Pause() {
    BlockResources pause = resources_;
    if (resources_.report) pause.report = [this](uint64_t, uint64_t) { return Report(done_, 0); };
    return pause;
  }

  // The block is coded in `size` bytes; further passes try to beat that.
  void SetCodeSize(uint64_t size) { code_size_ = size; }

 private:
  BlockResources Remaining(uint64_t size) {
    BlockResources pass = resources_;
    if (!resources_.report) return pass;
    pass.report = [this, size, begin = reached_, end = done_](uint64_t bytes, uint64_t code_size) {
      reached_ = begin + std::min(bytes, size) * (end - begin) / size;
      return Report(reached_, size == block_size_ ? code_size * (end - begin) / work_ : 0);
    };
    return pass;
  }

  bool Report(uint64_t done, uint64_t code_size) const {
    if (work_ == 0) return resources_.Report(0, 0);
    if (code_size_ != 0) code_size = code_size_ * done / work_;
    return resources_.Report(block_size_ * done / work_, code_size);
  }

  const BlockResources& resources_;
  uint64_t block_size_;
  uint64_t work_ = 0;
  uint64_t done_ = 0;       // behind the pass at hand
  uint64_t reached_ = 0;    // in it
  uint64_t code_size_ = 0;  // of the best code so far, 0: there is none
};

}  // namespace lmz
