#include "codec/png/scanlines.h"

#include <algorithm>
#include <cstdlib>

#include "codec/png/adam7.h"

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

// `count` rows of `row_size` bytes one after the other, which are an image of their own.
bool UnfilterRows(uint64_t row_size, uint32_t pixel_size, uint64_t count, const uint8_t* in,
                  Bytes& types, uint8_t* out, const Watch& watch) {
  for (uint64_t y = 0; y < count; ++y) {
    const uint8_t type = *in++;
    if (type >= kTypes || !watch.Pass(row_size)) return false;
    types.push_back(type);
    const Row row = {out, y == 0 ? nullptr : out - row_size, pixel_size};
    for (uint64_t i = 0; i < row_size; ++i) {
      out[i] = static_cast<uint8_t>(in[i] + row.Expected(type, i));
    }
    out += row_size;
    in += row_size;
  }
  return true;
}

bool FilterRows(uint64_t row_size, uint32_t pixel_size, ByteSpan types, const uint8_t* in,
                Bytes& data, const Watch& watch) {
  for (size_t y = 0; y < types.size(); ++y) {
    if (types[y] >= kTypes || !watch.Pass(row_size)) return false;
    data.push_back(types[y]);
    const Row row = {in, y == 0 ? nullptr : in - row_size, pixel_size};
    for (uint64_t i = 0; i < row_size; ++i) {
      data.push_back(static_cast<uint8_t>(in[i] - row.Expected(types[y], i)));
    }
    in += row_size;
  }
  return true;
}

// Calls visit(pass, its rows, bytes of each) for the seven small images that are not empty, in
// order. False as soon as a visit is.
template <class Visit>
bool ForEachPass(const Scanlines& lines, Visit visit) {
  const uint64_t width = lines.row_size / lines.pixel_size;
  for (const Adam7Pass& pass : kAdam7) {
    const uint64_t columns = pass.Columns(width);
    const uint64_t rows = columns == 0 ? 0 : pass.Rows(lines.interlaced_height);
    if (rows != 0 && !visit(pass, rows, columns * lines.pixel_size)) return false;
  }
  return true;
}

// Calls visit(a pixel of the small image, its place in the image) for all pixels of a pass.
template <class Small, class Image, class Visit>
void ForEachPixel(const Scanlines& lines, const Adam7Pass& pass, uint64_t rows, uint64_t row_size,
                  Small* small, Image* image, Visit visit) {
  const uint64_t step = uint64_t{pass.column_step} * lines.pixel_size;
  for (uint64_t y = 0; y < rows; ++y) {
    Image* at = image + (pass.row + y * pass.row_step) * lines.row_size +
                uint64_t{pass.column} * lines.pixel_size;
    for (uint64_t i = 0; i < row_size; i += lines.pixel_size, at += step) visit(small + i, at);
    small += row_size;
  }
}

bool UnfilterPasses(const Scanlines& lines, const uint8_t* in, Bytes& types, uint8_t* out,
                    const Watch& watch) {
  Bytes small;
  return ForEachPass(lines, [&](const Adam7Pass& pass, uint64_t rows, uint64_t row_size) {
    small.resize(static_cast<size_t>(rows * row_size));
    if (!UnfilterRows(row_size, lines.pixel_size, rows, in, types, small.data(), watch)) {
      return false;
    }
    in += rows * (row_size + 1);
    ForEachPixel(
        lines, pass, rows, row_size, small.data(), out,
        [&](const uint8_t* from, uint8_t* to) { std::copy_n(from, lines.pixel_size, to); });
    return true;
  });
}

bool FilterPasses(const Scanlines& lines, ByteSpan types, const uint8_t* in, Bytes& data,
                  const Watch& watch) {
  Bytes small;
  return ForEachPass(lines, [&](const Adam7Pass& pass, uint64_t rows, uint64_t row_size) {
    small.resize(static_cast<size_t>(rows * row_size));
    ForEachPixel(
        lines, pass, rows, row_size, small.data(), in,
        [&](uint8_t* to, const uint8_t* from) { std::copy_n(from, lines.pixel_size, to); });
    const ByteSpan of_pass = types.first(static_cast<size_t>(rows));
    types = types.subspan(of_pass.size());
    return FilterRows(row_size, lines.pixel_size, of_pass, small.data(), data, watch);
  });
}

}  // namespace

uint64_t Scanlines::Types(uint64_t data_size) const {
  if (!is_interlaced()) return Height(data_size);
  uint64_t types = 0;
  ForEachPass(*this, [&](const Adam7Pass&, uint64_t rows, uint64_t) {
    types += rows;
    return true;
  });
  return types;
}

bool Scanlines::Fits(uint64_t data_size) const {
  if (row_size == 0 || data_size <= row_size) return false;
  if (!is_interlaced()) return true;
  return row_size % pixel_size == 0 && Types(data_size) + PixelsSize(data_size) <= data_size;
}

bool Unfilter(const Scanlines& lines, ByteSpan data, Bytes& types, Bytes& pixels,
              const Watch& watch) {
  const auto size = static_cast<size_t>(lines.PixelsSize(data.size()));
  const auto rest = static_cast<size_t>(lines.Types(data.size()) + size);
  const size_t begin = pixels.size();
  pixels.resize(begin + size);
  uint8_t* const out = pixels.data() + begin;
  const bool is_done = lines.is_interlaced() ? UnfilterPasses(lines, data.data(), types, out, watch)
                                             : UnfilterRows(lines.row_size, lines.pixel_size,
                                                            lines.Height(data.size()), data.data(),
                                                            types, out, watch);
  if (!is_done) return false;
  pixels.insert(pixels.end(), data.begin() + static_cast<ptrdiff_t>(rest), data.end());
  return true;
}

bool Filter(const Scanlines& lines, ByteSpan types, ByteSpan pixels, Bytes& data,
            const Watch& watch) {
  const auto size = static_cast<size_t>(lines.PixelsSize(types.size() + pixels.size()));
  const bool is_done =
      lines.is_interlaced()
          ? FilterPasses(lines, types, pixels.data(), data, watch)
          : FilterRows(lines.row_size, lines.pixel_size, types, pixels.data(), data, watch);
  if (!is_done) return false;
  const ByteSpan rest = pixels.subspan(size);
  data.insert(data.end(), rest.begin(), rest.end());
  return true;
}

}  // namespace lmz::png
