// The parts of a deflate stream (RFC 1951) as its encoder chose them: where a block ends, what it
// copies, which codes it uses. Together with the bytes that the stream stands for, they tell every
// bit of it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace lmz::deflate {

inline constexpr uint32_t kMinMatch = 3;
inline constexpr uint32_t kMaxMatch = 258;
inline constexpr uint32_t kMaxDistance = 32768;

inline constexpr size_t kLiteralCodes = 286;  // literals, the end of a block, lengths
inline constexpr size_t kDistanceCodes = 30;
inline constexpr size_t kOrderCodes = 19;  // of the code in which code lengths are written
inline constexpr size_t kEndOfBlock = 256;
inline constexpr int kMaxCodeLength = 15;
inline constexpr int kMaxOrderLength = 7;

// A literal (distance 0, length 1), or a copy of `length` bytes from `distance` bytes before.
struct Token {
  uint16_t length = 1;
  uint16_t distance = 0;

  bool is_literal() const { return distance == 0; }
  bool operator==(const Token&) const = default;
};

// A number as deflate writes it: a code, and extra bits behind it.
struct Symbol {
  uint32_t code;
  int extra_bits;
  uint32_t extra;
};

// Of a copy's length, 3 .. 258; the code counts from 257.
inline Symbol LengthSymbol(uint32_t length) {
  const uint32_t x = length - kMinMatch;
  if (length == kMaxMatch) return {28, 0, 0};
  if (x < 8) return {x, 0, 0};
  const int extra_bits = static_cast<int>(std::bit_width(x)) - 3;
  const uint32_t lead = x >> extra_bits & 3;
  return {4 * static_cast<uint32_t>(extra_bits) + 4 + lead, extra_bits,
          x & ((1u << extra_bits) - 1)};
}

// Of a copy's distance, 1 .. 32768.
inline Symbol DistanceSymbol(uint32_t distance) {
  const uint32_t x = distance - 1;
  if (x < 4) return {x, 0, 0};
  const int extra_bits = static_cast<int>(std::bit_width(x)) - 2;
  const uint32_t lead = x >> extra_bits & 1;
  return {2 * static_cast<uint32_t>(extra_bits) + 2 + lead, extra_bits,
          x & ((1u << extra_bits) - 1)};
}

using LiteralLengths = std::array<uint8_t, kLiteralCodes>;
using DistanceLengths = std::array<uint8_t, kDistanceCodes>;
using OrderLengths = std::array<uint8_t, kOrderCodes>;

// One symbol of the list of code lengths: 0 .. 15, or a repetition (16, 17, 18) with extra bits.
struct RunSymbol {
  uint8_t symbol = 0;
  uint8_t extra = 0;
  bool operator==(const RunSymbol&) const = default;
};

// Extra bits behind a symbol of the list of code lengths, and what it repeats at least.
inline int RunExtraBits(uint32_t symbol) {
  return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
}
inline uint32_t RunLength(const RunSymbol& run) {
  return run.symbol < 16 ? 1 : (run.symbol == 18 ? 11u : 3u) + run.extra;
}

// What stands in front of a block that brings its own codes.
struct CodeHeader {
  LiteralLengths literal_lengths{};
  DistanceLengths distance_lengths{};
  uint32_t literal_count = 257;  // 257 .. 286: lengths that are written
  uint32_t distance_count = 1;   // 1 .. 30
  uint32_t order_count = 4;      // 4 .. 19
  OrderLengths order_lengths{};  // by symbol
  std::vector<RunSymbol> runs;

  bool operator==(const CodeHeader&) const = default;

  // How many lengths the runs do not tell yet; below 0 when they tell too many.
  int MissingLengths() const;

  // Sets both arrays of lengths as the runs tell. False when these are not exactly the two counts'
  // lengths, or begin with a repetition of nothing.
  bool SetLengthsByRuns();
};

enum class BlockType : uint8_t { kStored = 0, kFixed = 1, kDynamic = 2 };

struct Block {
  bool is_last = false;
  BlockType type = BlockType::kStored;
  uint32_t stored_size = 0;   // of kStored, 0 .. 65535
  std::vector<Token> tokens;  // of the other types
  CodeHeader header;          // of kDynamic
};

// The order in which `order_lengths` are written.
inline constexpr std::array<uint8_t, kOrderCodes> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                            11, 4,  12, 3, 13, 2, 14, 1, 15};

// The codes of blocks of type kFixed. Lengths of codes 286 and 287 do not matter: none uses them.
inline uint8_t FixedLiteralLength(size_t code) {
  return code < 144 ? 8 : code < 256 ? 9 : code < 280 ? 7 : 8;
}
inline constexpr uint8_t kFixedDistanceLength = 5;

}  // namespace lmz::deflate
