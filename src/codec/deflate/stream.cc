#include "codec/deflate/stream.h"

#include <algorithm>
#include <bit>

#include "codec/deflate/huffman.h"

namespace lmz::deflate {

namespace {

// Of a Watch: what a token and the header of a block take.
constexpr uint64_t kTokenUnits = 8;
constexpr uint64_t kBlockUnits = 512;

// Reads symbols of a canonical code: short codes from a table, longer ones bit by bit.
class SymbolReader {
 public:
  // False when the lengths are no code.
  bool Set(std::span<const uint8_t> lengths) {
    std::array<uint16_t, kLiteralCodes + 2> codes;
    if (!CanonicalCodes(lengths, std::span(codes).first(lengths.size()))) return false;
    counts_.fill(0);
    for (const uint8_t length : lengths) ++counts_[length];
    counts_[0] = 0;
    symbols_.clear();
    for (int length = 1; length <= kMaxCodeLength; ++length) {
      for (size_t i = 0; i < lengths.size(); ++i) {
        if (lengths[i] == length) symbols_.push_back(static_cast<uint16_t>(i));
      }
    }
    short_codes_.fill({});
    for (size_t i = 0; i < lengths.size(); ++i) {
      if (lengths[i] == 0 || lengths[i] > kTableBits) continue;
      const ShortCode entry = {static_cast<uint16_t>(i), lengths[i]};
      for (size_t at = codes[i]; at < short_codes_.size(); at += size_t{1} << lengths[i]) {
        short_codes_[at] = entry;
      }
    }
    return true;
  }

  // None for bits that are no code.
  std::optional<uint32_t> Read(BitReader& reader) const {
    const ShortCode entry = short_codes_[reader.Peek(kTableBits)];
    if (entry.length != 0) {
      reader.Skip(entry.length);
      return entry.symbol;
    }
    uint32_t code = 0, first = 0, index = 0;
    for (size_t length = 1; length <= kMaxCodeLength; ++length) {
      code = code << 1 | reader.Bit();
      first <<= 1;
      if (code - first < counts_[length]) return symbols_[index + code - first];
      first += counts_[length];
      index += counts_[length];
    }
    return std::nullopt;
  }

 private:
  static constexpr int kTableBits = 10;

  struct ShortCode {
    uint16_t symbol = 0;
    uint8_t length = 0;  // 0: the code is longer, or there is none
  };

  std::array<uint32_t, kMaxCodeLength + 1> counts_{};
  std::vector<uint16_t> symbols_;
  std::array<ShortCode, size_t{1} << kTableBits> short_codes_{};  // by the next bits, lowest first
};

bool ReadRuns(BitReader& reader, const SymbolReader& symbols, CodeHeader& header) {
  while (header.MissingLengths() > 0) {
    const std::optional<uint32_t> symbol = symbols.Read(reader);
    if (!symbol || reader.overran()) return false;
    RunSymbol run;
    run.symbol = static_cast<uint8_t>(*symbol);
    run.extra = static_cast<uint8_t>(reader.Bits(RunExtraBits(*symbol)));
    header.runs.push_back(run);
  }
  return header.SetLengthsByRuns();
}

bool ReadHeader(BitReader& reader, CodeHeader& header) {
  header.literal_count = 257 + reader.Bits(5);
  header.distance_count = 1 + reader.Bits(5);
  header.order_count = 4 + reader.Bits(4);
  if (header.literal_count > kLiteralCodes || header.distance_count > kDistanceCodes) return false;
  for (uint32_t i = 0; i < header.order_count; ++i) {
    header.order_lengths[kOrder[i]] = static_cast<uint8_t>(reader.Bits(3));
  }
  SymbolReader symbols;
  return symbols.Set(header.order_lengths) && ReadRuns(reader, symbols, header);
}

CodeHeader FixedHeader() {
  CodeHeader header;
  for (size_t i = 0; i < kLiteralCodes; ++i) header.literal_lengths[i] = FixedLiteralLength(i);
  header.distance_lengths.fill(kFixedDistanceLength);
  return header;
}

// The fixed codes leave room for two more symbols at the end of the literals' code of 8 bits, so
// that those of 9 bits begin where they should: two lengths of 8 that no block uses.
using AllLiteralLengths = std::array<uint8_t, kLiteralCodes + 2>;

AllLiteralLengths LiteralLengthsOf(const CodeHeader& header, BlockType type) {
  AllLiteralLengths lengths{};
  std::copy(header.literal_lengths.begin(), header.literal_lengths.end(), lengths.begin());
  if (type == BlockType::kFixed) lengths[kLiteralCodes] = lengths[kLiteralCodes + 1] = 8;
  return lengths;
}

class StreamReader {
 public:
  StreamReader(ByteSpan bytes, const StreamLimits& limits, bool keeps_tokens, const Watch& watch,
               const Entrance* entrance)
      : bytes_(bytes), reader_(bytes), limits_(limits), keeps_tokens_(keeps_tokens), watch_(watch) {
    if (entrance == nullptr) return;
    stream_.data = entrance->window;
    stream_.window_size = boundary_data_ = entrance->window.size();
    stream_.lead = entrance->lead;
    reader_.Skip(static_cast<int>(std::bit_width(entrance->lead)) - 1);
  }

  bool Read() {
    bool is_last = false;
    while (!is_last) {
      if (keeps_tokens_ || stream_.blocks.empty()) stream_.blocks.emplace_back();
      Block& block = stream_.blocks.back();
      is_last = block.is_last = reader_.Bit() != 0;
      const uint32_t type = reader_.Bits(2);
      if (type > 2) return false;
      block.type = static_cast<BlockType>(type);
      const bool is_read = block.type == BlockType::kStored ? ReadStored(block) : ReadCoded(block);
      if (!is_read || reader_.overran() || IsTooLarge()) return false;
      boundary_bit_ = reader_.position();
      boundary_data_ = stream_.data.size();
      if (is_last || boundary_bit_ != limits_.end_bit) continue;
      is_last = block.is_last = stream_.is_cut = true;
    }
    const uint64_t end = stream_.is_cut ? reader_.position() / 8 : reader_.byte_position();
    stream_.size = static_cast<size_t>(end);
    return true;
  }

  Stream& stream() { return stream_; }
  uint64_t boundary_bit() const { return boundary_bit_; }
  size_t boundary_data() const { return boundary_data_; }
  bool is_cut() const { return reader_.overran(); }
  size_t read_size() const {
    return static_cast<size_t>(std::min<uint64_t>(reader_.byte_position(), bytes_.size()));
  }

 private:
  bool IsTooLarge() const {
    return stream_.data_size() > limits_.data_size || tokens_ > limits_.tokens;
  }

  bool ReadStored(Block& block) {
    reader_.SkipToByte();
    block.stored_size = reader_.Bits(16);
    if (reader_.Bits(16) != (block.stored_size ^ 0xFFFF)) return false;
    const uint64_t begin = reader_.byte_position();
    reader_ = BitReader(bytes_, 8 * (begin + block.stored_size));
    if (reader_.overran()) return false;
    const ByteSpan stored = bytes_.subspan(static_cast<size_t>(begin), block.stored_size);
    stream_.data.insert(stream_.data.end(), stored.begin(), stored.end());
    return watch_.Pass(kBlockUnits + stored.size());
  }

  bool ReadCoded(Block& block) {
    if (!keeps_tokens_) block.header = {};
    if (block.type == BlockType::kDynamic && !ReadHeader(reader_, block.header)) return false;
    const CodeHeader header = block.type == BlockType::kFixed ? FixedHeader() : block.header;
    if (!literals_.Set(LiteralLengthsOf(header, block.type))) return false;
    if (!distances_.Set(header.distance_lengths)) return false;
    if (!watch_.Pass(kBlockUnits)) return false;
    for (uint64_t count = 0; !reader_.overran() && !IsTooLarge(); ++count) {
      if (!watch_.Pass(kTokenUnits)) return false;
      const std::optional<uint32_t> symbol = literals_.Read(reader_);
      if (!symbol || *symbol >= kLiteralCodes) return false;
      if (*symbol == kEndOfBlock) return true;
      if (count >= limits_.block_tokens) return false;
      if (*symbol < kEndOfBlock) {
        stream_.data.push_back(static_cast<uint8_t>(*symbol));
        AddToken({}, block);
      } else if (!ReadCopy(static_cast<uint32_t>(*symbol - kEndOfBlock - 1), block)) {
        return false;
      }
    }
    return false;
  }

  void AddToken(const Token& token, Block& block) {
    if (!keeps_tokens_) return;
    ++tokens_;
    block.tokens.push_back(token);
  }

  bool ReadCopy(uint32_t length_code, Block& block) {
    const int length_bits =
        length_code < 8 || length_code == 28 ? 0 : static_cast<int>(length_code / 4) - 1;
    uint32_t length = length_code < 8 ? length_code : (4 + length_code % 4) << length_bits;
    length = length_code == 28 ? kMaxMatch : length + kMinMatch + reader_.Bits(length_bits);
    const std::optional<uint32_t> code = distances_.Read(reader_);
    if (!code || length > kMaxMatch) return false;
    const int distance_bits = *code < 4 ? 0 : static_cast<int>(*code / 2) - 1;
    const uint32_t base = *code < 4 ? *code : (2 + *code % 2) << distance_bits;
    const uint32_t distance = base + 1 + reader_.Bits(distance_bits);
    const size_t end = stream_.data.size();
    if (distance > end) return false;
    stream_.data.resize(end + length);
    uint8_t* const to = stream_.data.data() + end;
    for (uint32_t i = 0; i < length; ++i) to[i] = *(to + i - distance);
    AddToken({static_cast<uint16_t>(length), static_cast<uint16_t>(distance)}, block);
    return watch_.Pass(length / 2);
  }

  ByteSpan bytes_;
  BitReader reader_;
  StreamLimits limits_;
  bool keeps_tokens_;
  const Watch& watch_;
  Stream stream_;
  uint64_t tokens_ = 0;
  uint64_t boundary_bit_ = 0;  // behind the last block that was read whole
  size_t boundary_data_ = 0;
  SymbolReader literals_;
  SymbolReader distances_;
};

// A code in which symbols are written.
template <size_t kSize>
struct Codes {
  std::array<uint8_t, kSize> lengths;
  std::array<uint16_t, kSize> codes;

  explicit Codes(const std::array<uint8_t, kSize>& from) : lengths(from) {
    is_code = CanonicalCodes(lengths, codes);
  }

  bool Write(uint32_t symbol, BitWriter& writer) const {
    writer.Bits(codes[symbol], lengths[symbol]);
    return lengths[symbol] != 0;
  }

  bool is_code;
};

bool WriteHeader(const CodeHeader& header, BitWriter& writer) {
  writer.Bits(header.literal_count - 257, 5);
  writer.Bits(header.distance_count - 1, 5);
  writer.Bits(header.order_count - 4, 4);
  for (uint32_t i = 0; i < header.order_count; ++i) {
    writer.Bits(header.order_lengths[kOrder[i]], 3);
  }
  const Codes<kOrderCodes> codes(header.order_lengths);
  bool is_valid = codes.is_code;
  for (const RunSymbol& run : header.runs) {
    is_valid &= codes.Write(run.symbol, writer);
    writer.Bits(run.extra, RunExtraBits(run.symbol));
  }
  return is_valid;
}

}  // namespace

std::optional<Stream> ReadStream(ByteSpan bytes, const StreamLimits& limits, const Watch& watch,
                                 const Entrance* entrance) {
  StreamReader reader(bytes, limits, true, watch, entrance);
  if (!reader.Read()) return std::nullopt;
  return std::move(reader.stream());
}

Inflation Inflate(ByteSpan bytes, const StreamLimits& limits, const Watch& watch,
                  const Entrance* entrance) {
  StreamReader reader(bytes, limits, false, watch, entrance);
  Inflation inflation;
  inflation.is_whole = reader.Read();
  inflation.is_cut = !inflation.is_whole && reader.is_cut();
  inflation.read_size = reader.read_size();
  inflation.window_size = reader.stream().window_size;
  inflation.boundary_bit = reader.boundary_bit();
  inflation.boundary_data = reader.boundary_data();
  inflation.data = std::move(reader.stream().data);
  return inflation;
}

uint64_t SizeOf(const Block& block) {
  uint64_t size = block.stored_size;
  for (const Token& token : block.tokens) size += token.length;
  return size;
}

bool WriteBlock(const Block& block, bool is_last, ByteSpan data, BitWriter& writer,
                const Watch& watch) {
  writer.Bits(is_last ? 1 : 0, 1);
  writer.Bits(static_cast<uint32_t>(block.type), 2);
  if (block.type == BlockType::kStored) {
    if (!watch.Pass(kBlockUnits + block.stored_size)) return false;
    writer.FillByte();
    writer.Bits(block.stored_size, 16);
    writer.Bits(block.stored_size ^ 0xFFFF, 16);
    for (const uint8_t byte : data.first(block.stored_size)) writer.Bits(byte, 8);
    return true;
  }
  const CodeHeader fixed = FixedHeader();
  const CodeHeader& header = block.type == BlockType::kFixed ? fixed : block.header;
  bool is_valid = block.type == BlockType::kFixed || WriteHeader(header, writer);
  const Codes<kLiteralCodes + 2> literals(LiteralLengthsOf(header, block.type));
  const Codes<kDistanceCodes> distances(header.distance_lengths);
  if (!watch.Pass(kBlockUnits)) return false;
  is_valid &= literals.is_code && distances.is_code;
  size_t at = 0;
  for (const Token& token : block.tokens) {
    if (!watch.Pass(kTokenUnits)) return false;
    if (token.is_literal()) {
      is_valid &= literals.Write(data[at], writer);
    } else {
      const Symbol length = LengthSymbol(token.length);
      const Symbol distance = DistanceSymbol(token.distance);
      is_valid &= literals.Write(kEndOfBlock + 1 + length.code, writer);
      writer.Bits(length.extra, length.extra_bits);
      is_valid &= distances.Write(distance.code, writer);
      writer.Bits(distance.extra, distance.extra_bits);
    }
    at += token.length;
  }
  return is_valid && literals.Write(kEndOfBlock, writer);
}

}  // namespace lmz::deflate
