#include "codec/deflate/find_settings.h"

#include <algorithm>
#include <bit>

namespace lmz::deflate {

namespace {

// Of a Watch: what a token takes beside the steps of its search.
constexpr uint64_t kTokenUnits = 32;

// What it takes to begin, whatever follows.
constexpr uint64_t kParserUnits = 1 << 13;

constexpr uint64_t kFirstTokens = 1 << 12;

// Counts the tokens that are not as the settings let expect, among the first `max_tokens` of the
// stream; stops above `max_misses`.
uint64_t CountFirstMisses(const Stream& stream, const Settings& settings, uint64_t max_tokens,
                          uint64_t max_misses, const Watch& watch) {
  if (!watch.Pass(kParserUnits)) return 0;
  Parser parser(stream.data, settings, stream.window_size);
  uint64_t misses = 0;
  for (const Block& block : stream.blocks) {
    parser.Skip(block.stored_size);
    for (const Token& token : block.tokens) {
      if (max_tokens-- == 0 || !watch.Pass(kTokenUnits + parser.TakeSteps())) return misses;
      if (parser.Next().token != token && ++misses > max_misses) return misses;
      parser.Take(token);
    }
  }
  return misses;
}

// Those that the size of a full block lets expect; 8, zlib's default, where there is none.
std::vector<uint32_t> MemoryLevels(const Stream& stream) {
  for (const Block& block : stream.blocks) {
    const size_t tokens = block.tokens.size() + 1;
    if (block.is_last || !std::has_single_bit(tokens)) continue;
    const auto level = static_cast<uint32_t>(std::bit_width(tokens)) - 7;
    if (tokens == 1 << 15) return {Settings::kGzipMemory, 9};
    if (tokens >= 128 && level >= 1 && level < 9) return {level};
  }
  return {8};
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

FoundSettings FindSettings(const Stream& stream, uint32_t window_bits, const Watch& watch,
                           const Settings* hint) {
  if (hint != nullptr && CountFirstMisses(stream, *hint, kFirstTokens, 0, watch) == 0) {
    return {*hint};
  }
  std::vector<Settings> left;
  for (const uint32_t memory_level : MemoryLevels(stream)) {
    Settings settings;
    settings.memory_level = memory_level;
    settings.window_bits = std::max(window_bits, Settings::kMinWindowBits);
    AppendCandidates(settings, left);
    if (settings.window_bits == Settings::kMaxWindowBits) continue;
    settings.window_bits = Settings::kMaxWindowBits;
    AppendCandidates(settings, left);
  }
  for (uint64_t tokens = kFirstTokens; left.size() > 1; tokens *= 8) {
    uint64_t least = UINT64_MAX;
    std::vector<Settings> best;
    for (const Settings& candidate : left) {
      const uint64_t misses = CountFirstMisses(stream, candidate, tokens, least, watch);
      if (misses < least) best.clear();
      if (misses <= least) best.push_back(candidate);
      least = std::min(least, misses);
    }
    left = std::move(best);
    if (tokens >= stream.data.size() || watch.is_stopped()) break;
    if (tokens == kFirstTokens || left.size() == 1) continue;
    // Where the first of them goes on without a miss, no other comes to fewer.
    if (CountFirstMisses(stream, left.front(), UINT64_MAX, least, watch) <= least) {
      return {left.front(), least};
    }
  }
  return {left.front()};
}

uint64_t CountMisses(const Stream& stream, const Settings& settings, const Watch& watch) {
  return CountFirstMisses(stream, settings, UINT64_MAX, UINT64_MAX, watch);
}

}  // namespace lmz::deflate
