// Whole deflate streams: taken apart into blocks and data, and written from them.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "codec/deflate/bit_stream.h"
#include "codec/deflate/deflate.h"
#include "codec/watch.h"

namespace lmz::deflate {

struct Stream {
  std::vector<Block> blocks;  // the last one, and no other, is_last
  Bytes data;                 // what they stand for
  size_t size = 0;            // bytes that the stream takes
};

// What a stream must not exceed to be read.
struct StreamLimits {
  uint64_t data_size = UINT64_MAX;
  uint64_t tokens = UINT64_MAX;  // each takes 4 bytes of memory
  uint64_t block_tokens = UINT64_MAX;
};

// The stream that `bytes` begins with. None when it is malformed, ends too early, uses what few
// encoders do (codes that promise too much, lists of code lengths of another size than the codes
// need) or exceeds a limit, or once the watch is stopped.
std::optional<Stream> ReadStream(ByteSpan bytes, const StreamLimits& limits,
                                 const Watch& watch = Watch());

// A stream of which only the size is known, and the data.
struct Inflated {
  size_t size = 0;
  Bytes data;
};

// How an attempt at a stream went.
struct InflateEffort {
  size_t read_size = 0;  // bytes that were looked at
  size_t data_size = 0;  // and what they came to
  bool is_cut = false;   // whether it failed because the bytes end too early
};

// ReadStream without the tokens, for those who look for streams. `effort` is replaced.
std::optional<Inflated> Inflate(ByteSpan bytes, const StreamLimits& limits, const Watch& watch,
                                InflateEffort& effort);

// Appends a block that stands for the beginning of `data`. False when it uses a code that its
// header does not give, or once the watch is stopped; then something may have been written.
bool WriteBlock(const Block& block, ByteSpan data, BitWriter& writer, const Watch& watch = Watch());

// How many bytes of the data a block stands for.
uint64_t SizeOf(const Block& block);

}  // namespace lmz::deflate
