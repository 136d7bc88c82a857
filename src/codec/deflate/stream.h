// Whole deflate streams: taken apart into blocks and data, and written from them.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "codec/deflate/bit_stream.h"
#include "codec/deflate/deflate.h"
#include "codec/watch.h"

namespace lmz::deflate {

// Where a stream is entered between two of its blocks.
struct Entrance {
  // The first byte has bits that come before: the lowest ones of this, up to the highest one.
  uint8_t lead = 1;
  Bytes window;  // what stands before it, at most kMaxDistance bytes
};

struct Stream {
  std::vector<Block> blocks;  // the last one, and no other, is_last
  Bytes data;                 // what they stand for, behind the window
  size_t window_size = 0;     // of what stands before: 0, or where the stream was entered
  uint8_t lead = 1;           // as of an entrance
  size_t size = 0;            // bytes that the stream takes; of one that is cut: whole ones
  bool is_cut = false;        // it goes on behind the last block, which does not say that it is

  size_t data_size() const { return data.size() - window_size; }
};

// What a stream must not exceed to be read.
struct StreamLimits {
  uint64_t data_size = UINT64_MAX;
  uint64_t tokens = UINT64_MAX;  // each takes 4 bytes of memory
  uint64_t block_tokens = UINT64_MAX;
  // Not to be exceeded: a stream with a block that ends behind so many bits is cut there.
  uint64_t end_bit = UINT64_MAX;
};

// The stream that `bytes` begins with, or go on with where it is entered. None when it is
// malformed, ends too early, uses what few encoders do (codes that promise too much, lists of code
// lengths of another size than the codes need) or exceeds a limit, or once the watch is stopped.
std::optional<Stream> ReadStream(ByteSpan bytes, const StreamLimits& limits,
                                 const Watch& watch = Watch(), const Entrance* entrance = nullptr);

// What came of an attempt at a stream.
struct Inflation {
  bool is_whole = false;  // the stream ends as it should
  bool is_cut = false;    // it does not, because the bytes end too early
  size_t read_size = 0;   // bytes that were looked at; those of a whole stream
  Bytes data;             // what they came to, behind the window
  size_t window_size = 0;
  // Behind the last block that was read whole.
  uint64_t boundary_bit = 0;
  size_t boundary_data = 0;  // bytes of `data` up to there

  size_t data_size() const { return data.size() - window_size; }
};

// ReadStream without the tokens, for those who look for streams.
Inflation Inflate(ByteSpan bytes, const StreamLimits& limits, const Watch& watch,
                  const Entrance* entrance = nullptr);

// Appends a block that stands for the beginning of `data`; `is_last` is what it says. False when it
// uses a code that its header does not give, or once the watch is stopped; then something may have
// been written.
bool WriteBlock(const Block& block, bool is_last, ByteSpan data, BitWriter& writer,
                const Watch& watch = Watch());

// How many bytes of the data a block stands for.
uint64_t SizeOf(const Block& block);

}  // namespace lmz::deflate
