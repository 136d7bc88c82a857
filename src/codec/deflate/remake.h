// Deflate streams by the data that they stand for: what else it takes to make the same stream
// again. What a file holds as such a stream (PNG, gzip, zip) is coded as this and the data, by
// whatever suits them. spec.md, sections 4 and 6.
#pragma once

#include <optional>

#include "codec/deflate/parser.h"
#include "codec/deflate/stream.h"
#include "codec/deflate/stream_model.h"
#include "codec/watch.h"
#include "entropy/coder.h"

namespace lmz::deflate {

// A stream that can be made again.
struct Remakable {
  Stream stream;
  Settings settings;                    // those of zlib that come nearest to it
  std::optional<uint64_t> misses = {};  // of CountMisses, if that is known
};

// The stream that `bytes` begins with. None when it is malformed, stands for nothing, exceeds a
// limit, or would not come back the same; or once the watch is stopped. `window_bits` is what the
// header of the stream's file says of its window, 8 to 15.
std::optional<Remakable> ReadRemakable(ByteSpan bytes, const StreamLimits& limits,
                                       uint32_t window_bits, const Watch& watch);

// The same for a stream that was read from the beginning of `bytes`; `hint` as for FindSettings.
// One that is cut need not come back where its last byte is not whole.
std::optional<Remakable> MakeRemakable(Stream stream, ByteSpan bytes, uint32_t window_bits,
                                       const Watch& watch, const Settings* hint = nullptr);

// Codes what it takes, beside the data and the settings. The watch follows the data. Errors:
// kCancelled. What several streams of one code have in common is learned in `model`.
Status EncodeRemaking(const Remakable& remakable, const Watch& watch, Encoder& encoder,
                      StreamModel& model);

// What a decoder takes as a stream.
struct Remaking {
  ByteSpan data;           // what it stands for, behind the window
  size_t window_size = 0;  // less than all of the data
  uint8_t lead = 1;        // >= 1, as of an entrance
  bool is_cut = false;     // its last block does not say that it is, its last byte is left out
  Settings settings;
  uint64_t max_block_tokens = UINT64_MAX;
};

// Appends the stream to `out`, until that holds max_size bytes. `watch` follows the data. Errors:
// kTruncated, kDamaged, kCancelled.
Status DecodeRemaking(const Remaking& remaking, uint64_t max_size, const Watch& watch,
                      Decoder& decoder, StreamModel& model, Bytes& out);

// An upper bound of what DecodeRemaking allocates, in bytes, for so many of data, or tokens in a
// block; without `out`.
uint64_t RemakingMemory(uint64_t tokens);

}  // namespace lmz::deflate
