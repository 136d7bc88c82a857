// TIFF, its first directory.
#include "codec/image/file_headers.h"

namespace lmz::image {

namespace {

constexpr uint32_t kMaxChannels = 4;
constexpr uint32_t kMaxStrips = 1 << 16;

// Reads the first directory of a TIFF file.
class TiffReader {
 public:
  // At least a byte.
  explicit TiffReader(ByteSpan bytes) : bytes_(bytes), is_big_endian_(bytes[0] == 'M') {}

  ImageLayout Read() {
    if (!Has(4, 4) || !ReadEntries(Number(4, 4))) return {};
    ImageLayout layout;
    if (compression_ != 1 || photometric_ > 2 || sample_format_ > 2) return {};
    if (planar_ != 1 && planar_ != 2) return {};
    layout.width = width_;
    layout.height = height_;
    layout.channels = channels_;
    layout.is_planar = planar_ == 2 && channels_ > 1;
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

}  // namespace

ImageLayout ReadTiff(ByteSpan bytes) {
  return TiffReader(bytes).Read();
}

}  // namespace lmz::image
