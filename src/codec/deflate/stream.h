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

// The stream that `bytes` begins with. None when it is malformed, ends too early, uses what few
// encoders do (codes that promise too much, lists of code lengths of another size than the codes
// need) or stands for more than `max_size` bytes, or once the watch is stopped.
std::optional<Stream> ReadStream(ByteSpan bytes, uint64_t max_size, const Watch& watch = Watch());

// Appends a block that stands for the beginning of `data`. False when it uses a code that its
// header does not give, or once the watch is stopped; then something may have been written.
bool WriteBlock(const Block& block, ByteSpan data, BitWriter& writer, const Watch& watch = Watch());

// How many bytes of the data a block stands for.
uint64_t SizeOf(const Block& block);

}  // namespace lmz::deflate
