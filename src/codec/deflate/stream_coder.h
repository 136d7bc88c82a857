// Codes how a deflate stream was made, when its data is known: everything that zlib would have done
// otherwise. The same walk for both directions. spec.md, sections 4 and 6.
#pragma once

#include <bit>
#include <optional>

#include "codec/deflate/code_header.h"
#include "codec/deflate/parser.h"
#include "codec/deflate/stream_model.h"
#include "codec/watch.h"

namespace lmz::deflate {

template <class Coder>
class StreamCoder {
 public:
  // `data`: what the whole stream stands for, behind the window. The watch follows it byte by byte.
  // No block has more than `max_block_tokens` tokens. All but the settings outlive the object.
  StreamCoder(Coder& coder, StreamModel& model, ByteSpan data, size_t window_size,
              const Settings& settings, const Watch& watch, uint64_t max_block_tokens = UINT64_MAX)
      : coder_(coder),
        model_(model),
        data_(data),
        settings_(settings),
        watch_(watch),
        max_block_tokens_(max_block_tokens),
        parser_(data, settings, window_size) {}

  // Codes the next block and returns it; a decoder's argument is ignored. None when it is
  // impossible, the code is overrun or the watch is stopped.
  std::optional<Block> Code(const Block& wanted) {
    Block block;
    const size_t begin = parser_.position();
    was_stored_ = Flag(model_.stored[was_stored_ ? 1 : 0], wanted.type == BlockType::kStored);
    const bool is_coded = was_stored_ ? CodeStored(wanted, block) : CodeTokens(wanted, block);
    if (!is_coded) return std::nullopt;
    block.is_last = Flag(model_.last[left() == 0 ? 1 : 0], wanted.is_last);
    const ByteSpan covered = data_.subspan(begin, parser_.position() - begin);
    if (!was_stored_ && !CodeType(wanted, covered, block)) return std::nullopt;
    if (coder_.overran() || (block.is_last && left() != 0)) return std::nullopt;
    return block;
  }

 private:
  static constexpr uint32_t kHistory = StreamModel::kHistory;
  static constexpr uint64_t kTokenUnits = 64;  // of the watch: what guessing a token takes

  size_t left() const { return data_.size() - parser_.position(); }

  bool Flag(AdaptiveBit& bit, bool wanted) { return bit.Code(coder_, wanted ? 1 : 0) != 0; }

  // `count` bits of even odds.
  uint32_t Plain(uint32_t wanted, int count) {
    uint32_t value = 0;
    for (int shift = count - 1; shift >= 0; --shift) {
      value = 2 * value + static_cast<uint32_t>(coder_.Code(wanted >> shift & 1, 32768));
    }
    return value;
  }

  bool CodeStored(const Block& wanted, Block& block) {
    if (!Flag(model_.same_size, wanted.stored_size == stored_size_)) {
      stored_size_ = Plain(wanted.stored_size, 16);
    }
    block.stored_size = stored_size_;
    if (stored_size_ > left() || !watch_.Pass(kTokenUnits + stored_size_)) return false;
    parser_.Skip(stored_size_);
    watch_.Advance(stored_size_);
    return true;
  }

  // Tokens up to the end of the block, which is told where it is not the end of the data.
  bool CodeTokens(const Block& wanted, Block& block) {
    for (size_t count = 0; left() != 0; ++count) {
      const size_t is_full = count == settings_.block_tokens() ? 1 : 0;
      if (Flag(model_.end[is_full], count == wanted.tokens.size())) break;
      if (count >= max_block_tokens_) return false;
      const Token token = CodeToken(count < wanted.tokens.size() ? wanted.tokens[count] : Token());
      if (token.length > left() || token.distance > kMaxDistance || coder_.overran()) return false;
      block.tokens.push_back(token);
      parser_.Take(token);
      watch_.Advance(token.length);
      if (!watch_.Pass(kTokenUnits)) return false;
    }
    return true;
  }

  static size_t KindOf(const Parser::Guess& guess) {
    if (guess.token.is_literal()) return guess.found.is_literal() ? 0 : 1;
    const uint32_t length = guess.token.length;
    return length < 6 ? length - 1 : length < 8 ? 5 : length < 16 ? 6 : 7;
  }

  Token CodeToken(const Token& wanted) {
    const Parser::Guess guess = parser_.Next();
    const size_t kind = KindOf(guess);
    const bool is_hit = Flag(model_.hit[kind * kHistory + history_], wanted == guess.token);
    history_ = (2 * history_ + (is_hit ? 0 : 1)) % kHistory;
    if (is_hit) return guess.token;
    if (guess.token.is_literal()) {
      const bool has_found = !guess.found.is_literal();
      if (has_found && Flag(model_.takes_found, wanted == guess.found)) return guess.found;
    } else if (Flag(model_.literal_instead[kind], wanted.is_literal())) {
      return {};
    }
    return CodeCopy(wanted, guess.found);
  }

  Token CodeCopy(const Token& wanted, const Token& found) {
    Token token;
    const uint32_t length = kMinMatch + model_.length.Code(coder_, wanted.length - kMinMatch);
    token.length = static_cast<uint16_t>(length);
    token.distance = found.distance;
    if (!found.is_literal() && Flag(model_.same_distance, wanted.distance == found.distance)) {
      return token;
    }
    const uint32_t nearest = length <= left() ? parser_.NearestDistance(length) : 0;
    const bool is_new = nearest != 0 && nearest != found.distance;
    if (is_new && Flag(model_.nearest_distance, wanted.distance == nearest)) {
      token.distance = static_cast<uint16_t>(nearest);
      return token;
    }
    const auto wanted_width = static_cast<uint32_t>(std::bit_width(wanted.distance)) - 1;
    const uint32_t width = model_.distance_width.Code(coder_, wanted_width);
    const uint32_t low = Plain(wanted.distance, static_cast<int>(width));
    token.distance = static_cast<uint16_t>(1u << width | low);
    return token;
  }

  // Which codes the block uses.
  bool CodeType(const Block& wanted, ByteSpan covered, Block& block) {
    const CodeCounts counts(block.tokens, covered);
    CodeHeader header = ZlibHeader(counts);
    const size_t prefers_fixed = PrefersFixed(counts, header) ? 1 : 0;
    block.type = BlockType::kDynamic;
    if (Flag(model_.fixed[prefers_fixed], wanted.type == BlockType::kFixed)) {
      block.type = BlockType::kFixed;
    } else if (Flag(model_.same_header, wanted.header == header)) {
      block.header = std::move(header);
    } else {
      return CodeHeaderItself(wanted.header, block.header);
    }
    return true;
  }

  bool CodeHeaderItself(const CodeHeader& wanted, CodeHeader& header) {
    header.literal_count = 257 + Plain(wanted.literal_count - 257, 5);
    header.distance_count = 1 + Plain(wanted.distance_count - 1, 5);
    header.order_count = 4 + Plain(wanted.order_count - 4, 4);
    if (header.literal_count > kLiteralCodes || header.distance_count > kDistanceCodes) {
      return false;
    }
    for (uint32_t i = 0; i < header.order_count; ++i) {
      const uint32_t length = Plain(wanted.order_lengths[kOrder[i]], 3);
      header.order_lengths[kOrder[i]] = static_cast<uint8_t>(length);
    }
    while (header.MissingLengths() > 0) {
      const size_t i = header.runs.size();
      const RunSymbol wanted_run = i < wanted.runs.size() ? wanted.runs[i] : RunSymbol();
      RunSymbol run;
      run.symbol = static_cast<uint8_t>(model_.run_symbol.Code(coder_, wanted_run.symbol));
      run.extra = static_cast<uint8_t>(Plain(wanted_run.extra, RunExtraBits(run.symbol)));
      if (run.symbol >= kOrderCodes) return false;
      header.runs.push_back(run);
    }
    return header.SetLengthsByRuns();
  }

  Coder& coder_;
  StreamModel& model_;
  ByteSpan data_;
  Settings settings_;
  const Watch& watch_;
  uint64_t max_block_tokens_;
  Parser parser_;
  bool was_stored_ = false;
  uint32_t stored_size_ = 65535;
  uint32_t history_ = 0;
};

}  // namespace lmz::deflate
