#include "plan/picture.h"

#include <algorithm>

#include "codec/image/resemblance.h"
#include "codec/png/chunks.h"

namespace lmz {

namespace {

// A smaller image is no image, and one within a longer stretch must be this large to be worth a
// cut.
constexpr uint32_t kMinRows = 8;
constexpr uint64_t kMinInnerSize = uint64_t{1} << 17;

// A PNG file within a longer stretch must be this large.
constexpr uint64_t kMinInnerPngSize = uint64_t{1} << 14;

// As much of other bytes behind an image shares its last block.
constexpr uint64_t kMaxTail = uint64_t{1} << 12;

// Blocks hold at least this many rows.
constexpr uint64_t kMinBlockRows = 32;

// What looking at a header, at its pixels and so on takes of the patience of a search.
constexpr uint64_t kHeaderCost = 1 << 10;
constexpr uint64_t kPixelsCost = 1 << 16;
constexpr uint64_t kChunkCost = 16;  // a chunk of a PNG file

bool IsPng(ByteSpan input, uint64_t at) {
  const ByteSpan rest = input.subspan(static_cast<size_t>(at));
  return rest.size() >= 4 && rest[0] == 0x89 && rest[1] == 'P' && rest[2] == 'N' && rest[3] == 'G';
}

bool MayBegin(ByteSpan input, uint64_t at, bool is_inner) {
  const uint8_t first = input[static_cast<size_t>(at)];
  const uint8_t second = input[static_cast<size_t>(at + 1)];
  if (first == 'P' && second >= '5' && second <= '7') {
    const uint8_t third = at + 2 < input.size() ? input[static_cast<size_t>(at + 2)] : 0;
    return third == ' ' || (third >= '\t' && third <= '\r');
  }
  if (first == 'B' && second == 'M') return true;
  if (IsPng(input, at)) return true;
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

std::optional<Picture> PictureSearch::PngAt(uint64_t begin, bool is_inner) {
  uint64_t chunks = 0;
  const std::optional<png::File> file =
      png::FindFile(input_.subspan(static_cast<size_t>(begin)), chunks);
  patience_ -= std::min(patience_, kHeaderCost + kChunkCost * chunks);
  if (!file || file->size > max_size_) return std::nullopt;
  if (is_inner && file->size < kMinInnerPngSize) return std::nullopt;
  return Picture{.begin = begin, .layout = {}, .png_size = file->size};
}

std::optional<Picture> PictureSearch::Next(uint64_t from) {
  for (uint64_t at = from; at + 1 < input_.size() && patience_ != 0; ++at) {
    const bool is_inner = at != from;
    if (!MayBegin(input_, at, is_inner)) continue;
    const bool is_png = IsPng(input_, at);
    if (auto picture = is_png ? PngAt(at, is_inner) : At(at, is_inner)) return picture;
  }
  return std::nullopt;
}

uint64_t PlanPicture(const ImageLayout& layout, uint64_t begin, uint64_t input_size,
                     uint64_t max_size, std::vector<BlockPlan>& plan) {
  ImageLayout rest = layout;
  while (true) {
    const uint64_t available = input_size - begin;
    BlockPlan block = {.offset = begin, .size = 0, .content = Content::kImage, .choice = {}};
    const ImageLayout piece = rest.Within(std::min(available, max_size));
    if (piece.width == 0) break;
    block.choice.options = ImageOptions{.layout = piece, .profile = Profile::kBinary};
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

uint64_t PlanPng(const Picture& picture, uint64_t input_size, uint64_t max_size,
                 std::vector<BlockPlan>& plan) {
  BlockPlan block = {
      .offset = picture.begin, .size = picture.png_size, .content = Content::kImage, .choice = {}};
  block.choice.options = PngOptions{.profile = Profile::kBinary};
  const uint64_t available = input_size - picture.begin;
  if (available - block.size <= kMaxTail && available <= max_size) block.size = available;
  plan.push_back(block);
  return block.offset + block.size;
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
