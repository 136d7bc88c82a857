// Undoes the repeat filter while its input is still being decoded: for whoever wants a block's
// beginning early. RepeatInverse checks what this one takes on trust.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace lmz {

class RepeatStream {
 public:
  // Both outlive the stream. `raw` has the size of the block.
  RepeatStream(ByteSpan filtered, MutableByteSpan raw) : filtered_(filtered), raw_(raw) {}

  // The first `size` bytes of the filtered ones are there, at least as many as last time: makes
  // what they tell of the raw ones, and returns how many of these are made. Commands that cannot be
  // end it: from there on nothing is made. Time linear in what is made and read. Not thread-safe.
  uint64_t Advance(uint64_t size);

  // How many are made.
  uint64_t made() const { return made_; }

 private:
  bool HasCommands(ByteSpan there);
  void Make(ByteSpan there);

  ByteSpan filtered_;
  MutableByteSpan raw_;
  bool is_broken_ = false;
  uint64_t command_count_ = 0;  // 0: not read yet
  uint64_t read_count_ = 0;     // commands that were read and fit
  uint64_t read_end_ = 0;       // behind them in the filtered bytes
  uint64_t reach_ = 0;          // of the raw bytes that they make
  // Of those that are carried out:
  uint64_t done_count_ = 0;
  uint64_t done_end_ = 0;       // behind them in the filtered bytes
  uint64_t literals_done_ = 0;  // of the next one
  uint64_t literal_ = 0;        // the next one's place in the filtered bytes
  uint64_t made_ = 0;
};

}  // namespace lmz
