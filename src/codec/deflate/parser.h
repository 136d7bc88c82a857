// What zlib would do next: its parse of the data into literals and copies, step by step, from any
// state that another encoder may have brought about. spec.md, section 3.
//
// Knowing the data and what was done so far, it searches as zlib's deflate does, in the same chains
// of places with the same hash, so that it comes to the same answer for the settings that were
// used.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "base/bytes.h"
#include "codec/deflate/deflate.h"

namespace lmz::deflate {

// How the data was compressed, as far as it can be told from the stream.
struct Settings {
  static constexpr uint32_t kLiterals = 0;  // no copies: stored blocks, or "Huffman only"
  static constexpr uint32_t kRuns = 10;     // copies of the byte before only
  static constexpr uint32_t kMinWindowBits = 9;
  static constexpr uint32_t kMaxWindowBits = 15;
  static constexpr uint32_t kMaxMemoryLevel = 10;
  // In place of zlib's memory levels: what the program gzip has, which is level 8's hash and level
  // 9's blocks.
  static constexpr uint32_t kGzipMemory = 10;

  uint32_t search = 6;         // kLiterals, zlib's level 1 .. 9, kRuns
  bool is_filtered = false;    // levels 4 to 9: no copies of less than 6 bytes
  bool keeps_distant = false;  // levels 4 to 9: copies of 3 bytes from afar, too
  uint32_t window_bits = 15;
  uint32_t memory_level = 8;  // 1 .. 9, kGzipMemory

  bool operator==(const Settings&) const = default;

  // As the fields of payloads have them: Search and its flags, then Window_Bits and Memory_Level.
  using Packed = std::array<uint8_t, 2>;
  static constexpr uint8_t kFiltered = 1 << 4;  // beside the search
  static constexpr uint8_t kKeepsDistant = 1 << 5;
  static constexpr uint8_t kUnknownFlags = 0xC0;

  Packed Pack() const {
    return {static_cast<uint8_t>(search | (is_filtered ? kFiltered : 0u) |
                                 (keeps_distant ? kKeepsDistant : 0u)),
            static_cast<uint8_t>(window_bits | memory_level << 4)};
  }
  static Settings Unpack(const Packed& packed) {
    return {.search = packed[0] & 15u,
            .is_filtered = (packed[0] & kFiltered) != 0,
            .keeps_distant = (packed[0] & kKeepsDistant) != 0,
            .window_bits = packed[1] & 15u,
            .memory_level = uint32_t{packed[1]} >> 4};
  }

  bool IsValid() const {
    return search <= kRuns && window_bits >= kMinWindowBits && window_bits <= kMaxWindowBits &&
           memory_level >= 1 && memory_level <= kMaxMemoryLevel;
  }
  // A block ends after this many tokens.
  uint32_t block_tokens() const { return (1u << std::min(memory_level + 6, 15u)) - 1; }
  uint32_t hash_bits() const { return memory_level == kGzipMemory ? 15 : memory_level + 7; }
};

class Parser {
 public:
  // Begins behind `window_size` bytes of `data`, all of which can be copied. `data` outlives the
  // parser.
  Parser(ByteSpan data, const Settings& settings, size_t window_size = 0);

  static uint64_t Memory();

  struct Guess {
    Token token;
    Token found;  // what could be copied here; a literal where nothing was found
  };

  size_t position() const { return position_; }

  // The token for data[position() ..), which is not empty.
  Guess Next();

  // How far back the nearest copy is of `length` (>= 3) bytes at position(), which are there; 0:
  // none was found. Between Next and Take.
  uint32_t NearestDistance(uint32_t length);

  // What was done instead, or as guessed; goes behind it. The token ends within the data.
  void Take(const Token& token);

  // How many steps the searches took since this was last asked.
  uint64_t TakeSteps() {
    const int64_t steps = steps_told_ - steps_left_;
    steps_told_ = steps_left_;
    return static_cast<uint64_t>(steps);
  }

  // Passes `size` bytes that were not coded as tokens.
  void Skip(size_t size);

 private:
  // How far a search goes: zlib's table of levels.
  struct Effort {
    uint32_t good_length;  // behind a copy of this length, a quarter of the chain
    uint32_t
        lazy_length;  // behind a copy of this length, none; levels 1 to 3: what enters the hash
    uint32_t nice_length;  // long enough
    uint32_t chain_length;
  };
  static const Effort kEfforts[10];

  bool is_lazy() const { return settings_.search >= 4; }
  size_t left(size_t from) const { return data_.size() - from; }
  uint32_t Hash(size_t at) const;
  void Enter(size_t at);
  void EnterUpTo(size_t end);
  uint32_t LengthAt(size_t source, size_t at) const;
  Token Search(size_t at, uint32_t previous_length);
  Token FindRun() const;

  ByteSpan data_;
  Settings settings_;
  Effort effort_;
  size_t position_ = 0;
  size_t entered_ = 0;  // all places before that are to be in the hash are
  int64_t steps_left_;  // of all searches together
  int64_t steps_told_;  // steps_left_ when TakeSteps was last asked
  Token found_;         // at position_, from a search for something longer than what was before
  bool has_found_ = false;
  Token next_found_;  // one behind it, longer than `found_`; a literal when there is none
  uint32_t hash_shift_;
  uint32_t hash_mask_;
  uint32_t window_mask_;
  uint32_t max_distance_;
  std::vector<uint32_t> heads_;     // [hash]: the last place, plus 1
  std::vector<uint32_t> previous_;  // [place modulo the window]: the one before, plus 1
};

}  // namespace lmz::deflate
