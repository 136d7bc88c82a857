// The header of a dynamic block as zlib would write it.
#pragma once

#include <span>

#include "base/bytes.h"
#include "codec/deflate/deflate.h"

namespace lmz::deflate {

// How often a block uses each code.
struct CodeCounts {
  std::array<uint32_t, kLiteralCodes> literals{};
  std::array<uint32_t, kDistanceCodes> distances{};

  // Of tokens that stand for `data`, and the end of the block.
  CodeCounts(std::span<const Token> tokens, ByteSpan data);

  // The bits that the block takes with these lengths, without extra bits and without a header.
  uint64_t Bits(const LiteralLengths& literal_lengths,
                const DistanceLengths& distance_lengths) const;
};

// How zlib writes these lengths: the shortest lists, repeated lengths as its runs.
CodeHeader HeaderFor(const LiteralLengths& literal_lengths,
                     const DistanceLengths& distance_lengths);

// The whole header by zlib's rules.
CodeHeader ZlibHeader(const CodeCounts& counts);

// Whether zlib prefers the fixed codes to this header of its own.
bool PrefersFixed(const CodeCounts& counts, const CodeHeader& header);

}  // namespace lmz::deflate
