#include "codec/image/layout.h"

#include <algorithm>
#include <string_view>

#include "codec/finder.h"
#include "codec/image/file_headers.h"

namespace lmz {

namespace {

ImageLayout ReadHeader(ByteSpan bytes) {
  if (BeginsWith(bytes, "P5") || BeginsWith(bytes, "P6")) return image::ReadPnm(bytes);
  if (BeginsWith(bytes, "P7")) return image::ReadPam(bytes);
  if (BeginsWith(bytes, "BM")) return image::ReadBmp(bytes);
  if (BeginsWith(bytes, std::string_view("II*\0", 4)) ||
      BeginsWith(bytes, std::string_view("MM\0*", 4))) {
    return image::ReadTiff(bytes);
  }
  return image::ReadTga(bytes);
}

}  // namespace

bool ImageLayout::IsValid() const {
  return width >= kMinWidth && width <= kMaxWidth && height >= 1 && height <= kMaxHeight &&
         channels >= 1 && channels <= 4 && sample_bytes >= 1 && sample_bytes <= 2 &&
         row_padding <= kMaxPadding && offset <= kMaxOffset &&
         (!is_planar || (channels > 1 && height <= kMaxHeight / channels));
}

ImageLayout ImageLayout::Stacked() const {
  ImageLayout stacked = *this;
  if (!is_planar || !IsValid()) return stacked;
  stacked.is_planar = false;
  stacked.height = height * channels;
  stacked.channels = 1;
  return stacked;
}

bool ImageLayout::Fits(uint64_t size) const {
  return IsValid() && end() <= size;
}

ImageLayout ImageLayout::Within(uint64_t size) const {
  if (!IsValid() || offset > size) return {};
  if (Fits(size)) return *this;
  ImageLayout part = Stacked();
  part.height =
      static_cast<uint32_t>(std::min<uint64_t>(part.height, (size - offset) / part.row_size()));
  return part.height == 0 ? ImageLayout() : part;
}

std::optional<ImageLayout> FindImage(ByteSpan bytes) {
  const ImageLayout layout = ReadHeader(bytes);
  if (!layout.IsValid()) return std::nullopt;
  return layout;
}

}  // namespace lmz
