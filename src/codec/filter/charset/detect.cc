#include "codec/filter/charset/detect.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "codec/filter/charset/double_byte.h"
#include "codec/filter/charset/letters.h"
#include "codec/filter/charset/single_byte.h"

namespace lmz::charset {
namespace {

// Samples from several places, whole quadruples apart, so that units of four bytes keep their
// place.
constexpr size_t kSampleSize = 1024;
constexpr size_t kSampleDistance = 8 * kSampleSize;
constexpr size_t kMinSamples = 8;
constexpr size_t kMaxSamples = 64;

// Less than this is not worth a guess.
constexpr size_t kMinSize = 32;

// One odd unit in so many is forgiven.
constexpr size_t kOddShare = 64;

std::vector<ByteSpan> TakeSamples(ByteSpan bytes) {
  if (bytes.size() <= kMinSamples * kSampleSize) return {bytes};
  const size_t count = std::clamp(bytes.size() / kSampleDistance, kMinSamples, kMaxSamples);
  std::vector<ByteSpan> samples;
  const size_t distance = bytes.size() / count & ~size_t{3};
  for (size_t i = 0; i < count; ++i) {
    samples.push_back(bytes.subspan(i * distance, kSampleSize));
  }
  return samples;
}

using Counts = std::array<uint32_t, 256>;

Counts CountBytes(const std::vector<ByteSpan>& samples) {
  Counts counts{};
  for (const ByteSpan sample : samples) {
    for (const uint8_t byte : sample) ++counts[byte];
  }
  return counts;
}

uint32_t Sum(const Counts& counts, size_t first, size_t last) {
  uint32_t sum = 0;
  for (size_t i = first; i <= last; ++i) sum += counts[i];
  return sum;
}

// Units of a wide encoding, if the bytes are in it.
struct WideCount {
  size_t units = 0;   // that are not 0: archives pad with those
  size_t odd = 0;     // that hardly occur in text
  size_t breaks = 0;  // that part words or sentences: hardly any text is without

  bool IsText() const {
    return units >= kMinSize / 4 && odd <= units / kOddShare && breaks >= units / 64 + 1;
  }
};

uint32_t UnitAt(const uint8_t* p, size_t size, bool is_big_endian) {
  uint32_t unit = 0;
  for (size_t i = 0; i < size; ++i) unit = unit << 8 | p[is_big_endian ? i : size - 1 - i];
  return unit;
}

WideCount CountWide(const std::vector<ByteSpan>& samples, Encoding encoding, size_t head) {
  const size_t size = UnitSize(encoding);
  const bool is_big = encoding == Encoding::kUtf16Be || encoding == Encoding::kUtf32Be;
  WideCount count;
  for (const ByteSpan sample : samples) {
    for (size_t i = head; i + size <= sample.size(); i += size) {
      const uint32_t unit = UnitAt(&sample[i], size, is_big);
      if (unit == 0) continue;
      ++count.units;
      count.odd += !IsUsual(unit) && !(size == 2 && IsSurrogate(unit));
      count.breaks += IsBreak(unit);
    }
    if (count.odd > sample.size() / 16) break;
  }
  return count;
}

// Letters of Western Europe look alike in one order of bytes and in the other one byte later, so
// units that begin with the bytes come first.
std::optional<TextForm> DetectWide(const std::vector<ByteSpan>& samples) {
  constexpr std::array kFours = {Encoding::kUtf32Le, Encoding::kUtf32Be};
  constexpr std::array kTwos = {Encoding::kUtf16Le, Encoding::kUtf16Be};
  for (const auto& encodings : {kFours, kTwos}) {
    for (size_t head = 0; head < UnitSize(encodings[0]); ++head) {
      for (const Encoding encoding : encodings) {
        if (CountWide(samples, encoding, head).IsText()) return TextForm{encoding, head};
      }
    }
  }
  return std::nullopt;
}

std::optional<size_t> TableNumber(std::string_view name) {
  for (size_t i = 0; i < SingleBytes().size(); ++i) {
    if (SingleBytes()[i].name == name) return i;
  }
  return std::nullopt;
}

TextForm FormOfTable(size_t number) {
  return {.encoding =
              static_cast<Encoding>(static_cast<size_t>(Encoding::kFirstSingleByte) + number)};
}

// EBCDIC has its letters in the upper half and its space at 40.
std::optional<TextForm> DetectEbcdic(const Counts& counts) {
  const uint32_t size = Sum(counts, 1, 255);
  const auto number = TableNumber("ibm037");
  if (!number || counts[0x40] < size / 20) return std::nullopt;
  uint32_t letters = 0;
  uint32_t usual = 0;
  for (size_t byte = 1; byte < 256; ++byte) {
    const uint16_t code_point = SingleBytes()[*number].code_points[byte];
    const bool is_ascii = code_point >= 0x20 && code_point < 0x7F;
    const bool is_line_end = byte == 0x15 || byte == 0x25 || byte == 0x0D || byte == 0x05;
    // The brackets of other code pages.
    const bool is_bracket = byte == 0xAD || byte == 0xBD;
    const bool is_letter = ClassOf(code_point) != Letter::kNone;
    usual += is_ascii || is_letter || is_line_end || is_bracket ? counts[byte] : 0;
    letters += is_ascii && is_letter ? counts[byte] : 0;
  }
  if (usual < size - size / 16 || letters < size / 4) return std::nullopt;
  const bool is_1047 =
      counts[0xAD] + counts[0xBD] + counts[0x5F] > counts[0xBA] + counts[0xBB] + counts[0xB0];
  const bool has_newlines = counts[0x15] > counts[0x25];
  const char* const name =
      is_1047 ? (has_newlines ? "ibm1047-nl" : "ibm1047") : (has_newlines ? "ibm037-nl" : "ibm037");
  const auto found = TableNumber(name);
  return found ? std::optional(FormOfTable(*found)) : std::nullopt;
}

// Bytes of the upper half in and out of whole UTF-8 sequences.
struct Utf8Count {
  size_t whole = 0;
  size_t other = 0;
};

Utf8Count CountUtf8(const std::vector<ByteSpan>& samples) {
  Utf8Count count;
  for (const ByteSpan sample : samples) {
    for (size_t i = 0; i < sample.size();) {
      const uint8_t lead = sample[i];
      size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      size_t end = i + 1;
      while (end < std::min(i + length, sample.size()) && (sample[end] & 0xC0) == 0x80) ++end;
      const bool is_whole = lead >= 0xC2 && lead <= 0xF4 && end - i == length;
      if (lead >= 0x80) (is_whole ? count.whole : count.other) += is_whole ? length : 1;
      i = is_whole ? end : i + 1;
    }
  }
  return count;
}

// Pairs of a double-byte encoding.
struct PairCount {
  size_t pairs = 0;
  size_t common = 0;  // kana, or the first of GB 2312
  size_t marks = 0;   // comma, full stop, the most common particle
  size_t odd = 0;     // bytes of the upper half that begin nothing

  bool IsText() const {
    return pairs >= kMinSize / 4 && odd <= pairs / kOddShare + 1 && marks >= pairs / 100 + 1;
  }
};

// Where a sample that may begin inside a character has one that begins for certain: bytes below 30
// are never a part of another. The beginning, where there is none.
size_t FirstWhole(ByteSpan sample) {
  const auto* const found = std::find_if(sample.data(), sample.data() + sample.size(),
                                         [](uint8_t c) { return c < 0x30; });
  return static_cast<size_t>(found - sample.data()) % sample.size();
}

PairCount CountPairs(const std::vector<ByteSpan>& samples, const DoubleByte& table, auto judge) {
  PairCount count;
  for (const ByteSpan sample : samples) {
    for (size_t i = FirstWhole(sample); i < sample.size(); ++i) {
      const uint8_t lead = sample[i];
      if (lead < 0x80 || table.OfByte(lead) != 0) continue;
      const uint16_t pair = i + 1 < sample.size() ? table.OfPair(lead, sample[i + 1]) : uint16_t{0};
      if (pair == 0 &&
          table.OfFour(sample.subspan(i).first(std::min<size_t>(4, sample.size() - i))) != 0) {
        i += 3;
        continue;
      }
      count.odd += pair == 0 && i + 1 < sample.size();
      if (pair == 0) continue;
      ++count.pairs;
      judge(pair, lead, count);
      ++i;
    }
  }
  return count;
}

// Of Japanese, kana are a large part.
bool IsJapanese(const std::vector<ByteSpan>& samples, const DoubleByte& table) {
  const PairCount count =
      CountPairs(samples, table, [](uint16_t code_point, uint8_t, PairCount& pairs) {
        const bool is_kana = IsIn(code_point, 0x3041, 0x30FE);
        pairs.common += is_kana;
        pairs.marks += is_kana;
      });
  return count.IsText() && count.common >= count.pairs / 8;
}

std::optional<TextForm> DetectDoubleByte(const std::vector<ByteSpan>& samples) {
  if (IsJapanese(samples, DoubleByte::Cp932())) return TextForm{Encoding::kCp932};
  if (IsJapanese(samples, DoubleByte::EucJp())) return TextForm{Encoding::kEucJp};
  const PairCount chinese = CountPairs(
      samples, DoubleByte::Gb18030(), [](uint16_t code_point, uint8_t lead, PairCount& pairs) {
        pairs.common += IsIn(lead, 0xB0, 0xD7);
        pairs.marks += code_point == 0x3002 || code_point == 0xFF0C || code_point == 0x7684 ||
                       code_point == 0x4E00;
      });
  if (chinese.IsText() && chinese.common >= chinese.pairs / 2) {
    return TextForm{Encoding::kGb18030};
  }
  return std::nullopt;
}

// How well the letters of the upper half sit beside their neighbours.
struct Fit {
  int64_t good = 0;
  int64_t bad = 0;

  int64_t Score() const { return good - 32 * bad; }
};

void Judge(uint16_t before, uint16_t after, Fit& fit) {
  const Letter left = ClassOf(before);
  const Letter right = ClassOf(after);
  if (IsControl(before) || IsControl(after)) {
    ++fit.bad;
  } else if (left != Letter::kNone && right != Letter::kNone) {
    const bool is_odd =
        ScriptOf(before) != ScriptOf(after) || (left == Letter::kLower && right == Letter::kUpper);
    fit.bad += is_odd;
    fit.good += is_odd ? 0 : right == Letter::kLower ? 2 : 1;
  } else if (IsBox(before) || IsBox(after)) {
    fit.good += IsBox(before) && IsBox(after);
    fit.bad += left != Letter::kNone || right != Letter::kNone;
  } else if (IsSymbol(before) ? right != Letter::kNone : IsSymbol(after) && left != Letter::kNone) {
    ++fit.bad;
  } else if ((left != Letter::kNone && IsOpening(after)) ||
             (IsClosing(before) && right != Letter::kNone)) {
    ++fit.bad;
  } else if (IsQuote(before) || IsQuote(after)) {
    fit.good += 2;  // as much as letters: an apostrophe in one encoding is a letter in another
  }
}

Fit FitOf(const std::vector<ByteSpan>& samples, const SingleByte& table) {
  Fit fit;
  for (const ByteSpan sample : samples) {
    for (size_t i = 1; i < sample.size(); ++i) {
      if ((sample[i - 1] | sample[i]) < 0x80) continue;
      Judge(table.code_points[sample[i - 1]], table.code_points[sample[i]], fit);
    }
  }
  return fit;
}

std::optional<TextForm> DetectSingleByte(const std::vector<ByteSpan>& samples) {
  int64_t best = 0;
  std::optional<TextForm> form;
  for (size_t i = 0; i < SingleBytes().size(); ++i) {
    if (!ExtendsAscii(FormOfTable(i).encoding)) continue;
    const Fit fit = FitOf(samples, SingleBytes()[i]);
    if (fit.Score() <= best) continue;
    best = fit.Score();
    form = FormOfTable(i);
  }
  return form;
}

}  // namespace

bool ExtendsAscii(Encoding encoding) {
  if (UnitSize(encoding) > 1) return false;
  if (encoding < Encoding::kFirstSingleByte) return true;
  const size_t number =
      static_cast<size_t>(encoding) - static_cast<size_t>(Encoding::kFirstSingleByte);
  return number < SingleBytes().size() && SingleBytes()[number].code_points['A'] == 'A';
}

std::optional<TextForm> DetectForm(ByteSpan bytes) {
  if (bytes.size() < kMinSize) return std::nullopt;
  const std::vector<ByteSpan> samples = TakeSamples(bytes);
  const Counts counts = CountBytes(samples);
  const uint32_t size = Sum(counts, 0, 255);
  const uint32_t controls = Sum(counts, 0x01, 0x08) + counts[0x0B] + Sum(counts, 0x0E, 0x1A) +
                            Sum(counts, 0x1C, 0x1F) + counts[0x7F];
  const uint32_t high = Sum(counts, 0x80, 0xFF);
  const bool has_zeros = counts[0] >= size / 64;
  if (high == 0 && !has_zeros) return std::nullopt;
  const Utf8Count utf8 = CountUtf8(samples);
  const bool may_be_wide = has_zeros || (utf8.other > utf8.whole && high >= size / 16);
  if (may_be_wide) {
    if (const auto form = DetectWide(samples)) return form;
  }
  if (utf8.whole >= utf8.other) return std::nullopt;
  if (high >= size / 4) {
    if (const auto form = DetectEbcdic(counts)) return form;
  }
  if (controls > size / kOddShare) return std::nullopt;
  if (const auto form = DetectDoubleByte(samples)) return form;
  return DetectSingleByte(samples);
}

}  // namespace lmz::charset
