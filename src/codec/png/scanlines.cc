#include "codec/png/scanlines.h"

#include <cstdlib>

namespace lmz::png {

namespace {

constexpr uint8_t kTypes = 5;

// Of the three neighbours the one nearest to left + above - corner.
int Paeth(int left, int above, int corner) {
  const int to_left = std::abs(above - corner);
  const int to_above = std::abs(left - corner);
  const int to_corner = std::abs(left + above - 2 * corner);
  if (to_left <= to_above && to_left <= to_corner) return left;
  return to_above <= to_corner ? above : corner;
}

// A row of pixels with the one above it; outside of the image all is 0.
struct Row {
  const uint8_t* pixels;
  const uint8_t* above;  // null for the first row
  uint32_t pixel_size;

  int Expected(uint8_t type, uint64_t i) const {
    const bool has_left = i >= pixel_size;
    const int left = has_left ? pixels[i - pixel_size] : 0;
    const int up = above != nullptr ? above[i] : 0;
    const int corner = has_left && above != nullptr ? above[i - pixel_size] : 0;
    switch (type) {
      case 1:
        return left;
      case 2:
        return up;
      case 3:
        return (left + up) / 2;
      case 4:
        return Paeth(left, up, corner);
      default:
        return 0;
    }
  }
};

}  // namespace

bool Unfilter(const Scanlines& lines, ByteSpan data, Bytes& types, Bytes& pixels,
              const Watch& watch) {
  const uint64_t rows = lines.Rows(data.size());
  const size_t begin = pixels.size();
  pixels.resize(begin + static_cast<size_t>(rows * lines.row_size));
  uint8_t* out = pixels.data() + begin;
  const uint8_t* in = data.data();
  for (uint64_t y = 0; y < rows; ++y) {
    const uint8_t type = *in++;
    if (type >= kTypes || !watch.Pass(lines.row_size)) return false;
    types.push_back(type);
    const Row row = {out, y == 0 ? nullptr : out - lines.row_size, lines.pixel_size};
    for (uint64_t i = 0; i < lines.row_size; ++i) {
      out[i] = static_cast<uint8_t>(in[i] + row.Expected(type, i));
    }
    out += lines.row_size;
    in += lines.row_size;
  }
  return true;
}

bool Filter(const Scanlines& lines, ByteSpan types, ByteSpan pixels, Bytes& data,
            const Watch& watch) {
  const uint8_t* in = pixels.data();
  for (size_t y = 0; y < types.size(); ++y) {
    if (types[y] >= kTypes || !watch.Pass(lines.row_size)) return false;
    data.push_back(types[y]);
    const Row row = {in, y == 0 ? nullptr : in - lines.row_size, lines.pixel_size};
    for (uint64_t i = 0; i < lines.row_size; ++i) {
      data.push_back(static_cast<uint8_t>(in[i] - row.Expected(types[y], i)));
    }
    in += lines.row_size;
  }
  return true;
}

}  // namespace lmz::png
