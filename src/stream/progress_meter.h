// Adds up what blocks on several threads report and tells the caller of the pipeline.
#pragma once

#include <mutex>

#include "stream/compress.h"

namespace lmz {

class ProgressMeter {
 public:
  // `function` may be empty; it outlives the meter.
  explicit ProgressMeter(const ProgressFunction& function) : function_(function) {}

  // Counts what was done since the last call, modulo 2^64: a step may lead back. False when the
  // caller wants to stop. Thread-safe.
  bool Advance(uint64_t raw_bytes, uint64_t coded_bytes) {
    const std::lock_guard lock(mutex_);
    done_.raw_bytes += raw_bytes;
    done_.coded_bytes += coded_bytes;
    if (!is_stopped_) is_stopped_ = function_ && !function_(done_);
    return !is_stopped_;
  }

 private:
  const ProgressFunction& function_;
  std::mutex mutex_;
  Progress done_;            // guarded by mutex_
  bool is_stopped_ = false;  // guarded by mutex_
};

// One block's part in a meter: turns what a codec reports into steps of both sizes.
class BlockProgress {
 public:
  // `work_size` is what the codec's reports count up to, roughly. `coded_size` is 0 when encoding:
  // then the reports tell it.
  BlockProgress(ProgressMeter& meter, uint64_t work_size, uint64_t raw_size, uint64_t coded_size)
      : meter_(meter), work_size_(work_size), raw_size_(raw_size), coded_size_(coded_size) {}

  // What BlockResources::report gets. An encoder may try a block several times; the sizes told
  // never shrink meanwhile. False when the caller wants to stop.
  bool Report(uint64_t done, uint64_t code_size) {
    const uint64_t share_q20 = std::min((done << 20) / work_size_, uint64_t{1} << 20);
    return Tell(std::max(raw_size_ * share_q20 >> 20, raw_told_),
                std::max(code_size + (coded_size_ * share_q20 >> 20), coded_told_));
  }

  // The block is through; its final sizes count, even when an attempt came to more code.
  bool Finish(uint64_t raw_size, uint64_t coded_size) { return Tell(raw_size, coded_size); }

 private:
  bool Tell(uint64_t raw, uint64_t coded) {
    const bool goes_on = meter_.Advance(raw - raw_told_, coded - coded_told_);
    raw_told_ = raw;
    coded_told_ = coded;
    return goes_on;
  }

  ProgressMeter& meter_;
  uint64_t work_size_;
  uint64_t raw_size_;
  uint64_t coded_size_;
  uint64_t raw_told_ = 0;
  uint64_t coded_told_ = 0;
};

}  // namespace lmz
