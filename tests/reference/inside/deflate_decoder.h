// A deflate stream from its data and its code: src/codec/deflate/spec.md, sections 4 to 6 and 8; no
// code shared with the library.
#pragma once

#include "tests/reference/inside/deflate_flags.h"
#include "tests/reference/inside/deflate_parse.h"

namespace lmz::reference {

// What is kept from one stream of a code to the next.
struct DeflateFlags {
  std::map<int, FlagDecoder::Flag> stored, end, last, literal_instead, fixed;
  std::map<std::pair<int, int>, FlagDecoder::Flag> hit;
  FlagDecoder::Flag same_size, takes_found, same_distance, nearest_distance, same_header;
  FlagDecoder::Number length, width, run;
};

// 8: what is of the stream here.
struct DeflatePart {
  int64_t window = 0;  // bytes of the data before it
  int64_t lead = 1;
  bool is_cut = false;
};

// The next stream of a code, which stands for `data`: no more than `max_size` bytes, and
// `max_block_tokens` tokens in a block. Throws Damage.
Bytes DecodeDeflate(FlagDecoder& flags, DeflateFlags& state, const DeflateSettings& settings,
                    const Bytes& data, const DeflatePart& part, uint64_t max_size,
                    int64_t max_block_tokens);

// The stream that stands for `data` and is the whole of a code, and the coder's fingerprint. No
// more than `max_size` bytes. Throws Damage.
Decoded DecodeDeflate(const Bytes& code, const DeflateSettings& settings, const Bytes& data,
                      uint64_t max_size);

}  // namespace lmz::reference
