// Huffman codes: the lengths that zlib would choose, and canonical codes from lengths.
#pragma once

#include <cstdint>
#include <span>

namespace lmz::deflate {

// The code lengths, at most `max_length`, that zlib chooses for these frequencies. A code has at
// least two symbols: where fewer occur, others get a length. Which of several optimal codes it is
// depends on how zlib's heap orders what weighs the same: spec.md, section 5. Both spans have the
// same size, at most 286; frequencies sum up to less than 2^31.
void ZlibLengths(std::span<const uint32_t> frequencies, int max_length, std::span<uint8_t> lengths);

// Sets the canonical code of each symbol with a length, its bits in the order in which deflate
// writes them: the first one lowest. False when the lengths promise more codes than there are.
bool CanonicalCodes(std::span<const uint8_t> lengths, std::span<uint16_t> codes);

}  // namespace lmz::deflate
