#include "codec/filter/charset/transcode.h"

#include <algorithm>
#include <optional>

#include "codec/filter/charset/double_byte.h"
#include "codec/filter/charset/single_byte.h"
#include "codec/filter/charset/utf8.h"

namespace lmz::charset {
namespace {

// Characters from one question to the watch to the next.
constexpr size_t kStretch = 4096;

// Each of the classes below is one kind of encoding. Next reads what begins at raw[position], which
// is inside, and advances. Put appends what stands for a number; false when Next would not have
// read it as that.

class Utf32 {
 public:
  explicit Utf32(bool is_big_endian) : is_big_endian_(is_big_endian) {}

  uint32_t Next(ByteSpan raw, size_t& position) const {
    uint32_t unit = 0;
    for (size_t i = 0; i < 4; ++i) unit |= uint32_t{raw[position + i]} << Shift(i);
    position += 4;
    return unit;
  }

  bool Put(uint32_t number, Bytes& raw) const {
    for (size_t i = 0; i < 4; ++i) raw.push_back(static_cast<uint8_t>(number >> Shift(i)));
    return true;
  }

 private:
  size_t Shift(size_t i) const { return 8 * (is_big_endian_ ? 3 - i : i); }

  bool is_big_endian_;
};

class Utf16 {
 public:
  explicit Utf16(bool is_big_endian) : is_big_endian_(is_big_endian) {}

  uint32_t Next(ByteSpan raw, size_t& position) const {
    const uint32_t unit = Unit(raw, position);
    position += 2;
    if (!IsHighSurrogate(unit) || position == raw.size()) return unit;
    const uint32_t low = Unit(raw, position);
    if (!IsLowSurrogate(low)) return unit;
    position += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }

  bool Put(uint32_t number, Bytes& raw) {
    if (number > 0x10FFFF) return false;
    if (was_high_ && IsLowSurrogate(number)) return false;  // both would be one character
    was_high_ = IsHighSurrogate(number);
    if (number < 0x10000) {
      PutUnit(number, raw);
    } else {
      PutUnit(0xD800 + ((number - 0x10000) >> 10), raw);
      PutUnit(0xDC00 + ((number - 0x10000) & 0x3FF), raw);
    }
    return true;
  }

 private:
  uint32_t Unit(ByteSpan raw, size_t position) const {
    const uint32_t first = raw[position];
    const uint32_t second = raw[position + 1];
    return is_big_endian_ ? first << 8 | second : second << 8 | first;
  }
  void PutUnit(uint32_t unit, Bytes& raw) const {
    raw.push_back(static_cast<uint8_t>(is_big_endian_ ? unit >> 8 : unit));
    raw.push_back(static_cast<uint8_t>(is_big_endian_ ? unit : unit >> 8));
  }

  bool is_big_endian_;
  bool was_high_ = false;  // what was put last: a high surrogate
};

class OneByte {
 public:
  explicit OneByte(const SingleByte& table) : code_points_(table.code_points) {
    for (size_t byte = 0; byte < sorted_.size(); ++byte) {
      sorted_[byte] = static_cast<uint32_t>(size_t{code_points_[byte]} << 8 | byte);
    }
    std::sort(sorted_.begin(), sorted_.end());
  }

  uint32_t Next(ByteSpan raw, size_t& position) const { return code_points_[raw[position++]]; }

  bool Put(uint32_t number, Bytes& raw) const {
    if (number > 0xFFFF) return false;
    const auto* const found = std::lower_bound(sorted_.begin(), sorted_.end(), number << 8);
    if (found == sorted_.end() || *found >> 8 != number) return false;
    raw.push_back(static_cast<uint8_t>(*found));
    return true;
  }

 private:
  const std::array<uint16_t, 256>& code_points_;
  std::array<uint32_t, 256> sorted_;  // by code point, with the byte in the lower bits
};

// A byte that begins no character is written as a low surrogate, which no character is.
class MultiByte {
 public:
  explicit MultiByte(const DoubleByte& table) : table_(table) {}

  uint32_t Next(ByteSpan raw, size_t& position) const {
    const ByteSpan rest = raw.subspan(position);
    ++position;
    if (rest[0] < 0x80) return rest[0];
    if (const uint16_t single = table_.OfByte(rest[0]); single != 0) return single;
    const uint16_t pair = rest.size() > 1 ? table_.OfPair(rest[0], rest[1]) : uint16_t{0};
    if (pair != 0) {
      ++position;
      return pair;
    }
    const uint32_t four = table_.OfFour(rest.first(std::min<size_t>(rest.size(), 4)));
    if (four == 0) return kEscape + rest[0];
    position += 3;
    return four;
  }

  bool Put(uint32_t number, Bytes& raw) {
    if (number < 0x80) return PutByte(static_cast<uint8_t>(number), false, raw);
    if (number >= kEscape + 0x80 && number <= kEscape + 0xFF) {
      const auto byte = static_cast<uint8_t>(number - kEscape);
      return table_.OfByte(byte) == 0 && PutByte(byte, true, raw);
    }
    uint32_t code = table_.CodeOf(number);
    if (code == 0) code = table_.FourOf(number);
    bool is_right = code != 0;
    for (int shift = code > 0xFFFF ? 24 : code > 0xFF ? 8 : 0; shift >= 0; shift -= 8) {
      is_right = is_right && PutByte(static_cast<uint8_t>(code >> shift), false, raw);
    }
    return is_right;
  }

 private:
  static constexpr uint32_t kEscape = 0xDC00;

  // False when an escaped byte turns out to begin a character.
  bool PutByte(uint8_t byte, bool is_escape, Bytes& raw) {
    raw.push_back(byte);
    escapes_ = escapes_ << 1 | (is_escape ? 1 : 0);
    const size_t size = raw.size();
    if ((escapes_ & 2) != 0 && table_.OfPair(raw[size - 2], byte) != 0) return false;
    return (escapes_ & 8) == 0 || table_.OfFour(ByteSpan(raw).last(4)) == 0;
  }

  const DoubleByte& table_;
  uint32_t escapes_ = 0;  // bit i: the byte put i bytes before the last one was an escape
};

// Calls use(coder) with a coder of `encoding`, which is known.
template <class Use>
auto WithCoder(Encoding encoding, Use use) {
  switch (encoding) {
    case Encoding::kUtf16Le:
    case Encoding::kUtf16Be:
      return use(Utf16(encoding == Encoding::kUtf16Be));
    case Encoding::kUtf32Le:
    case Encoding::kUtf32Be:
      return use(Utf32(encoding == Encoding::kUtf32Be));
    case Encoding::kCp932:
      return use(MultiByte(DoubleByte::Cp932()));
    case Encoding::kGb18030:
      return use(MultiByte(DoubleByte::Gb18030()));
    case Encoding::kEucJp:
      return use(MultiByte(DoubleByte::EucJp()));
    default: {
      const auto first = static_cast<size_t>(Encoding::kFirstSingleByte);
      return use(OneByte(SingleBytes()[static_cast<size_t>(encoding) - first]));
    }
  }
}

}  // namespace

bool IsKnown(Encoding encoding) {
  const auto number = static_cast<size_t>(encoding);
  const auto first = static_cast<size_t>(Encoding::kFirstSingleByte);
  if (number >= first) return number - first < SingleBytes().size();
  return number >= 1 && number <= static_cast<size_t>(Encoding::kEucJp);
}

void ToUtf8(Encoding encoding, ByteSpan raw, const Watch& watch, Bytes& out) {
  WithCoder(encoding, [&](auto coder) {
    size_t position = 0;
    while (position < raw.size() && watch.Pass(kStretch)) {
      const size_t end = std::min(position + kStretch, raw.size());
      while (position < end) AppendUtf8(coder.Next(raw, position), out);
    }
  });
}

Status FromUtf8(Encoding encoding, ByteSpan text, uint64_t max_size, const Watch& watch,
                Bytes& raw) {
  return WithCoder(encoding, [&](auto coder) {
    size_t position = 0;
    while (position < text.size()) {
      if (!watch.Pass(kStretch)) return CancelledStatus();
      const size_t end = std::min(position + kStretch, text.size());
      while (position < end) {
        const std::optional<uint32_t> number = ReadUtf8(text, position);
        if (!number || !coder.Put(*number, raw)) {
          return Status(Code::kDamaged, "the text is none of its encoding");
        }
        if (raw.size() > max_size) return Status(Code::kDamaged, "the text is too long");
      }
    }
    return OkStatus();
  });
}

}  // namespace lmz::charset
