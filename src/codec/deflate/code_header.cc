#include "codec/deflate/code_header.h"

#include <algorithm>

#include "codec/deflate/huffman.h"

namespace lmz::deflate {

namespace {

void AppendRun(RunSymbol run, size_t times, std::vector<RunSymbol>& runs) {
  runs.insert(runs.end(), times, run);
}

// `size` lengths 0, at most 138 at a time.
void AppendZeros(size_t size, std::vector<RunSymbol>& runs) {
  while (size != 0) {
    const size_t taken = std::min<size_t>(size, 138);
    if (taken < 3) {
      AppendRun({0, 0}, taken, runs);
    } else if (taken <= 10) {
      AppendRun({17, static_cast<uint8_t>(taken - 3)}, 1, runs);
    } else {
      AppendRun({18, static_cast<uint8_t>(taken - 11)}, 1, runs);
    }
    size -= taken;
  }
}

// `size` times the same length: itself once, then repetitions of at most 6.
void AppendEqual(uint8_t length, size_t size, std::vector<RunSymbol>& runs) {
  bool is_first = true;
  while (size != 0) {
    const size_t taken = std::min<size_t>(size, is_first ? 7 : 6);
    const size_t repeated = is_first ? taken - 1 : taken;
    if (repeated < 3) {
      AppendRun({length, 0}, taken, runs);
    } else {
      if (is_first) AppendRun({length, 0}, 1, runs);
      AppendRun({16, static_cast<uint8_t>(repeated - 3)}, 1, runs);
    }
    is_first = false;
    size -= taken;
  }
}

void AppendRuns(std::span<const uint8_t> lengths, std::vector<RunSymbol>& runs) {
  for (size_t begin = 0; begin < lengths.size();) {
    size_t end = begin + 1;
    while (end < lengths.size() && lengths[end] == lengths[begin]) ++end;
    if (lengths[begin] == 0) {
      AppendZeros(end - begin, runs);
    } else {
      AppendEqual(lengths[begin], end - begin, runs);
    }
    begin = end;
  }
}

// One more than the index of the last length that is not 0, at least `least`.
uint32_t CountOf(std::span<const uint8_t> lengths, size_t least) {
  size_t count = lengths.size();
  while (count > least && lengths[count - 1] == 0) --count;
  return static_cast<uint32_t>(count);
}

uint64_t HeaderBits(const CodeHeader& header) {
  uint64_t bits = 5 + 5 + 4 + 3 * uint64_t{header.order_count};
  for (const RunSymbol& run : header.runs) {
    bits += header.order_lengths[run.symbol] + static_cast<unsigned>(RunExtraBits(run.symbol));
  }
  return bits;
}

}  // namespace

int CodeHeader::MissingLengths() const {
  uint32_t told = 0;
  for (const RunSymbol& run : runs) told += RunLength(run);
  return static_cast<int>(literal_count + distance_count) - static_cast<int>(told);
}

bool CodeHeader::SetLengthsByRuns() {
  if (MissingLengths() != 0 || runs.front().symbol == 16) return false;
  std::vector<uint8_t> lengths;
  for (const RunSymbol& run : runs) {
    const auto length = run.symbol < 16 ? run.symbol : run.symbol == 16 ? lengths.back() : 0;
    lengths.insert(lengths.end(), RunLength(run), static_cast<uint8_t>(length));
  }
  const auto behind_literals = lengths.begin() + literal_count;
  std::copy(lengths.begin(), behind_literals, literal_lengths.begin());
  std::copy(behind_literals, lengths.end(), distance_lengths.begin());
  return true;
}

CodeCounts::CodeCounts(std::span<const Token> tokens, ByteSpan data) {
  size_t at = 0;
  for (const Token& token : tokens) {
    if (token.is_literal()) {
      ++literals[data[at]];
    } else {
      ++literals[kEndOfBlock + 1 + LengthSymbol(token.length).code];
      ++distances[DistanceSymbol(token.distance).code];
    }
    at += token.length;
  }
  literals[kEndOfBlock] = 1;
}

uint64_t CodeCounts::Bits(const LiteralLengths& literal_lengths,
                          const DistanceLengths& distance_lengths) const {
  uint64_t bits = 0;
  for (size_t i = 0; i < kLiteralCodes; ++i) bits += uint64_t{literals[i]} * literal_lengths[i];
  for (size_t i = 0; i < kDistanceCodes; ++i) bits += uint64_t{distances[i]} * distance_lengths[i];
  return bits;
}

CodeHeader HeaderFor(const LiteralLengths& literal_lengths,
                     const DistanceLengths& distance_lengths) {
  CodeHeader header;
  header.literal_lengths = literal_lengths;
  header.distance_lengths = distance_lengths;
  header.literal_count = CountOf(literal_lengths, kEndOfBlock + 1);
  header.distance_count = CountOf(distance_lengths, 1);
  AppendRuns(std::span(literal_lengths).first(header.literal_count), header.runs);
  AppendRuns(std::span(distance_lengths).first(header.distance_count), header.runs);
  std::array<uint32_t, kOrderCodes> frequencies{};
  for (const RunSymbol& run : header.runs) ++frequencies[run.symbol];
  ZlibLengths(frequencies, kMaxOrderLength, header.order_lengths);
  header.order_count = kOrderCodes;
  while (header.order_count > 4 && header.order_lengths[kOrder[header.order_count - 1]] == 0) {
    --header.order_count;
  }
  return header;
}

CodeHeader ZlibHeader(const CodeCounts& counts) {
  LiteralLengths literal_lengths;
  DistanceLengths distance_lengths;
  ZlibLengths(counts.literals, kMaxCodeLength, literal_lengths);
  ZlibLengths(counts.distances, kMaxCodeLength, distance_lengths);
  return HeaderFor(literal_lengths, distance_lengths);
}

bool PrefersFixed(const CodeCounts& counts, const CodeHeader& header) {
  LiteralLengths literal_lengths;
  DistanceLengths distance_lengths;
  for (size_t i = 0; i < kLiteralCodes; ++i) literal_lengths[i] = FixedLiteralLength(i);
  distance_lengths.fill(kFixedDistanceLength);
  uint64_t extra = 3;
  for (uint32_t i = 0; i + 1 < 29; ++i) {
    extra += uint64_t{counts.literals[kEndOfBlock + 1 + i]} * (i < 8 ? 0 : i / 4 - 1);
  }
  for (uint32_t i = 0; i < kDistanceCodes; ++i) {
    extra += uint64_t{counts.distances[i]} * (i < 4 ? 0 : i / 2 - 1);
  }
  // In whole bytes. Codes that only fill up a code of one symbol have one bit and occur never.
  const uint64_t fixed = counts.Bits(literal_lengths, distance_lengths) + extra;
  const uint64_t own =
      counts.Bits(header.literal_lengths, header.distance_lengths) + extra + HeaderBits(header);
  return (fixed + 7) / 8 <= (own + 7) / 8;
}

}  // namespace lmz::deflate
