// Coders of images: PNG and WebP lossless. JPEG XL has a file of its own.
#include <png.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <csetjmp>
#include <cstring>

#include "bench/coders/jxl_coder.h"
#include "bench/measure/coder.h"
#include "bench/measure/media.h"
#include "bench/measure/picture.h"

namespace lmz::bench {

namespace {

Status Failed(const char* what) {
  return Status(Code::kIo, std::string(what) + " failed");
}

void AppendPng(png_structp png, png_bytep data, size_t size) {
  Bytes& out = *static_cast<Bytes*>(png_get_io_ptr(png));
  out.insert(out.end(), data, data + size);
}

// libpng reports errors by longjmp, so nothing that needs a destructor lives here.
bool WritePng(png_structp png, png_infop info, const Picture& picture, int filters, Bytes& out) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, &out, AppendPng, nullptr);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, info, picture.width, picture.height, 8,
               picture.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 9);
  png_set_compression_mem_level(png, 9);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, filters);
  png_write_info(png, info);
  const size_t stride = size_t{picture.width} * static_cast<size_t>(picture.channels);
  for (uint32_t y = 0; y < picture.height; ++y) {
    png_write_row(png, picture.pixels.data() + y * stride);
  }
  png_write_end(png, info);
  return true;
}

Result<Bytes> EncodePng(const Picture& picture, int filters) {
  Bytes code;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  const bool is_written = info != nullptr && WritePng(png, info, picture, filters, code);
  png_destroy_write_struct(&png, &info);
  if (!is_written) return Failed("libpng's encoder");
  return code;
}

// Level 9. Both without a filter and with the filter of each row by libpng's rule, which suits
// pictures and harms text; the smaller file counts. With `width` gray rows of another width are
// shown to it, as the paper's code shows its patches of 64 columns in rows of 32.
class Png final : public Coder {
 public:
  explicit Png(uint32_t width = 0) : width_(width) {}
  std::string name() const override {
    return width_ == 0 ? "PNG" : "PNG, rows of " + std::to_string(width_);
  }
  std::string version() const override { return std::string("libpng ") + png_libpng_ver; }
  int revision() const override { return 2; }
  bool Takes(const Signal& signal) const override {
    const bool is_patch =
        signal.kind == Signal::Kind::kPixels && signal.width == kRowWidth && signal.channels == 1;
    return IsPicture(signal) && (width_ == 0 || is_patch);
  }
  Result<Bytes> Encode(const Signal& signal) const override {
    Picture picture = AsPicture(signal);
    if (width_ != 0 && picture.width % width_ == 0) {
      picture.height *= picture.width / width_;
      picture.width = width_;
    }
    LMZ_ASSIGN(Bytes plain, EncodePng(picture, PNG_FILTER_NONE));
    LMZ_ASSIGN(Bytes filtered, EncodePng(picture, PNG_ALL_FILTERS));
    return filtered.size() < plain.size() ? std::move(filtered) : std::move(plain);
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t /*raw_size*/) const override {
    LMZ_ASSIGN(Picture picture, DecodePng(code));
    return std::move(picture.pixels);
  }

 private:
  uint32_t width_;  // 0: the signal's own
};

// Lossless preset 9, the slowest. The format ends at 16,383 rows: higher pictures are cut into
// strips, each behind its size in four bytes.
class WebP final : public Coder {
 public:
  std::string name() const override { return "WebP lossless"; }
  std::string version() const override {
    const int v = WebPGetEncoderVersion();
    return "libwebp " + std::to_string(v >> 16) + "." + std::to_string(v >> 8 & 255) + "." +
           std::to_string(v & 255);
  }
  bool Takes(const Signal& signal) const override {
    return IsPicture(signal) && signal.width <= kMaxRows;
  }
  Result<Bytes> Encode(const Signal& signal) const override {
    const Picture picture = AsPicture(signal);
    if (picture.height <= kMaxRows) return EncodeStrip(picture, 0, picture.height);
    Bytes code;
    for (uint32_t y = 0; y < picture.height; y += kMaxRows) {
      LMZ_ASSIGN(const Bytes strip,
                 EncodeStrip(picture, y, std::min(kMaxRows, picture.height - y)));
      ByteWriter(code).U32(static_cast<uint32_t>(strip.size()));
      ByteWriter(code).Append(strip);
    }
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    Bytes rgb;
    if (code.size() > 4 && std::memcmp(code.data(), "RIFF", 4) == 0) {
      LMZ_TRY(DecodeStrip(code, rgb));
    } else {
      for (ByteReader reader(code); reader.remaining() != 0;) {
        LMZ_ASSIGN(const uint32_t size, reader.U32());
        LMZ_ASSIGN(const ByteSpan strip, reader.Take(size));
        LMZ_TRY(DecodeStrip(strip, rgb));
      }
    }
    if (raw_size > rgb.size() / 3) return rgb;
    Bytes gray(rgb.size() / 3);
    for (size_t i = 0; i < gray.size(); ++i) gray[i] = rgb[3 * i];
    return gray;
  }

 private:
  static constexpr uint32_t kMaxRows = 16352;  // whole patches of 32 rows

  static Result<Bytes> EncodeStrip(const Picture& picture, uint32_t first, uint32_t rows) {
    WebPConfig config;
    WebPPicture webp;
    if (WebPConfigInit(&config) == 0 || WebPConfigLosslessPreset(&config, 9) == 0 ||
        WebPPictureInit(&webp) == 0) {
      return Failed("WebP");
    }
    config.exact = 1;
    webp.use_argb = 1;
    webp.width = static_cast<int>(picture.width);
    webp.height = static_cast<int>(rows);
    const Bytes rgb = Rgb(picture, first, rows);
    WebPMemoryWriter writer;
    WebPMemoryWriterInit(&writer);
    webp.writer = WebPMemoryWrite;
    webp.custom_ptr = &writer;
    const bool is_coded = WebPPictureImportRGB(&webp, rgb.data(), 3 * webp.width) != 0 &&
                          WebPEncode(&config, &webp) != 0;
    Bytes code(writer.mem, writer.mem + (is_coded ? writer.size : 0));
    WebPMemoryWriterClear(&writer);
    WebPPictureFree(&webp);
    if (!is_coded) return Failed("WebP");
    return code;
  }

  static Bytes Rgb(const Picture& picture, uint32_t first, uint32_t rows) {
    const auto channels = static_cast<size_t>(picture.channels);
    const uint8_t* begin = picture.pixels.data() + size_t{first} * picture.width * channels;
    const size_t count = size_t{rows} * picture.width;
    if (channels == 3) return Bytes(begin, begin + 3 * count);
    Bytes rgb(3 * count);
    for (size_t i = 0; i < rgb.size(); ++i) rgb[i] = begin[i / 3];
    return rgb;
  }

  static Status DecodeStrip(ByteSpan strip, Bytes& rgb) {
    int width = 0, height = 0;
    uint8_t* pixels = WebPDecodeRGB(strip.data(), strip.size(), &width, &height);
    if (pixels == nullptr) return Failed("WebP's decoder");
    rgb.insert(rgb.end(), pixels,
               pixels + 3 * static_cast<size_t>(width) * static_cast<size_t>(height));
    WebPFree(pixels);
    return OkStatus();
  }
};

}  // namespace

void AddImageCoders(Coders& coders) {
  coders.push_back(std::make_unique<Png>());
  coders.push_back(std::make_unique<Png>(32));
  coders.push_back(std::make_unique<WebP>());
  coders.push_back(MakeJxlCoder());
}

}  // namespace lmz::bench
