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
enum class Kind : uint8_t { kSeveral, kGzip, kZip, kPdf, kZlib };

// No fields are longer: three bytes, and seven numbers of up to ten.
inline constexpr size_t kMaxFieldsSize = 3 + 7 * 10;

struct Fields {
  bool has_directories = false;  // of zip, as XorDirectories leaves them
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
  uint32_t group = 1;  // 1 .. kGroups - 1
  deflate::Settings settings;
};

// Codes the entries of one payload, in order.
class EntryModel {
 public:
  // Returns the entry; a decoder's argument is ignored. What it says may be impossible.
  template <class Coder>
  Entry Code(Coder& coder, const Entry& wanted) {
    Entry entry;
    entry.gap = CodeNumber(coder, gap_width_, wanted.gap);
    entry.data_size = CodeNumber(coder, size_width_, wanted.data_size);
    entry.frame = static_cast<Frame>(frame_.Code(coder, static_cast<uint32_t>(wanted.frame)));
    entry.group = group_[last_group_].Code(coder, wanted.group);
    last_group_ = entry.group;
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
    uint64_t value = bits == 0 ? 0 : 1;
    for (uint32_t i = 1; i < bits; ++i) {
      const int bit = static_cast<int>(wanted >> (bits - 1 - i) & 1);
      value = 2 * value + static_cast<uint64_t>(coder.Code(bit, 32768));
    }
    return value;
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
};

}  // namespace lmz::inside
