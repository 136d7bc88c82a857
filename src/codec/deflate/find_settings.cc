#include "codec/deflate/find_settings.h"

#include <algorithm>
#include <bit>

namespace lmz::deflate {

namespace {

// Of a Watch: what zlib's search for a token takes.
constexpr uint64_t kSearchUnits = 64;

// Counts the tokens that are not as the settings let expect, among the first `max_tokens` of the
// stream; stops above `max_misses`.
uint64_t CountMisses(const Stream& stream, const Settings& settings, uint64_t max_tokens,
                     uint64_t max_misses, const Watch& watch) {
  Parser parser(stream.data, settings);
  uint64_t misses = 0;
  for (const Block& block : stream.blocks) {
    parser.Skip(block.stored_size);
    for (const Token& token : block.tokens) {
      if (max_tokens-- == 0 || !watch.Pass(kSearchUnits)) return misses;
      if (parser.Next().token != token && ++misses > max_misses) return misses;
      parser.Take(token);
    }
  }
  return misses;
}

// From the size of a full block; 8, zlib's default, where there is none.
uint32_t MemoryLevel(const Stream& stream) {
  for (const Block& block : stream.blocks) {
    const size_t tokens = block.tokens.size() + 1;
    if (block.is_last || !std::has_single_bit(tokens)) continue;
    const auto level = static_cast<uint32_t>(std::bit_width(tokens)) - 7;
    if (tokens >= 128 && level >= 1 && level <= Settings::kMaxMemoryLevel) return level;
  }
  return 8;
}

// All ways to search, with one window.
void AppendCandidates(Settings settings, std::vector<Settings>& candidates) {
  for (const uint32_t search :
       {6u, 5u, 4u, 7u, 8u, 9u, 3u, 2u, 1u, Settings::kLiterals, Settings::kRuns}) {
    settings.search = search;
    settings.is_filtered = settings.keeps_distant = false;
    candidates.push_back(settings);
    if (search < 4 || search == Settings::kRuns) continue;
    settings.is_filtered = true;
    candidates.push_back(settings);
    settings.is_filtered = false;
    settings.keeps_distant = true;
    candidates.push_back(settings);
  }
}

}  // namespace

Settings FindSettings(const Stream& stream, uint32_t window_bits, const Watch& watch) {
  Settings settings;
  settings.memory_level = MemoryLevel(stream);
  settings.window_bits = std::max(window_bits, Settings::kMinWindowBits);
  std::vector<Settings> left;
  AppendCandidates(settings, left);
  if (settings.window_bits != Settings::kMaxWindowBits) {
    settings.window_bits = Settings::kMaxWindowBits;
    AppendCandidates(settings, left);
  }
  constexpr uint64_t kFirstTokens = 1 << 12;
  for (uint64_t tokens = kFirstTokens; left.size() > 1; tokens *= 8) {
    uint64_t least = UINT64_MAX;
    std::vector<Settings> best;
    for (const Settings& candidate : left) {
      const uint64_t misses = CountMisses(stream, candidate, tokens, least, watch);
      if (misses < least) best.clear();
      if (misses <= least) best.push_back(candidate);
      least = std::min(least, misses);
    }
    left = std::move(best);
    if (tokens >= stream.data.size() || watch.is_stopped()) break;
  }
  return left.front();
}

}  // namespace lmz::deflate
