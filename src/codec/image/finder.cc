#include "codec/image/finder.h"

#include <algorithm>
#include <string_view>

#include "codec/image/file_headers.h"
#include "codec/image/resemblance.h"

namespace lmz {

namespace {

// A smaller image is no image, and one within other bytes must be this large to be worth a cut.
constexpr uint32_t kMinRows = 8;
constexpr uint64_t kMinInnerSize = uint64_t{1} << 15;

// Blocks hold at least this many rows.
constexpr uint64_t kMinBlockRows = 32;

// The zero is for TGA, of which any byte can be the first of a whole stream.
constexpr std::string_view kFirstBytes = {"PBIM\0", 5};

constexpr uint64_t kPixelsCost = 1 << 16;

bool MayBegin(ByteSpan bytes, bool is_inner) {
  const uint8_t first = bytes[0];
  if (bytes.size() == 1) return true;
  const uint8_t second = bytes[1];
  if (first == 'P' && second >= '5' && second <= '7') {
    if (bytes.size() == 2) return true;
    return bytes[2] == ' ' || bytes[2] == '#' || (bytes[2] >= '\t' && bytes[2] <= '\r');
  }
  if (first == 'B' && second == 'M') return true;
  if (MayBeginWith(bytes, std::string_view("II*\0", 4)) ||
      MayBeginWith(bytes, std::string_view("MM\0*", 4))) {
    return true;
  }
  return image::MayBeTga(bytes, is_inner);
}

bool IsWorthABlock(const ImageLayout& layout, const Surroundings& around) {
  if (layout.width == 0 || layout.height < kMinRows) return false;
  if (around.is_inner && layout.rows() * layout.row_size() < kMinInnerSize) return false;
  return layout.offset + kMinBlockRows * layout.row_size() <= around.max_size;
}

Sighting Look(ByteSpan bytes, const Surroundings& around) {
  Sighting sighting = {.cost = kHeaderCost};
  const std::optional<ImageLayout> layout = FindImage(bytes);
  if (!layout) return sighting;
  if (around.is_open && bytes.size() < std::min(layout->end(), around.max_size)) {
    if (IsWorthABlock(*layout, around)) sighting.kind = Sighting::Kind::kUndecided;
    return sighting;
  }
  const ImageLayout present = layout->Within(bytes.size());
  if (!IsWorthABlock(present, around)) return sighting;
  sighting.cost += kPixelsCost;
  if (!LooksLikePixels(bytes, present.Stacked())) return sighting;
  sighting.kind = Sighting::Kind::kObject;
  sighting.size = layout->end();
  sighting.options = ImageOptions{.layout = *layout, .profile = Profile::kBinary};
  return sighting;
}

ObjectPiece Cut(const CodecOptions& object, uint64_t done, uint64_t size) {
  ImageOptions piece = std::get<ImageOptions>(object);
  const std::optional<ImageLayout> rest = RowsBehind(piece.layout, done);
  if (!rest) return {};
  piece.layout = rest->Within(size);
  if (piece.layout.width == 0) return {};
  return {.size = piece.layout.end(), .options = piece};
}

}  // namespace

const Finder kImageFinder = {.name = "image",
                             .first_bytes = kFirstBytes,
                             .max_rest = uint64_t{1} << 12,
                             .may_begin = MayBegin,
                             .look = Look,
                             .cut = Cut};

std::optional<ImageLayout> RowsBehind(const ImageLayout& layout, uint64_t size) {
  if (!layout.IsValid() || layout.end() <= size) return std::nullopt;
  if (size <= layout.offset) {
    ImageLayout rest = layout;
    rest.offset -= size;
    return rest;
  }
  ImageLayout rest = layout.Stacked();
  const uint64_t begun = (size - layout.offset + layout.row_size() - 1) / layout.row_size();
  if (begun >= rest.height) return std::nullopt;
  rest.height -= static_cast<uint32_t>(begun);
  rest.offset = layout.offset + begun * layout.row_size() - size;
  return rest;
}

}  // namespace lmz
