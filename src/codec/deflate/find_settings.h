// Which settings of zlib made a deflate stream, or come nearest.
#pragma once

#include <optional>

#include "codec/deflate/parser.h"
#include "codec/deflate/stream.h"

namespace lmz::deflate {

// Settings, and how many tokens of a stream are not as under them, where that was counted.
struct FoundSettings {
  Settings settings;
  std::optional<uint64_t> misses = {};
};

// The settings under which the fewest tokens of the stream are other than zlib's. `window_bits` is
// what the stream's header says, 8 to 15; some encoders make it smaller afterwards. `hint` is taken
// if the first tokens are all as under it. Takes a few passes over a small part of the stream,
// longer ones only where settings differ late. Any settings once the watch is stopped.
FoundSettings FindSettings(const Stream& stream, uint32_t window_bits, const Watch& watch = Watch(),
                           const Settings* hint = nullptr);

// How many tokens of the stream are not as the settings let expect. The watch follows what the
// searches take; too few once it is stopped.
uint64_t CountMisses(const Stream& stream, const Settings& settings, const Watch& watch);

}  // namespace lmz::deflate
