#include "tests/reference/media/png_decoder.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/reference/input.h"
#include "tests/reference/inside/deflate_decoder.h"
#include "tests/reference/media/image_decoder.h"
#include "tests/reference/text/sums.h"

namespace lmz::reference {

namespace {

void Append(Bytes& to, const Bytes& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

Bytes MostSignificantFirst(uint64_t number) {
  Bytes bytes;
  for (int i = 3; i >= 0; --i) bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
  return bytes;
}

// 3. Of pixels in columns x, x + dx, ... of rows y, y + dy, ...
struct SmallImage {
  uint64_t x, y, dx, dy, rows, columns;
};

// 2.
struct Fields {
  uint64_t flags, row_size = 0, pixel_size = 0, data_size = 0;
  Bytes zlib_header;
  DeflateSettings settings;
  uint64_t height = 0;  // of an interlaced image
  uint64_t around_size, head_size, head_chunks, tail_chunks, extra_size, idat_size;

  bool IsBare() const { return (flags & 4) != 0; }
  bool IsInterlaced() const { return (flags & 8) != 0; }
  // The images that D consists of.
  std::vector<SmallImage> Images() const {
    if (row_size == 0) return {};
    if (!IsInterlaced()) return {{0, 0, 1, 1, data_size / (row_size + 1), row_size / pixel_size}};
    std::vector<SmallImage> images;
    const uint64_t width = row_size / pixel_size;
    for (const auto& [x, y, dx, dy] : std::vector<std::array<uint64_t, 4>>{{0, 0, 8, 8},
                                                                           {4, 0, 8, 8},
                                                                           {0, 4, 4, 8},
                                                                           {2, 0, 4, 4},
                                                                           {0, 2, 2, 4},
                                                                           {1, 0, 2, 2},
                                                                           {0, 1, 1, 2}}) {
      if (width > x && height > y) {
        images.push_back({x, y, dx, dy, 1 + (height - y - 1) / dy, 1 + (width - x - 1) / dx});
      }
    }
    return images;
  }
  uint64_t Rows() const {
    uint64_t rows = 0;
    for (const SmallImage& image : Images()) rows += image.rows;
    return rows;
  }
  uint64_t PixelBytes() const { return IsInterlaced() ? height * row_size : Rows() * row_size; }
  uint64_t Unpacked() const { return around_size + data_size - Rows(); }
};

uint64_t Size(Input& input) {
  const uint64_t size = input.Varint();
  Require(size <= uint64_t{1} << 28, "a size above 2^28");
  return size;
}

Fields ReadFields(Input& input, uint64_t n) {
  Fields f;
  f.flags = input.Number(1);
  if (!f.IsBare()) f.zlib_header = input.Take(2);
  const auto search = static_cast<int64_t>(input.Number(1));
  const auto sizes = static_cast<int64_t>(input.Number(1));
  f.settings = {search % 16, search / 16 % 2, search / 32 % 2, sizes % 16, sizes / 16};
  f.data_size = Size(input);
  f.row_size = Size(input);
  if (f.row_size != 0) f.pixel_size = input.Number(1);
  if (f.IsInterlaced()) f.height = Size(input);
  f.around_size = Size(input);
  f.head_size = Size(input);
  f.head_chunks = Size(input);
  f.tail_chunks = Size(input);
  f.extra_size = Size(input);
  f.idat_size = Size(input);
  Require(f.flags <= 15 && search < 64, "unknown bits");
  Require(!f.IsBare() || f.flags % 2 == 1, "no Adler-32, but a wrong one");
  Require(!f.IsInterlaced() || (f.row_size != 0 && f.height != 0), "Height");
  Require(f.settings.search <= 10, "Search");
  Require(f.settings.window_bits >= 9 && f.settings.window_bits <= 15, "Window_Bits");
  Require(f.settings.memory_level >= 1 && f.settings.memory_level <= 10, "Memory_Level");
  Require(f.data_size >= 1, "Data_Size");
  if (f.row_size != 0) {
    Require(f.pixel_size >= 1 && f.pixel_size <= 8, "Pixel_Size");
    Require(f.data_size > f.row_size, "Row_Size");
    Require(!f.IsInterlaced() || f.row_size % f.pixel_size == 0, "a part of a pixel");
    Require(f.Rows() + f.PixelBytes() <= f.data_size, "rows that are not there");
  }
  Require(f.head_size + f.extra_size + f.Rows() <= f.around_size, "Around_Size");
  Require(f.Unpacked() <= std::min(uint64_t{1} << 28, 4096 + 64 * n), "U");
  return f;
}

// 3.
int Expected(int type, int a, int b, int c) {
  switch (type) {
    case 0:
      return 0;
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return (a + b) / 2;
    case 4: {
      int nearest = a;
      for (const int candidate : {b, c}) {
        if (std::abs(candidate - (a + b - c)) < std::abs(nearest - (a + b - c))) {
          nearest = candidate;
        }
      }
      return nearest;
    }
    default:
      throw Damage("a filter type");
  }
}

Bytes DataOf(const Fields& f, const Bytes& types, const Bytes& lines) {
  if (f.row_size == 0) return lines;
  Bytes data;
  size_t row_of_all = 0;
  const uint64_t size = f.pixel_size;
  for (const SmallImage& image : f.Images()) {
    // Of a row that is no whole number of pixels, there is but one image.
    const uint64_t row_size = f.IsInterlaced() ? image.columns * size : f.row_size;
    const auto at = [&](uint64_t i, uint64_t back, uint64_t y, uint64_t up) {
      if (i < back || y < up) return 0;
      const uint64_t place = i - back;
      const uint64_t line = (image.y + (y - up) * image.dy) * f.row_size;
      const uint64_t column = (image.x + place / size * image.dx) * size + place % size;
      return int{lines[static_cast<size_t>(line + column)]};
    };
    for (uint64_t y = 0; y < image.rows; ++y) {
      const int type = types[row_of_all++];
      data.push_back(static_cast<uint8_t>(type));
      for (uint64_t i = 0; i < row_size; ++i) {
        const int expected = Expected(type, at(i, size, y, 0), at(i, 0, y, 1), at(i, size, y, 1));
        data.push_back(static_cast<uint8_t>(at(i, 0, y, 0) - expected));
      }
    }
  }
  data.insert(data.end(), lines.begin() + static_cast<int64_t>(f.PixelBytes()), lines.end());
  return data;
}

// 4: a part's chunks, each with its CRC.
void AppendChunks(Input& part, uint64_t chunks, Bytes& block) {
  for (; chunks > 0; --chunks) {
    const Bytes size_bytes = part.Take(4);
    uint64_t size = 0;
    for (const uint8_t byte : size_bytes) size = 256 * size + byte;
    const Bytes checked = part.Take(4 + size);
    Append(block, size_bytes);
    Append(block, checked);
    Append(block, MostSignificantFirst(Crc32(checked)));
  }
  Append(block, part.Take(part.Left()));
}

std::vector<uint64_t> IdatSizes(const Fields& f, uint64_t size, Input& around) {
  std::vector<uint64_t> sizes;
  if (f.idat_size != 0) {
    for (; size > 0; size -= sizes.back()) sizes.push_back(std::min(size, f.idat_size));
    return sizes;
  }
  for (uint64_t count = around.Varint(); count > 0; --count) {
    sizes.push_back(around.Varint());
    Require(sizes.back() <= size, "Idat_Sizes");
    size -= sizes.back();
  }
  Require(size == 0, "Idat_Sizes");
  return sizes;
}

Bytes MakeBlock(const Fields& f, const Bytes& unpacked, const Bytes& data, const Bytes& deflated) {
  const auto begin = unpacked.begin();
  const Bytes all(begin, begin + static_cast<int64_t>(f.around_size - f.Rows()));
  Input around(all);
  const Bytes head_bytes = around.Take(f.head_size);
  Input head(head_bytes);
  const uint64_t size = deflated.size() + (f.IsBare() ? 0 : 6) + f.extra_size;
  const std::vector<uint64_t> sizes = IdatSizes(f, size, around);
  const Bytes crcs = around.Take((f.flags & 2) != 0 ? 0 : 4 * sizes.size());
  Bytes adler = f.IsBare() ? Bytes() : MostSignificantFirst(Adler32(data));
  if ((f.flags & 1) == 0) adler = around.Take(4);
  Bytes z = f.zlib_header;
  Append(z, deflated);
  Append(z, adler);
  Append(z, around.Take(f.extra_size));

  Bytes block = head.Take(8);
  AppendChunks(head, f.head_chunks, block);
  Input pieces(z);
  Input crc_list(crcs);
  for (const uint64_t piece : sizes) {
    Bytes checked = {'I', 'D', 'A', 'T'};
    Append(checked, pieces.Take(piece));
    Append(block, MostSignificantFirst(piece));
    Append(block, checked);
    Append(block, (f.flags & 2) != 0 ? MostSignificantFirst(Crc32(checked)) : crc_list.Take(4));
  }
  const Bytes tail_bytes = around.Take(around.Left());
  Input tail(tail_bytes);
  AppendChunks(tail, f.tail_chunks, block);
  return block;
}

}  // namespace

Decoded DecodePngCodec(const Bytes& payload, uint64_t size) {
  Input input(payload);
  const uint64_t kind = input.Number(1);
  Require(kind <= 1, "newer version: Kind");
  if (kind == 0) {
    Require(size <= 45500 * (input.Left() + 8), "more than the payload of bytes can stand for");
    return DecodeBytesCodec(input.Take(input.Left()), size);
  }
  const Fields f = ReadFields(input, size);
  const uint64_t code_size = input.Varint();
  const Bytes code = input.Take(code_size);
  Require(f.Unpacked() <= 728000 * (input.Left() + 8), "more than Pixels can stand for");
  const Decoded pixels = DecodeImageCodec(input.Take(input.Left()), f.Unpacked());
  const auto lines = pixels.raw.begin() + static_cast<int64_t>(f.around_size);
  const Bytes types(lines - static_cast<int64_t>(f.Rows()), lines);
  const Bytes data = DataOf(f, types, Bytes(lines, pixels.raw.end()));
  const Decoded deflated = DecodeDeflate(code, f.settings, data, size);
  Decoded block = {MakeBlock(f, pixels.raw, data, deflated.raw),
                   pixels.fingerprint ^ deflated.fingerprint};
  Require(block.raw.size() == size, "another size than the block's");
  return block;
}

}  // namespace lmz::reference
