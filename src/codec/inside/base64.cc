#include "codec/inside/base64.h"

#include <algorithm>
#include <string_view>

#include "codec/finder.h"

namespace lmz::inside {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Shorter runs and lines are not looked for.
constexpr size_t kMinRun = 256;

// So many characters tell what a run is.
constexpr size_t kSampleSize = 1024;

constexpr size_t kMinLine = 32;

// What a byte is in Base64: a number of six bits, or more than that.
constexpr uint8_t kNone = 64;

using Values = std::array<uint8_t, 256>;

Values ValuesOf(bool is_url) {
  Values values;
  values.fill(kNone);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  if (!is_url) return values;
  values['+'] = values['/'] = kNone;
  values['-'] = 62;
  values['_'] = 63;
  return values;
}

const Values& ValuesFor(bool is_url) {
  static const Values kStandard = ValuesOf(false), kUrl = ValuesOf(true);
  return is_url ? kUrl : kStandard;
}

// Whether the first characters of a run are as mixed as numbers are, or those of bytes of text:
// words, names in a program, hexadecimal digits and the letters of genomes are not. Zeros, which
// are many As, do not count.
bool IsMixed(ByteSpan characters) {
  std::array<bool, 256> seen{};
  size_t upper = 0, lower = 0, digits = 0, changes = 0;
  size_t size = 0;
  int last = -1;
  for (size_t i = 0; i < characters.size(); ++i) {
    const uint8_t c = characters[i];
    if (c == 'A' && i != 0 && characters[i - 1] == 'A') continue;
    ++size;
    const int kind = c >= 'A' && c <= 'Z' ? 0 : c >= 'a' && c <= 'z' ? 1 : 2;
    upper += kind == 0 ? 1 : 0;
    lower += kind == 1 ? 1 : 0;
    digits += kind == 2 ? 1 : 0;
    changes += kind != last ? 1 : 0;
    last = kind;
    seen[c] = true;
  }
  const auto distinct = static_cast<size_t>(std::count(seen.begin(), seen.end(), true));
  return distinct >= 20 && 8 * upper >= size && 16 * lower >= size && 32 * digits >= size &&
         3 * changes >= size;
}

// What separates the line that ends at `at` from the next one: an end of line, perhaps as programs
// write it in a text of theirs, and blanks or signs of a quotation. Empty: nothing does.
ByteSpan SeparatorAt(ByteSpan bytes, size_t at) {
  const ByteSpan rest = bytes.subspan(at);
  size_t size = 0;
  for (const std::string_view end : {"\r\n", "\n", "\\r\\n", "\\n"}) {
    if (!BeginsWith(rest, end)) continue;
    size = end.size();
    break;
  }
  if (size == 0) return {};
  const auto is_indent = [](uint8_t c) { return c == ' ' || c == '\t' || c == '>'; };
  while (size < rest.size() && size < Base64Layout::kMaxSeparator && is_indent(rest[size])) ++size;
  return rest.first(size);
}

// Reads one run.
class RunReader {
 public:
  RunReader(ByteSpan bytes, size_t begin) : bytes_(bytes), at_(begin) {}

  // None where the characters are too few or not mixed enough. `passed` is replaced by the end of
  // the first line.
  std::optional<Base64Run> Read(size_t& passed) {
    Base64Run run = {.begin = at_};
    size_t first = LineFrom(at_, ValuesFor(false)), url = LineFrom(at_, ValuesFor(true));
    run.layout.is_url = url > first;
    first = std::max(first, url);
    passed = at_ + first;
    const Values& values = ValuesFor(run.layout.is_url);
    at_ = passed;
    count_ = first;
    if (!ReadLines(first, values, run) || count_ < kMinRun) return std::nullopt;
    if (count_ < kSampleSize && !IsMixed(Beginning(run))) return std::nullopt;
    if (!End(run, values)) return std::nullopt;
    run.size = at_ - run.begin;
    return run;
  }

 private:
  size_t LineFrom(size_t at, const Values& values) const {
    size_t end = at;
    while (end < bytes_.size() && values[bytes_[end]] != kNone) ++end;
    return end - at;
  }

  // The lines behind the first one, as long as they have the same form. False once the characters
  // are not mixed enough.
  bool ReadLines(size_t first, const Values& values, Base64Run& run) {
    Base64Layout& layout = run.layout;
    if (count_ >= kSampleSize && !IsMixed(Beginning(run))) return false;
    const ByteSpan separator = SeparatorAt(bytes_, at_);
    if (separator.empty()) return true;
    size_t line = LineFrom(at_ + separator.size(), values);
    if (line == 0) return true;
    const size_t length = std::max(first, line);
    layout.first_line = static_cast<uint32_t>(first);
    layout.line_length = static_cast<uint32_t>(length);
    layout.separator_size = static_cast<uint32_t>(separator.size());
    std::copy(separator.begin(), separator.end(), layout.separator.begin());
    while (true) {
      at_ += separator.size() + line;
      const bool is_sample = count_ < kSampleSize && count_ + line >= kSampleSize;
      count_ += line;
      if (is_sample && !IsMixed(Beginning(run))) return false;
      const ByteSpan next = SeparatorAt(bytes_, at_);
      const bool goes_on = line == length &&
                           std::equal(next.begin(), next.end(), separator.begin(), separator.end());
      if (!goes_on) return true;
      line = LineFrom(at_ + separator.size(), values);
      if (line == 0 || line > length) return true;
    }
  }

  // The first characters, without separators.
  ByteSpan Beginning(const Base64Run& run) {
    const size_t separator = run.layout.separator_size;
    size_t left = run.layout.first_line == 0 ? count_ : run.layout.first_line;
    beginning_.clear();
    for (size_t at = run.begin; at < at_ && beginning_.size() < kSampleSize; ++at) {
      if (left == 0) {
        at += separator - 1;
        left = run.layout.line_length;
        continue;
      }
      beginning_.push_back(bytes_[at]);
      --left;
    }
    return beginning_;
  }

  // Takes the padding, or gives back what is behind the last four characters. False for runs whose
  // end is in no form that could be written again.
  bool End(Base64Run& run, const Values& values) {
    const size_t over = count_ % 4;
    if (over == 0 || TakesEnd(over, run.layout, values)) return true;
    // A last line that is shorter than that was not of the run.
    const size_t last_line = LastLine(run.layout);
    at_ -= last_line > over ? over : last_line + run.layout.separator_size;
    return last_line >= over || (count_ - last_line) % 4 == 0;
  }

  // Whether the last two or three characters are the end: the bits that are of no byte are zeros.
  bool TakesEnd(size_t over, Base64Layout& layout, const Values& values) {
    const uint32_t unused = over == 2 ? 15 : 3;
    if (over == 1 || (values[bytes_[at_ - 1]] & unused) != 0) return false;
    const size_t padding = 4 - over;
    size_t found = 0;
    while (found < padding && at_ + found < bytes_.size() && bytes_[at_ + found] == '=') ++found;
    if (found == padding) {
      const bool has_room =
          layout.line_length == 0 || LastLine(layout) + padding <= layout.line_length;
      if (has_room) at_ += padding;
      return has_room;
    }
    // Lines without padding are more likely to be followed by a word.
    const bool is_end =
        found == 0 && at_ < bytes_.size() && (layout.line_length == 0 || layout.is_url);
    if (is_end) layout.is_padded = false;
    return is_end;
  }

  // Characters in the last line.
  size_t LastLine(const Base64Layout& layout) const {
    if (layout.line_length == 0 || count_ <= layout.first_line) return count_;
    return (count_ - layout.first_line - 1) % layout.line_length + 1;
  }

  ByteSpan bytes_;
  size_t at_;         // behind what was read
  size_t count_ = 0;  // characters without separators
  Bytes beginning_;
};

// Calls put(character) for the characters of `data`, padded where the layout is.
template <class Put>
void Encode(ByteSpan data, const Base64Layout& layout, Put put) {
  const auto character = [&](uint32_t value) {
    const bool differs = layout.is_url && value >= 62;
    return differs ? (value == 62 ? '-' : '_') : kAlphabet[value];
  };
  for (size_t i = 0; i < data.size(); i += 3) {
    const size_t size = std::min<size_t>(3, data.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < size ? data[i + k] : 0u);
    for (size_t k = 0; k < 4; ++k) {
      if (k <= size) {
        put(static_cast<uint8_t>(character(bits >> (18 - 6 * k) & 63)));
      } else if (layout.is_padded) {
        put(static_cast<uint8_t>('='));
      }
    }
  }
}

}  // namespace

std::optional<Base64Run> FindBase64(ByteSpan bytes, size_t from, size_t to) {
  to = std::min(to, bytes.size());
  const Values& standard = ValuesFor(false);
  const Values& url = ValuesFor(true);
  const auto is_any = [&](uint8_t c) { return standard[c] != kNone || url[c] != kNone; };
  // Each line of a run is looked at in one place at least.
  size_t passed = from;
  for (size_t at = from; at < bytes.size(); at += kMinLine) {
    if (at < passed || !is_any(bytes[at])) continue;
    size_t begin = at, end = at;
    while (begin > passed && is_any(bytes[begin - 1])) --begin;
    if (begin >= to) break;
    while (end < bytes.size() && end < begin + kMinLine && is_any(bytes[end])) ++end;
    passed = end;
    if (end - begin < kMinLine) continue;
    const std::optional<Base64Run> run = RunReader(bytes, begin).Read(passed);
    if (run) return run;
  }
  return std::nullopt;
}

Bytes DecodeBase64(ByteSpan run, const Base64Layout& layout) {
  const Values& values = ValuesFor(layout.is_url);
  Bytes data;
  data.reserve(run.size() / 4 * 3 + 3);
  uint32_t bits = 0;
  size_t count = 0, left = layout.first_line == 0 ? run.size() : layout.first_line;
  for (size_t at = 0; at < run.size(); ++at, --left) {
    if (left == 0) {
      at += layout.separator_size;
      left = layout.line_length;
      if (at >= run.size()) break;
    }
    const uint8_t value = values[run[at]];
    if (value == kNone) break;  // padding
    bits = bits << 6 | value;
    if (++count % 4 != 0) continue;
    for (const int shift : {16, 8, 0}) data.push_back(static_cast<uint8_t>(bits >> shift));
  }
  if (count % 4 >= 2) data.push_back(static_cast<uint8_t>(bits >> (count % 4 == 2 ? 4 : 10)));
  if (count % 4 == 3) data.push_back(static_cast<uint8_t>(bits >> 2));
  return data;
}

uint64_t Base64Size(uint64_t data_size, const Base64Layout& layout) {
  const uint64_t characters = layout.is_padded ? (data_size + 2) / 3 * 4 : (4 * data_size + 2) / 3;
  if (layout.line_length == 0 || characters <= layout.first_line) return characters;
  const uint64_t lines = (characters - layout.first_line - 1) / layout.line_length + 1;
  return characters + lines * layout.separator_size;
}

void AppendBase64(ByteSpan data, const Base64Layout& layout, Bytes& out) {
  uint64_t left = layout.line_length == 0 ? UINT64_MAX : layout.first_line;
  Encode(data, layout, [&](uint8_t character) {
    if (left == 0) {
      out.insert(out.end(), layout.separator.begin(),
                 layout.separator.begin() + layout.separator_size);
      left = layout.line_length;
    }
    out.push_back(character);
    --left;
  });
}

}  // namespace lmz::inside
