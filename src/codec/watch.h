// Lets the caller stop a walk over bytes, and tells how far it has come.
#pragma once

#include <utility>

#include "codec/codec.h"

namespace lmz {

// For one thread. Constant for those who watch: only what it counts changes.
class Watch {
 public:
  // Units of work from one question to the next. A unit takes some nanoseconds, as passing a byte.
  static constexpr uint64_t kInterval = uint64_t{1} << 16;

  // Nobody ever stops the work.
  Watch() = default;

  // The work goes on for as long as resources.Report says so. The first Pass asks.
  explicit Watch(BlockResources resources) : resources_(std::move(resources)) {}

  // Counts `units` more of work. False once the caller has stopped it.
  bool Pass(uint64_t units) const {
    passed_ += units;
    if (passed_ < kInterval || is_stopped_) return !is_stopped_;
    passed_ = 0;
    is_stopped_ = !resources_.Report(done_);
    return !is_stopped_;
  }

  // `size` more is done of what resources.Report counts.
  void Advance(uint64_t size) const { done_ += size; }

  bool is_stopped() const { return is_stopped_; }

 private:
  BlockResources resources_;
  mutable uint64_t passed_ = kInterval;
  mutable uint64_t done_ = 0;
  mutable bool is_stopped_ = false;
};

}  // namespace lmz
