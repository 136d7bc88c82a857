#include "codec/image/resemblance.h"

#include <algorithm>
#include <cstdlib>

namespace lmz {

namespace {

constexpr size_t kSampledRows = 32;
constexpr size_t kSampledColumns = 512;

}  // namespace

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

}  // namespace lmz
