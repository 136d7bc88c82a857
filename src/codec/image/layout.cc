#include "codec/image/layout.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lmz {

namespace {

constexpr uint64_t kMaxNumber = 1 << 28;

// Reads the text header of the portable anymap family.
class TextHeader {
 public:
  explicit TextHeader(ByteSpan bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }

  // The next word, which white space ends; comments are passed over. Empty at the end.
  std::string_view Word() {
    while (position_ < bytes_.size() && (IsSpace() || bytes_[position_] == '#')) {
      if (bytes_[position_] == '#') {
        while (position_ < bytes_.size() && bytes_[position_] != '\n') ++position_;
      } else {
        ++position_;
      }
    }
    const size_t begin = position_;
    while (position_ < bytes_.size() && !IsSpace()) ++position_;
    return {reinterpret_cast<const char*>(bytes_.data()) + begin, position_ - begin};
  }

  // The next word as a number below kMaxNumber; 0 when it is none.
  uint32_t Number() {
    const std::string_view word = Word();
    uint64_t number = 0;
    for (const char c : word) {
      if (c < '0' || c > '9') return 0;
      number = number * 10 + static_cast<uint64_t>(c - '0');
      if (number >= kMaxNumber) return 0;
    }
    return static_cast<uint32_t>(number);
  }

  // Passes the one byte of white space behind the last word.
  bool PassSpace() {
    if (position_ >= bytes_.size() || !IsSpace()) return false;
    ++position_;
    return true;
  }

 private:
  bool IsSpace() const {
    const uint8_t c = bytes_[position_];
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  ByteSpan bytes_;
  size_t position_ = 0;
};

// A header longer than this is no header.
constexpr size_t kMaxTextHeader = 4096;

void SetMaximum(uint32_t maximum, ImageLayout& layout) {
  layout.sample_bytes = maximum < 256 ? 1 : 2;
  layout.is_big_endian = layout.sample_bytes == 2;
  if (maximum == 0 || maximum > 65535) layout.width = 0;
}

ImageLayout ReadPnm(ByteSpan bytes) {
  TextHeader header(bytes.first(std::min(bytes.size(), kMaxTextHeader)));
  ImageLayout layout;
  layout.channels = header.Word() == "P6" ? 3 : 1;
  layout.width = header.Number();
  layout.height = header.Number();
  SetMaximum(header.Number(), layout);
  if (!header.PassSpace()) return {};
  layout.offset = header.position();
  return layout;
}

ImageLayout ReadPam(ByteSpan bytes) {
  TextHeader header(bytes.first(std::min(bytes.size(), kMaxTextHeader)));
  header.Word();
  ImageLayout layout;
  uint32_t maximum = 0;
  layout.channels = 0;
  while (true) {
    const std::string_view word = header.Word();
    if (word.empty()) return {};
    if (word == "ENDHDR") break;
    if (word == "TUPLTYPE") {
      header.Word();
      continue;
    }
    const uint32_t number = header.Number();
    if (word == "WIDTH") layout.width = number;
    if (word == "HEIGHT") layout.height = number;
    if (word == "DEPTH") layout.channels = number;
    if (word == "MAXVAL") maximum = number;
  }
  SetMaximum(maximum, layout);
  if (!header.PassSpace()) return {};
  layout.offset = header.position();
  return layout;
}

uint32_t LoadLe16(const uint8_t* p) {
  return uint32_t{p[0]} | uint32_t{p[1]} << 8;
}

// Whether a BMP's palette is a ramp from black to white, so that indices are shades of gray.
bool IsGrayPalette(ByteSpan palette) {
  if (palette.size() != 1024) return false;
  for (size_t i = 0; i < 256; ++i) {
    if (palette[4 * i] != i || palette[4 * i + 1] != i || palette[4 * i + 2] != i) return false;
  }
  return true;
}

ImageLayout ReadBmp(ByteSpan bytes) {
  constexpr uint64_t kFileHeader = 14;
  if (bytes.size() < kFileHeader + 40) return {};
  const uint32_t header_size = LoadLe32(&bytes[14]);
  const uint32_t width = LoadLe32(&bytes[18]);
  const uint32_t height = LoadLe32(&bytes[22]);
  const uint32_t depth = LoadLe16(&bytes[28]);
  const uint32_t compression = LoadLe32(&bytes[30]);
  ImageLayout layout;
  layout.offset = LoadLe32(&bytes[10]);
  // Rows run upwards; a negative height says that they run downwards.
  layout.height = height >> 31 != 0 ? 0 - height : height;
  layout.width = width;
  layout.channels = depth / 8;
  const bool is_plain = compression == 0 || (compression == 3 && depth == 32);
  if (header_size < 40 || LoadLe16(&bytes[26]) != 1 || !is_plain) return {};
  if (depth == 8) {
    if (layout.offset > bytes.size() || layout.offset < kFileHeader + header_size) return {};
    const size_t begin = static_cast<size_t>(kFileHeader + header_size);
    if (!IsGrayPalette(bytes.subspan(begin, static_cast<size_t>(layout.offset) - begin))) return {};
  } else if (depth != 24 && depth != 32) {
    return {};
  }
  layout.row_padding = static_cast<uint32_t>((0 - layout.pixel_row_size()) % 4);
  return layout;
}

constexpr uint32_t kMaxChannels = 4;
constexpr uint32_t kMaxStrips = 1 << 16;

// Reads the first directory of a TIFF file.
class TiffReader {
 public:
  explicit TiffReader(ByteSpan bytes) : bytes_(bytes), is_big_endian_(bytes[0] == 'M') {}

  ImageLayout Read() {
    if (!Has(4, 4) || !ReadEntries(Number(4, 4))) return {};
    ImageLayout layout;
    if (compression_ != 1 || planar_ != 1 || photometric_ > 2 || sample_format_ > 2) return {};
    layout.width = width_;
    layout.height = height_;
    layout.channels = channels_;
    layout.sample_bytes = bits_ / 8;
    layout.is_big_endian = is_big_endian_ && bits_ == 16;
    if ((bits_ != 8 && bits_ != 16) || !AreStripsInOrder(layout)) return {};
    return layout;
  }

 private:
  struct Array {
    uint64_t offset = 0;
    uint32_t count = 0;
    uint32_t item_size = 0;
  };

  bool Has(uint64_t offset, uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }

  // Of 2 or 4 bytes, which are there.
  uint32_t Number(uint64_t offset, uint32_t size) const {
    uint32_t number = 0;
    for (uint32_t i = 0; i < size; ++i) {
      const uint32_t shift = 8 * (is_big_endian_ ? size - 1 - i : i);
      number |= uint32_t{bytes_[static_cast<size_t>(offset + i)]} << shift;
    }
    return number;
  }

  uint32_t Item(const Array& array, uint32_t i) const {
    return Number(array.offset + uint64_t{i} * array.item_size, array.item_size);
  }

  bool ReadEntries(uint64_t directory) {
    if (!Has(directory, 2)) return false;
    const uint32_t entries = Number(directory, 2);
    if (!Has(directory + 2, uint64_t{entries} * 12)) return false;
    for (uint32_t i = 0; i < entries; ++i) {
      const uint64_t at = directory + 2 + uint64_t{i} * 12;
      const uint32_t type = Number(at + 2, 2);
      if (type != 3 && type != 4) continue;  // 16 or 32 bits: all that matters here
      Array array = {
          .offset = at + 8, .count = Number(at + 4, 4), .item_size = type == 3 ? 2u : 4u};
      const uint64_t size = uint64_t{array.count} * array.item_size;
      if (size > 4) array.offset = Number(at + 8, 4);
      if (array.count == 0 || !Has(array.offset, size)) return false;
      if (!TakeEntry(Number(at, 2), array)) return false;
    }
    return true;
  }

  bool TakeEntry(uint32_t tag, const Array& array) {
    const uint32_t first = Item(array, 0);
    switch (tag) {
      case 256:
        width_ = first;
        return true;
      case 257:
        height_ = first;
        return true;
      case 258:
        bits_ = first;
        return IsConstant(array);
      case 259:
        compression_ = first;
        return true;
      case 262:
        photometric_ = first;
        return true;
      case 273:
        strip_offsets_ = array;
        return true;
      case 277:
        channels_ = first;
        return true;
      case 279:
        strip_sizes_ = array;
        return true;
      case 284:
        planar_ = first;
        return true;
      case 339:
        sample_format_ = first;
        return IsConstant(array);
      default:
        return true;
    }
  }

  bool IsConstant(const Array& array) const {
    if (array.count > kMaxChannels) return false;
    for (uint32_t i = 1; i < array.count; ++i) {
      if (Item(array, i) != Item(array, 0)) return false;
    }
    return true;
  }

  // Sets the offset when the strips follow each other without a gap and hold all rows.
  bool AreStripsInOrder(ImageLayout& layout) const {
    if (strip_offsets_.count == 0 || strip_offsets_.count != strip_sizes_.count) return false;
    if (strip_offsets_.count > kMaxStrips) return false;
    layout.offset = Item(strip_offsets_, 0);
    uint64_t end = layout.offset;
    for (uint32_t i = 0; i < strip_offsets_.count; ++i) {
      if (Item(strip_offsets_, i) != end) return false;
      end += Item(strip_sizes_, i);
    }
    return layout.IsValid() && layout.end() <= end;
  }

  ByteSpan bytes_;
  bool is_big_endian_;
  uint32_t width_ = 0;
  uint32_t height_ = 0;
  uint32_t bits_ = 1;
  uint32_t compression_ = 1;
  uint32_t photometric_ = UINT32_MAX;
  uint32_t channels_ = 1;
  uint32_t planar_ = 1;
  uint32_t sample_format_ = 1;
  Array strip_offsets_;
  Array strip_sizes_;
};

bool BeginsWith(ByteSpan bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

ImageLayout ReadHeader(ByteSpan bytes) {
  if (BeginsWith(bytes, "P5") || BeginsWith(bytes, "P6")) return ReadPnm(bytes);
  if (BeginsWith(bytes, "P7\n")) return ReadPam(bytes);
  if (BeginsWith(bytes, "BM")) return ReadBmp(bytes);
  if (BeginsWith(bytes, std::string_view("II*\0", 4)) ||
      BeginsWith(bytes, std::string_view("MM\0*", 4))) {
    return TiffReader(bytes).Read();
  }
  return {};
}

}  // namespace

bool ImageLayout::IsValid() const {
  return width >= kMinWidth && width <= kMaxWidth && height >= 1 && height <= kMaxHeight &&
         channels >= 1 && channels <= 4 && sample_bytes >= 1 && sample_bytes <= 2 &&
         row_padding <= kMaxPadding && offset <= kMaxOffset;
}

bool ImageLayout::Fits(uint64_t size) const {
  return IsValid() && end() <= size;
}

ImageLayout ImageLayout::Within(uint64_t size) const {
  if (!IsValid() || offset > size) return {};
  ImageLayout part = *this;
  part.height = static_cast<uint32_t>(std::min<uint64_t>(height, (size - offset) / row_size()));
  return part.height == 0 ? ImageLayout() : part;
}

std::optional<ImageLayout> FindImage(ByteSpan bytes) {
  const ImageLayout layout = ReadHeader(bytes);
  if (!layout.IsValid()) return std::nullopt;
  return layout;
}

}  // namespace lmz
