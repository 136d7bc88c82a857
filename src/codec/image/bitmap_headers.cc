// BMP, of Windows and OS/2, and TGA.
#include "codec/image/file_headers.h"

namespace lmz::image {

namespace {

// Whether a palette is a ramp from black to white, so that indices are shades of gray.
bool IsGrayPalette(ByteSpan palette, size_t entry_size) {
  if (palette.size() != 256 * entry_size) return false;
  for (size_t i = 0; i < 256; ++i) {
    for (size_t channel = 0; channel < 3; ++channel) {
      if (palette[entry_size * i + channel] != i) return false;
    }
  }
  return true;
}

// The headers of OS/2 1.x, 12 bytes, have fields of 16 bits; those of Windows, 40 bytes or more,
// and of OS/2 2.x, 16 or more, have others, and may end early.
struct BmpHeader {
  static constexpr size_t kFileHeader = 14;
  static constexpr uint32_t kCoreSize = 12, kShortSize = 16, kLongSize = 40;

  uint32_t size = 0;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t planes = 0;
  uint32_t depth = 0;
  uint32_t compression = 0;

  // All 0 where there is none.
  static BmpHeader Read(ByteSpan bytes) {
    if (bytes.size() < kFileHeader + kLongSize) return {};
    BmpHeader header = {.size = LoadLe32(&bytes[kFileHeader])};
    if (header.size == kCoreSize) {
      header.width = LoadLe16(&bytes[18]);
      header.height = LoadLe16(&bytes[20]);
      header.planes = LoadLe16(&bytes[22]);
      header.depth = LoadLe16(&bytes[24]);
      return header;
    }
    if (header.size < kShortSize) return {};
    header.width = LoadLe32(&bytes[18]);
    header.height = LoadLe32(&bytes[22]);
    header.planes = LoadLe16(&bytes[26]);
    header.depth = LoadLe16(&bytes[28]);
    if (header.size > kShortSize) header.compression = LoadLe32(&bytes[30]);
    return header;
  }
};

}  // namespace

ImageLayout ReadBmp(ByteSpan bytes) {
  const BmpHeader header = BmpHeader::Read(bytes);
  ImageLayout layout;
  if (header.planes != 1) return {};
  layout.offset = LoadLe32(&bytes[10]);
  // Rows run upwards; a negative height says that they run downwards.
  layout.height = header.height >> 31 != 0 ? 0 - header.height : header.height;
  layout.width = header.width;
  layout.channels = header.depth / 8;
  if (header.compression != 0 && (header.compression != 3 || header.depth != 32)) return {};
  if (header.depth == 8) {
    const uint64_t begin = BmpHeader::kFileHeader + uint64_t{header.size};
    if (layout.offset > bytes.size() || layout.offset < begin) return {};
    const ByteSpan palette =
        bytes.subspan(static_cast<size_t>(begin), static_cast<size_t>(layout.offset - begin));
    if (!IsGrayPalette(palette, header.size == BmpHeader::kCoreSize ? 3 : 4)) return {};
  } else if (header.depth != 24 && header.depth != 32) {
    return {};
  }
  layout.row_padding = static_cast<uint32_t>((0 - layout.pixel_row_size()) % 4);
  return layout;
}

bool MayBeTga(ByteSpan bytes, bool is_inner) {
  // The size of a note, whether there is a palette, and the type: 2 for colours, 3 for gray; then
  // the place and the size of the palette that is not there, and amid other bytes an origin of 0.
  if (bytes.size() < 3) return is_inner ? bytes[0] == 0 : true;
  if (bytes[1] != 0 || (bytes[2] != 2 && bytes[2] != 3)) return false;
  const size_t zeros = is_inner ? 12 : 8;
  if (is_inner && bytes[0] != 0) return false;
  for (size_t i = 3; i < zeros && i < bytes.size(); ++i) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

ImageLayout ReadTga(ByteSpan bytes) {
  constexpr size_t kHeaderSize = 18;
  constexpr uint8_t kColors = 2, kUnknownFlags = 0xC0, kAlphaBits = 15;
  if (bytes.size() < kHeaderSize || !MayBeTga(bytes, false)) return {};
  const uint8_t depth = bytes[16], flags = bytes[17];
  const bool is_known = bytes[2] == kColors ? depth == 24 || depth == 32 : depth == 8;
  if (!is_known || (flags & kUnknownFlags) != 0 || (flags & kAlphaBits) > 8) return {};
  ImageLayout layout;
  layout.offset = kHeaderSize + bytes[0];
  layout.width = LoadLe16(&bytes[12]);
  layout.height = LoadLe16(&bytes[14]);
  layout.channels = depth / 8u;
  return layout;
}

}  // namespace lmz::image
