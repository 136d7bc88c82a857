#include "plan/picture.h"

#include <algorithm>
#include <cstdlib>

namespace lmz {

namespace {

// A smaller image is no image, and one within a longer stretch must be this large to be worth a
// cut.
constexpr uint32_t kMinRows = 8;
constexpr uint64_t kMinInnerSize = uint64_t{1} << 17;

// As much of other bytes behind an image shares its last block.
constexpr uint64_t kMaxTail = uint64_t{1} << 12;

// Blocks hold at least this many rows.
constexpr uint64_t kMinBlockRows = 32;

constexpr size_t kSampledRows = 32;
constexpr size_t kSampledColumns = 512;

// What looking at a header, and at its pixels, takes of the patience of a search.
constexpr uint64_t kHeaderCost = 1 << 10;
constexpr uint64_t kPixelsCost = 1 << 16;

// Whether the pixels look like a photograph's, or a drawing's with shades: a row resembles the one
// above it more than the same row half its length away, and most pixels differ from the one before.
bool LooksLikePixels(ByteSpan bytes, const ImageLayout& layout) {
  const auto row_size = static_cast<size_t>(layout.row_size());
  const size_t pixel_size = layout.channels * layout.sample_bytes;
  const size_t half = layout.width / 2 * pixel_size;
  // Of samples of two bytes only the upper one says something.
  const size_t upper = layout.sample_bytes == 2 && !layout.is_big_endian ? 1 : 0;
  uint64_t near = 0, far = 0, equal = 0, pixels = 0;
  const size_t row_step = layout.height / kSampledRows + 1;
  const size_t column_step = layout.width / kSampledColumns + 1;
  for (size_t y = 1; y < layout.height; y += row_step) {
    const uint8_t* const row = bytes.data() + layout.offset + y * row_size;
    const uint8_t* const above = row - row_size;
    for (size_t x = 1; x < layout.width; x += column_step) {
      const uint8_t* const pixel = row + x * pixel_size;
      const size_t across = (x * pixel_size + half) % (layout.width * pixel_size);
      near += static_cast<uint64_t>(std::abs(pixel[upper] - above[x * pixel_size + upper]));
      far += static_cast<uint64_t>(std::abs(pixel[upper] - above[across + upper]));
      equal += std::equal(pixel, pixel + pixel_size, pixel - pixel_size);
      ++pixels;
    }
  }
  return 4 * near <= 3 * far && 2 * equal <= pixels;
}

bool MayBegin(ByteSpan input, uint64_t at, bool is_inner) {
  const uint8_t first = input[static_cast<size_t>(at)];
  const uint8_t second = input[static_cast<size_t>(at + 1)];
  if (first == 'P' && second >= '5' && second <= '7') {
    const uint8_t third = at + 2 < input.size() ? input[static_cast<size_t>(at + 2)] : 0;
    return third == ' ' || (third >= '\t' && third <= '\r');
  }
  if (first == 'B' && second == 'M') return true;
  return !is_inner && first == second && (first == 'I' || first == 'M');
}

}  // namespace

PictureSearch::PictureSearch(ByteSpan input, uint64_t max_size)
    : input_(input), max_size_(max_size), patience_(4 * input.size() + kPixelsCost) {}

std::optional<Picture> PictureSearch::At(uint64_t begin, bool is_inner) {
  const ByteSpan bytes = input_.subspan(static_cast<size_t>(begin));
  patience_ -= std::min(patience_, kHeaderCost);
  const std::optional<ImageLayout> layout = FindImage(bytes);
  if (!layout) return std::nullopt;
  const ImageLayout present = layout->Within(bytes.size());
  const uint64_t size = present.height * present.row_size();
  if (present.width == 0 || present.height < kMinRows) return std::nullopt;
  if (is_inner && size < kMinInnerSize) return std::nullopt;
  if (present.offset + kMinBlockRows * present.row_size() > max_size_) return std::nullopt;
  patience_ -= std::min(patience_, kPixelsCost);
  if (!LooksLikePixels(bytes, present)) return std::nullopt;
  return Picture{begin, *layout};
}

std::optional<Picture> PictureSearch::Next(uint64_t from) {
  for (uint64_t at = from; at + 1 < input_.size() && patience_ != 0; ++at) {
    const bool is_inner = at != from;
    if (!MayBegin(input_, at, is_inner)) continue;
    if (auto picture = At(at, is_inner)) return picture;
  }
  return std::nullopt;
}

uint64_t PlanPicture(const ImageLayout& layout, uint64_t begin, uint64_t input_size,
                     uint64_t max_size, std::vector<BlockPlan>& plan) {
  ImageLayout rest = layout;
  while (true) {
    const uint64_t available = input_size - begin;
    BlockPlan block = {.offset = begin, .size = 0, .content = Content::kImage, .choice = {}};
    block.choice.codec = CodecId::kImage;
    block.choice.profile = Profile::kBinary;
    block.choice.image = rest.Within(std::min(available, max_size));
    const ImageLayout& piece = block.choice.image;
    if (piece.width == 0) break;
    block.size = piece.end();
    const bool is_last = piece.height == rest.height;
    const uint64_t tail = available - block.size;
    const bool takes_tail = tail <= (is_last ? kMaxTail : rest.row_size());
    if (takes_tail && block.size + tail <= max_size) block.size = available;
    plan.push_back(block);
    begin += block.size;
    if (is_last) break;
    rest.height -= piece.height;
    rest.offset = 0;
    if (begin == input_size) break;
  }
  return begin;
}

std::optional<ImageLayout> RowsBehind(const ImageLayout& layout, uint64_t size) {
  if (!layout.IsLawful() || layout.end() <= size) return std::nullopt;
  ImageLayout rest = layout;
  if (size <= layout.offset) {
    rest.offset -= size;
    return rest;
  }
  const uint64_t begun = (size - layout.offset + layout.row_size() - 1) / layout.row_size();
  if (begun >= layout.height) return std::nullopt;
  rest.height -= static_cast<uint32_t>(begun);
  rest.offset = layout.offset + begun * layout.row_size() - size;
  return rest;
}

}  // namespace lmz
