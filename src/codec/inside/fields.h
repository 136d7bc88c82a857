// The numbers in front of a payload, and those of each stream. spec.md, sections 2 and 3.
#pragma once

#include <array>
#include <bit>

#include "base/bytes.h"
#include "codec/deflate/parser.h"
#include "codec/inside/wrapping.h"
#include "mix/adaptive_bit.h"

namespace lmz::inside {

// The unpacked bytes are groups: 0 is the skeleton, what is left of the block without its streams;
// the contents are in the others, with those that are alike.
inline constexpr size_t kGroups = 4;

// No block is taken apart into more than this, and no deflate block has more tokens: the memory of
// a decoder follows.
inline constexpr uint64_t kMaxUnpackedSize = uint64_t{1} << 27;
inline constexpr uint64_t kMaxBlockTokens = uint64_t{1} << 22;

// What the streams of a block are in.
enum class Kind : uint8_t { kSeveral, kGzip, kZip, kPdf, kZlib, kBase64 };

// No fields are longer: three bytes, and seven numbers of up to ten.
inline constexpr size_t kMaxFieldsSize = 3 + 7 * 10;

struct Fields {
  bool has_directories = false;  // of zip, as XorDirectories leaves them
  bool is_entered = false;       // the first stream began in a block before
  std::array<uint64_t, kGroups> sizes{};
  uint64_t streams = 0;
  // For people only.
  Kind kind = Kind::kSeveral;
  uint64_t kept = 0;           // streams that stay as they are
  uint64_t alike = 0;          // streams that are zlib's under `settings`
  deflate::Settings settings;  // of most streams

  uint64_t unpacked_size() const {
    uint64_t sum = 0;
    for (const uint64_t size : sizes) sum += size;
    return sum;
  }

  void Write(Bytes& out) const;
  static Result<Fields> Read(ByteReader& reader);
};

// A stream that is taken out.
struct Entry {
  uint64_t gap = 0;        // bytes of the skeleton between the one before and it
  uint64_t data_size = 0;  // >= 1
  Frame frame = Frame::kBare;
  uint32_t group = 1;               // 1 .. kGroups - 1
  deflate::Settings settings = {};  // of a stream
  Base64Layout layout = {};         // of Frame::kBase64
  // Of a stream that is entered.
  uint64_t window_size = 0;  // bytes of the group in front of the data
  uint8_t lead = 1;
};

// Codes the entries of one payload, in order.
class EntryModel {
 public:
  // Returns the entry; a decoder's argument is ignored. What it says may be impossible.
  template <class Coder>
  Entry Code(Coder& coder, const Entry& wanted, bool is_entered) {
    Entry entry;
    entry.gap = CodeNumber(coder, gap_width_, wanted.gap);
    entry.data_size = CodeNumber(coder, size_width_, wanted.data_size);
    entry.frame = static_cast<Frame>(frame_.Code(coder, static_cast<uint32_t>(wanted.frame)));
    entry.group = group_[last_group_].Code(coder, wanted.group);
    last_group_ = entry.group;
    if (is_entered) {
      entry.window_size = CodeNumber(coder, window_width_, wanted.window_size);
      entry.lead = static_cast<uint8_t>(CodePlain(coder, wanted.lead, 8));
    }
    if (entry.frame == Frame::kBase64) {
      if (same_layout_.Code(coder, wanted.layout == layout_ ? 1 : 0) == 0) {
        layout_ = CodeLayout(coder, wanted.layout);
      }
      entry.layout = layout_;
      return entry;
    }
    const bool is_same = same_settings_.Code(coder, wanted.settings == settings_ ? 1 : 0) != 0;
    if (!is_same) settings_ = CodeSettings(coder, wanted.settings);
    entry.settings = settings_;
    return entry;
  }

 private:
  using Width = AdaptiveNumber<5>;  // bits of a number, up to 2^31 - 1

  template <class Coder>
  uint64_t CodeNumber(Coder& coder, Width& width, uint64_t wanted) {
    const uint32_t bits = width.Code(coder, static_cast<uint32_t>(std::bit_width(wanted)));
    if (bits == 0) return 0;
    return uint64_t{1} << (bits - 1) | CodePlain(coder, wanted, bits - 1);
  }

  // The lowest `bits` bits of a number.
  template <class Coder>
  uint64_t CodePlain(Coder& coder, uint64_t wanted, uint32_t bits) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < bits; ++i) {
      const int bit = static_cast<int>(wanted >> (bits - 1 - i) & 1);
      value = 2 * value + static_cast<uint64_t>(coder.Code(bit, 32768));
    }
    return value;
  }

  template <class Coder>
  Base64Layout CodeLayout(Coder& coder, const Base64Layout& wanted) {
    Base64Layout layout;
    layout.is_url = url_.Code(coder, wanted.is_url ? 1 : 0) != 0;
    layout.is_padded = padded_.Code(coder, wanted.is_padded ? 1 : 0) != 0;
    const uint64_t line = CodeNumber(coder, line_width_, wanted.line_length);
    layout.line_length = static_cast<uint32_t>(line);
    if (line == 0) return layout;
    const uint64_t first = CodeNumber(coder, line_width_, wanted.first_line);
    layout.first_line = static_cast<uint32_t>(first);
    layout.separator_size = static_cast<uint32_t>(CodePlain(coder, wanted.separator_size, 5));
    for (uint32_t i = 0; i < layout.separator_size; ++i) {
      layout.separator[i] = static_cast<uint8_t>(CodePlain(coder, wanted.separator[i], 8));
    }
    return layout;
  }

  template <class Coder>
  deflate::Settings CodeSettings(Coder& coder, const deflate::Settings& wanted) {
    deflate::Settings settings;
    settings.search = search_.Code(coder, wanted.search);
    settings.is_filtered = filtered_.Code(coder, wanted.is_filtered ? 1 : 0) != 0;
    settings.keeps_distant = distant_.Code(coder, wanted.keeps_distant ? 1 : 0) != 0;
    settings.window_bits = window_.Code(coder, wanted.window_bits);
    settings.memory_level = memory_.Code(coder, wanted.memory_level);
    return settings;
  }

  deflate::Settings settings_;
  uint32_t last_group_ = 0;
  Width gap_width_;
  Width size_width_;
  AdaptiveNumber<3> frame_;
  std::array<AdaptiveNumber<2>, kGroups> group_;
  AdaptiveBit same_settings_;
  AdaptiveNumber<4> search_;
  AdaptiveBit filtered_;
  AdaptiveBit distant_;
  AdaptiveNumber<4> window_;
  AdaptiveNumber<4> memory_;
  Width window_width_;
  Base64Layout layout_;
  AdaptiveBit same_layout_;
  AdaptiveBit url_;
  AdaptiveBit padded_;
  Width line_width_;
};

}  // namespace lmz::inside
