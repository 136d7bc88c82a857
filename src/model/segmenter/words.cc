#include "model/segmenter/words.h"

#include <algorithm>
#include <string_view>

#include "model/segmenter/characters.h"

namespace lmz {

namespace {

using Words = SegmenterRules::Words;

// The rest of a text from where a word begins, as far as the word may go.
class WordText {
 public:
  WordText(ByteSpan text, size_t begin) : text_(text), begin_(begin) {}

  bool IsEnd(size_t at) const { return at >= text_.size(); }
  uint8_t byte(size_t at) const { return text_[at]; }
  Character character(size_t at) const { return CharacterAt(text_, at); }
  bool Is(size_t at, CharacterKind kind) const { return !IsEnd(at) && character(at).kind == kind; }

  // Behind the characters of `kind` from `at` on: all of them, or `most`.
  size_t Skip(size_t at, CharacterKind kind, size_t most = SIZE_MAX) const {
    for (; most > 0 && !IsEnd(at); --most) {
      const Character next = character(at);
      if (next.kind != kind || at + next.size - begin_ > kMaxWordSize) break;
      at += next.size;
    }
    return at;
  }

  size_t SkipNewlines(size_t at) const {
    while (!IsEnd(at) && at - begin_ < kMaxWordSize && IsNewline(byte(at))) ++at;
    return at;
  }

  static bool IsNewline(uint8_t c) { return c == '\n' || c == '\r'; }

 private:
  ByteSpan text_;
  size_t begin_;
};

// Behind 's, 't, 're, 've, 'm, 'll or 'd; `begin` where none is.
size_t ContractionEnd(const WordText& text, size_t begin, bool ignores_case) {
  if (text.byte(begin) != '\'') return begin;
  const auto letter = [&](size_t at) -> char {
    if (text.IsEnd(at)) return 0;
    const auto c = static_cast<char>(text.byte(at));
    return ignores_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  const char first = letter(begin + 1);
  if (first != 0 && std::string_view("stmd").find(first) != std::string_view::npos) {
    return begin + 2;
  }
  const char second = letter(begin + 2);
  const bool is_long = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                       (first == 'l' && second == 'l');
  return is_long ? begin + 3 : begin;
}

// White space, of which the last character is left to a word that follows.
size_t SpaceEnd(const WordText& text, size_t begin, bool ends_at_numbers) {
  size_t end = begin;
  size_t last = begin;
  for (size_t next; (next = text.Skip(end, CharacterKind::kSpace, 1)) != end; end = next) {
    last = end;
  }
  const bool is_followed = !text.IsEnd(end) && !text.Is(end, CharacterKind::kSpace) &&
                           !(ends_at_numbers && text.Is(end, CharacterKind::kNumber));
  return is_followed && last != begin ? last : end;
}

size_t Gpt2WordEnd(const WordText& text, size_t begin, bool has_single_numbers) {
  if (has_single_numbers && text.Is(begin, CharacterKind::kNumber)) {
    return text.Skip(begin, CharacterKind::kNumber, 1);
  }
  const size_t contraction = ContractionEnd(text, begin, false);
  if (contraction != begin) return contraction;
  const size_t after_blank = begin + (text.byte(begin) == ' ' ? 1 : 0);
  for (const CharacterKind kind :
       {CharacterKind::kLetter, CharacterKind::kNumber, CharacterKind::kOther}) {
    if (!text.Is(after_blank, kind)) continue;
    if (has_single_numbers && kind == CharacterKind::kNumber) break;
    return text.Skip(after_blank, kind);
  }
  return SpaceEnd(text, begin, has_single_numbers);
}

// White space up to its last line end; `begin` where it has none.
size_t LineEnd(const WordText& text, size_t begin) {
  size_t line_end = begin;
  size_t end = begin;
  for (size_t next; (next = text.Skip(end, CharacterKind::kSpace, 1)) != end; end = next) {
    if (WordText::IsNewline(text.byte(end))) line_end = next;
  }
  return line_end;
}

size_t Llama3WordEnd(const WordText& text, size_t begin, size_t most_numbers) {
  const size_t contraction = ContractionEnd(text, begin, true);
  if (contraction != begin) return contraction;
  const Character first = text.character(begin);
  const bool may_lead = first.kind != CharacterKind::kLetter &&
                        first.kind != CharacterKind::kNumber &&
                        !WordText::IsNewline(text.byte(begin));
  const size_t letters = may_lead ? begin + first.size : begin;
  if (text.Is(letters, CharacterKind::kLetter)) return text.Skip(letters, CharacterKind::kLetter);
  if (first.kind == CharacterKind::kNumber) {
    return text.Skip(begin, CharacterKind::kNumber, most_numbers);
  }
  const size_t after_blank = begin + (text.byte(begin) == ' ' ? 1 : 0);
  if (text.Is(after_blank, CharacterKind::kOther)) {
    return text.SkipNewlines(text.Skip(after_blank, CharacterKind::kOther));
  }
  const size_t line_end = LineEnd(text, begin);
  return line_end != begin ? line_end : SpaceEnd(text, begin, false);
}

}  // namespace

size_t WordEnd(ByteSpan text, size_t begin, SegmenterRules::Words rules) {
  const WordText word(text, begin);
  switch (rules) {
    case Words::kLlama3:
      return Llama3WordEnd(word, begin, 3);
    case Words::kQwen2:
      return Llama3WordEnd(word, begin, 1);
    default:
      return Gpt2WordEnd(word, begin, rules == Words::kSmollm);
  }
}

}  // namespace lmz
