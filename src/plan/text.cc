#include "plan/text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lmz {
namespace {

// Lines are judged on this much of a stretch: enough for dozens of long log lines.
constexpr size_t kLineSample = size_t{1} << 14;
constexpr uint32_t kMinLines = 8;

// Fields without line ends have hardly any blanks (nor do some languages, whose letters are no
// ASCII), or are padded with them: this share of bytes are blanks behind blanks.
constexpr uint32_t kFewBlanksShare = 32;
constexpr uint32_t kPaddedShare = 8;

// Length of the UTF-8 sequence that begins at bytes[i], 0 if none does. A sequence cut by the end
// counts as whole.
size_t Utf8Length(ByteSpan bytes, size_t i) {
  const uint8_t lead = bytes[i];
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const size_t end = std::min(i + length, bytes.size());
  for (size_t k = i + 1; k < end; ++k) {
    if ((bytes[k] & 0xC0) != 0x80) return 0;
  }
  return end - i;
}

// How many bytes belong to no UTF-8 sequence; those of one cut by the beginning are forgiven.
uint32_t CountInvalidUtf8(ByteSpan bytes) {
  size_t i = 0;
  while (i < 3 && i < bytes.size() && (bytes[i] & 0xC0) == 0x80) ++i;
  uint32_t invalid = 0;
  while (i < bytes.size()) {
    const size_t length = Utf8Length(bytes, i);
    invalid += length == 0;
    i += std::max<size_t>(length, 1);
  }
  return invalid;
}

uint32_t CountZeroRuns(ByteSpan bytes) {
  uint32_t runs = bytes[0] == 0;
  for (size_t i = 1; i < bytes.size(); ++i) runs += bytes[i] == 0 && bytes[i - 1] != 0;
  return runs;
}

uint32_t CountBlankPairs(ByteSpan bytes) {
  uint32_t pairs = 0;
  for (size_t i = 1; i < bytes.size(); ++i) pairs += bytes[i] == ' ' && bytes[i - 1] == ' ';
  return pairs;
}

// What all kinds of separated values and logs share is that their lines resemble each other.
struct LineStatistics {
  uint32_t lines = 0;
  uint32_t same_separators = 0;  // as many commas, semicolons, tabs or bars as the line before
  uint32_t same_beginning = 0;  // the first bytes have the same classes as those of the line before
};

// Digits and letters stand for all of their kind, so that time stamps look alike.
uint8_t CharacterClass(uint8_t c) {
  if (c >= '0' && c <= '9') return '0';
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return 'a';
  return c;
}

struct LineShape {
  std::array<uint32_t, 4> separators{};
  std::array<uint8_t, 8> beginning{};
  bool has_number = false;  // in the beginning

  explicit LineShape(ByteSpan line) {
    while (!line.empty() && line[0] == '\t') line = line.subspan(1);  // indentation
    for (const uint8_t c : line) {
      separators[0] += c == ',';
      separators[1] += c == ';';
      separators[2] += c == '\t';
      separators[3] += c == '|';
    }
    for (size_t i = 0; i < std::min(line.size(), beginning.size()); ++i) {
      beginning[i] = CharacterClass(line[i]);
      has_number = has_number || beginning[i] == '0';
    }
  }
};

LineStatistics CompareLines(ByteSpan text) {
  LineStatistics statistics;
  LineShape previous{ByteSpan()};
  while (!text.empty()) {
    const void* newline = std::memchr(text.data(), '\n', text.size());
    if (newline == nullptr) break;  // the sample cuts the last line
    const auto length = static_cast<size_t>(static_cast<const uint8_t*>(newline) - text.data());
    const LineShape shape(text.first(length));
    ++statistics.lines;
    bool has_same_separators = false;
    for (size_t k = 0; k < shape.separators.size(); ++k) {
      has_same_separators |= shape.separators[k] != 0 &&  //
                             shape.separators[k] == previous.separators[k];
    }
    statistics.same_separators += has_same_separators;
    statistics.same_beginning += shape.has_number && shape.beginning == previous.beginning;
    previous = shape;
    text = text.subspan(length + 1);
  }
  return statistics;
}

}  // namespace

bool LooksLikeText(ByteSpan bytes, const Histogram& histogram) {
  // Archives pad text with zeros: a run of them counts as one odd byte. Terminal sessions are full
  // of backspace and escape.
  const uint32_t zeros = histogram[0];
  const uint32_t size = histogram.size - zeros;
  if (size < zeros / 8) return false;
  uint32_t controls = histogram.Range(0x01, 0x07) + histogram[0x0B] + histogram.Range(0x0E, 0x1A) +
                      histogram.Range(0x1C, 0x1F) + histogram[0x7F];
  if (controls > size / 32) return false;
  if (zeros != 0) controls += CountZeroRuns(bytes);
  if (controls > size / 32) return false;
  const uint32_t high = histogram.Range(0x80, 0xFF);
  if (high <= size / 64) return true;
  if (CountInvalidUtf8(bytes) <= size / 64) return true;
  // Legacy 8-bit character sets have words, hardly any controls and a narrow alphabet.
  const uint32_t blanks = histogram[' '] + histogram['\n'];
  const bool is_narrow = histogram.RedundantBits() >= size;
  return controls <= size / 256 && blanks >= size / 16 && is_narrow;
}

bool LooksStructured(ByteSpan text, const Histogram& histogram) {
  const uint32_t size = histogram.size;
  const uint32_t quotes = histogram['"'];
  const uint32_t brackets = histogram.Range('[', ']') - histogram['\\'] + histogram['{'] +
                            histogram['}'] + histogram[':'] + histogram[','];
  const bool is_json =
      quotes > size / 40 && histogram[':'] > size / 200 && quotes + brackets > size / 10;
  if (is_json) return true;
  const uint32_t digits = histogram.Range('0', '9');
  const uint32_t separators =
      histogram[','] + histogram[';'] + histogram[' '] + histogram['\t'] + histogram['\n'];
  if (digits > size / 2 && separators > size / 20) return true;  // columns or arrays of numbers
  const uint32_t opened = histogram['<'];
  const uint32_t closed = histogram['>'];
  const bool is_markup = opened > size / 80 && closed >= opened - opened / 8 &&
                         closed <= opened + opened / 8 && histogram['/'] >= opened / 4;
  if (is_markup) return true;
  const LineStatistics lines = CompareLines(text.first(std::min(text.size(), kLineSample)));
  if (lines.lines < kMinLines) {
    const uint32_t blanks = histogram[' '] + histogram['\n'];
    const bool is_packed =
        blanks < size / kFewBlanksShare && histogram.Range(0x80, 0xFF) < size / kFewBlanksShare;
    return is_packed || CountBlankPairs(text) > size / kPaddedShare;
  }
  const uint32_t most = lines.lines - lines.lines / 4;
  return lines.same_separators >= most || lines.same_beginning >= most;
}

}  // namespace lmz
