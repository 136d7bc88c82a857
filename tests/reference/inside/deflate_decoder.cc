#include "tests/reference/inside/deflate_decoder.h"

#include "tests/reference/inside/deflate_codes.h"
#include "tests/reference/inside/deflate_flags.h"

namespace lmz::reference {

namespace {

// RFC 1951, 3.2.5: the code whose range holds a number, and how far into the range it is.
struct Part {
  size_t code;
  int64_t bits, extra;
};

// The first two groups of codes have no extra bits, each group behind them has one more.
Part PartOf(int64_t number, size_t group) {
  Part part = {0, 0, number};
  for (; part.extra >= int64_t{1} << part.bits; ++part.code) {
    part.extra -= int64_t{1} << part.bits;
    const size_t next = part.code + 1;
    if (next >= 2 * group && next % group == 0) ++part.bits;
  }
  return part;
}

Part LengthPart(int64_t length) {
  if (length == 258) return {28, 0, 0};
  return PartOf(length - 3, 4);
}
Part DistancePart(int64_t distance) {
  return PartOf(distance - 1, 2);
}

class Bits {
 public:
  explicit Bits(uint64_t max_size) : max_size_(max_size) {}

  void Put(int64_t value, int64_t count) {
    for (int64_t i = 0; i < count; ++i) PutBit(value >> i & 1);
  }
  void PutCode(const CanonicalCode& code, size_t symbol) {
    const int64_t length = symbol < code.lengths.size() ? code.lengths[symbol] : 0;
    Require(length > 0, "a symbol of length 0");
    for (int64_t i = length - 1; i >= 0; --i) PutBit(code.codes[symbol] >> i & 1);
  }
  void Fill() { count_ = bytes.size() * 8; }
  // Leaves out the last byte, unless it is whole.
  void DropPart() {
    if (count_ % 8 != 0) bytes.pop_back();
  }

  Bytes bytes;

 private:
  void PutBit(int64_t bit) {
    if (count_ % 8 == 0) bytes.push_back(0);
    Require(bytes.size() <= max_size_, "a stream of more bytes than the block");
    bytes.back() = static_cast<uint8_t>(bytes.back() | bit << count_ % 8);
    ++count_;
  }

  uint64_t max_size_;
  size_t count_ = 0;
};

class StreamDecoder {
 public:
  StreamDecoder(FlagDecoder& flags, DeflateFlags& state, const DeflateSettings& settings,
                const Bytes& data, const DeflatePart& part, uint64_t max_size,
                int64_t max_block_tokens)
      : d_(data),
        n_(static_cast<int64_t>(data.size())),
        set_(settings),
        max_block_tokens_(max_block_tokens),
        parse_(data, settings),
        flags_(flags),
        s_(state),
        bits_(max_size + 1),  // the last byte of what is cut is left out
        max_size_(max_size),
        p_(part.window),
        is_cut_(part.is_cut) {
    parse_.PassWindow(part.window);
    int64_t lead = part.lead;
    for (; lead > 1; lead /= 2) bits_.Put(lead % 2, 1);
  }

  Bytes Decode() {
    while (!DecodeBlock()) {
    }
    if (is_cut_) bits_.DropPart();
    bits_.Fill();
    Require(bits_.bytes.size() <= max_size_, "a stream of more bytes than the block");
    return bits_.bytes;
  }

 private:
  // 4. Returns whether it was the last one.
  bool DecodeBlock() {
    const int64_t begin = p_;
    was_stored_ = flags_.Decode(s_.stored[was_stored_ ? 1 : 0]);
    std::vector<Token> tokens;
    if (was_stored_) {
      if (!flags_.Decode(s_.same_size)) stored_size_ = flags_.Plain(16);
      Require(stored_size_ <= n_ - p_, "a stored block that ends behind n");
      parse_.PassStored(p_, stored_size_);
      p_ += stored_size_;
    } else {
      DecodeTokens(tokens);
    }
    const bool is_last = flags_.Decode(s_.last[p_ == n_ ? 1 : 0]);
    Require(!is_last || p_ == n_, "the last block ends before n");
    bits_.Put(is_last && !is_cut_ ? 1 : 0, 1);
    if (was_stored_) {
      PutStored(begin);
    } else {
      DecodeCodes(begin, tokens);
    }
    Require(!flags_.coder().HasOverrun(), "truncated");
    return is_last;
  }

  void DecodeTokens(std::vector<Token>& tokens) {
    while (p_ < n_) {
      const bool is_full = static_cast<int64_t>(tokens.size()) == set_.BlockTokens();
      if (flags_.Decode(s_.end[is_full ? 1 : 0])) return;
      Require(static_cast<int64_t>(tokens.size()) < max_block_tokens_, "a block of many tokens");
      const Token token = DecodeToken();
      const int64_t length = token ? token->length : 1;
      Require(!flags_.coder().HasOverrun(), "truncated");
      Require(p_ + length <= n_, "a token that ends behind n");
      parse_.Pass(p_, token);
      tokens.push_back(token);
      p_ += length;
    }
  }

  // 5.
  Token DecodeToken() {
    parse_.Look(p_);
    const Token guess = parse_.guess, found = parse_.found;
    int kind = found ? 1 : 0;
    if (guess) {
      const int64_t l = guess->length;
      kind = l <= 5 ? static_cast<int>(l) - 1 : l <= 7 ? 5 : l <= 15 ? 6 : 7;
    }
    const bool is_hit = flags_.Decode(s_.hit[{kind, history_}]);
    history_ = (2 * history_ + (is_hit ? 0 : 1)) % 8;
    if (is_hit) return guess;
    if (!guess && found && flags_.Decode(s_.takes_found)) return found;
    if (guess && flags_.Decode(s_.literal_instead[kind])) return std::nullopt;
    Copy copy = {};
    copy.length = flags_.Decode(s_.length, 8) + 3;
    if (found && flags_.Decode(s_.same_distance)) {
      copy.distance = found->distance;
      return copy;
    }
    const std::optional<int64_t> nearest = parse_.Nearest(p_, copy.length);
    const bool is_new = nearest && !(found && *nearest == found->distance);
    if (is_new && flags_.Decode(s_.nearest_distance)) {
      copy.distance = *nearest;
    } else {
      const int64_t width = flags_.Decode(s_.width, 4);
      copy.distance = (int64_t{1} << width) + flags_.Plain(width);
      Require(copy.distance <= 32768, "a distance above 32768");
    }
    return copy;
  }

  void PutStored(int64_t begin) {
    bits_.Put(0, 2);
    bits_.Fill();
    bits_.Put(stored_size_, 16);
    bits_.Put(65535 - stored_size_, 16);
    for (int64_t i = 0; i < stored_size_; ++i) bits_.Put(d_[static_cast<size_t>(begin + i)], 8);
  }

  // 6.
  void DecodeCodes(int64_t begin, const std::vector<Token>& tokens) {
    Counts literals(286, 0), distances(30, 0);
    int64_t at = begin;
    for (const Token& token : tokens) {
      if (token) {
        ++literals[257 + LengthPart(token->length).code];
        ++distances[DistancePart(token->distance).code];
      } else {
        ++literals[d_[static_cast<size_t>(at)]];
      }
      at += token ? token->length : 1;
    }
    literals[256] = 1;
    DynamicHeader header = ZlibHeader(literals, distances);
    const bool prefers_fixed = PrefersFixed(header, literals, distances);
    if (flags_.Decode(s_.fixed[prefers_fixed ? 1 : 0])) {
      bits_.Put(1, 2);
      PutTokens(begin, tokens, CanonicalCode(FixedLiterals()), CanonicalCode(Counts(30, 5)));
      return;
    }
    if (!flags_.Decode(s_.same_header)) header = DecodeHeader();
    bits_.Put(2, 2);
    PutHeader(header);
    PutTokens(begin, tokens, CanonicalCode(header.literals), CanonicalCode(header.distances));
  }

  DynamicHeader DecodeHeader() {
    DynamicHeader header;
    const int64_t literals = 257 + flags_.Plain(5);
    const int64_t distances = 1 + flags_.Plain(5);
    header.order_count = 4 + flags_.Plain(4);
    Require(literals <= 286 && distances <= 30, "HLIT or HDIST");
    for (int64_t i = 0; i < header.order_count; ++i) {
      header.order[kOrderOfLengths[i]] = flags_.Plain(3);
    }
    Counts told;
    while (static_cast<int64_t>(told.size()) < literals + distances) {
      Run run = {flags_.Decode(s_.run, 5), 0};
      Require(run.symbol <= 18, "a symbol above 18");
      Require(run.symbol != 16 || !told.empty(), "16 as the first symbol");
      run.extra = flags_.Plain(RunBits(run.symbol));
      const int64_t length = run.symbol < 16 ? run.symbol : run.symbol == 16 ? told.back() : 0;
      told.insert(told.end(), static_cast<size_t>(RunTells(run)), length);
      header.runs.push_back(run);
    }
    Require(static_cast<int64_t>(told.size()) == literals + distances, "too many lengths");
    header.literals.assign(told.begin(), told.begin() + literals);
    header.distances.assign(told.begin() + literals, told.end());
    return header;
  }

  static Counts FixedLiterals() {
    Counts lengths;
    for (int i = 0; i < 288; ++i) lengths.push_back(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    return lengths;
  }

  // 7.4; extra bits are the same on both sides, but count towards whole bytes.
  static bool PrefersFixed(const DynamicHeader& header, const Counts& literals,
                           const Counts& distances) {
    const Counts fixed_lengths = FixedLiterals();
    int64_t fixed = 3, own = 3 + 14 + 3 * header.order_count;
    for (const Run& run : header.runs) {
      own += header.order[static_cast<size_t>(run.symbol)] + RunBits(run.symbol);
    }
    for (size_t s = 0; s < literals.size(); ++s) {
      const int64_t extra = s < 257 ? 0 : LengthCodeBits(s - 257);
      const int64_t length = s < header.literals.size() ? header.literals[s] : 0;
      fixed += literals[s] * (fixed_lengths[s] + extra);
      own += literals[s] * (length + extra);
    }
    for (size_t s = 0; s < distances.size(); ++s) {
      const int64_t extra = s < 4 ? 0 : static_cast<int64_t>(s) / 2 - 1;
      const int64_t length = s < header.distances.size() ? header.distances[s] : 0;
      fixed += distances[s] * (5 + extra);
      own += distances[s] * (length + extra);
    }
    return (fixed + 7) / 8 <= (own + 7) / 8;
  }

  static int64_t LengthCodeBits(size_t code) {
    return code < 8 || code == 28 ? 0 : static_cast<int64_t>(code) / 4 - 1;
  }

  void PutHeader(const DynamicHeader& header) {
    bits_.Put(static_cast<int64_t>(header.literals.size()) - 257, 5);
    bits_.Put(static_cast<int64_t>(header.distances.size()) - 1, 5);
    bits_.Put(header.order_count - 4, 4);
    for (int64_t i = 0; i < header.order_count; ++i) {
      bits_.Put(header.order[kOrderOfLengths[i]], 3);
    }
    const CanonicalCode code(header.order);
    for (const Run& run : header.runs) {
      bits_.PutCode(code, static_cast<size_t>(run.symbol));
      bits_.Put(run.extra, RunBits(run.symbol));
    }
  }

  void PutTokens(int64_t begin, const std::vector<Token>& tokens, const CanonicalCode& literals,
                 const CanonicalCode& distances) {
    int64_t at = begin;
    for (const Token& token : tokens) {
      if (token) {
        const Part length = LengthPart(token->length);
        bits_.PutCode(literals, 257 + length.code);
        bits_.Put(length.extra, length.bits);
        const Part distance = DistancePart(token->distance);
        bits_.PutCode(distances, distance.code);
        bits_.Put(distance.extra, distance.bits);
      } else {
        bits_.PutCode(literals, d_[static_cast<size_t>(at)]);
      }
      at += token ? token->length : 1;
    }
    bits_.PutCode(literals, 256);
  }

  const Bytes& d_;
  int64_t n_;
  DeflateSettings set_;
  int64_t max_block_tokens_;
  DeflateParse parse_;
  FlagDecoder& flags_;
  DeflateFlags& s_;
  Bits bits_;
  uint64_t max_size_;
  int64_t p_;
  bool is_cut_;
  bool was_stored_ = false;
  int64_t stored_size_ = 65535;
  int history_ = 0;
};

}  // namespace

Bytes DecodeDeflate(FlagDecoder& flags, DeflateFlags& state, const DeflateSettings& settings,
                    const Bytes& data, const DeflatePart& part, uint64_t max_size,
                    int64_t max_block_tokens) {
  return StreamDecoder(flags, state, settings, data, part, max_size, max_block_tokens).Decode();
}

Decoded DecodeDeflate(const Bytes& code, const DeflateSettings& settings, const Bytes& data,
                      uint64_t max_size) {
  FlagDecoder flags(code, 0);
  DeflateFlags state;
  const Bytes stream = DecodeDeflate(flags, state, settings, data, {}, max_size, INT64_MAX);
  Require(!flags.coder().HasUnread(), "bytes of Code that are not read");
  return {stream, flags.coder().Fingerprint()};
}

}  // namespace lmz::reference
