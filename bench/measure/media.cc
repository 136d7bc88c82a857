#include "bench/measure/media.h"

#include <png.h>
#include <sndfile.h>
#include <soxr.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "bench/measure/input.h"

namespace lmz::bench {

namespace {

// No signal of the tables is larger.
constexpr uint64_t kMaxPixelBytes = uint64_t{1} << 31;

struct PngInput {
  ByteSpan rest;
  char message[128] = "it is damaged";
};

void Take(png_structp png, png_bytep data, size_t size) {
  auto* input = static_cast<PngInput*>(png_get_io_ptr(png));
  if (size > input->rest.size()) png_error(png, "it is too short");
  std::memcpy(data, input->rest.data(), size);
  input->rest = input->rest.subspan(size);
}

[[noreturn]] void Fail(png_structp png, png_const_charp message) {
  auto* input = static_cast<PngInput*>(png_get_error_ptr(png));
  std::snprintf(input->message, sizeof input->message, "%s", message);
  png_longjmp(png, 1);
}

void Ignore(png_structp, png_const_charp) {}

// libpng's high-level readers would convert by the gamma that a file names; the pixels are wanted
// as they are stored. libpng reports errors by longjmp, so nothing that needs a destructor lives
// here.
bool ReadPng(png_structp png, png_infop info, PngInput& input, Picture& picture) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &input, Take);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(png, info);
  const int color = png_get_color_type(png, info);
  if ((color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0 ||
      png_get_bit_depth(png, info) == 16) {
    png_error(png, "it has transparency or 16 bits a channel");
  }
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  picture.width = png_get_image_width(png, info);
  picture.height = png_get_image_height(png, info);
  picture.channels = png_get_channels(png, info);
  const size_t stride = png_get_rowbytes(png, info);
  if (uint64_t{stride} * picture.height > kMaxPixelBytes) png_error(png, "it is too large");
  picture.pixels.resize(stride * picture.height);
  for (int pass = 0; pass < passes; ++pass) {
    for (uint32_t y = 0; y < picture.height; ++y) {
      png_read_row(png, picture.pixels.data() + y * stride, nullptr);
    }
  }
  png_read_end(png, nullptr);
  return true;
}

}  // namespace

Result<Picture> DecodePng(ByteSpan file) {
  Picture picture;
  PngInput input{file};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &input, Fail, Ignore);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  const bool is_read = info != nullptr && ReadPng(png, info, input, picture);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!is_read) return Status(Code::kIo, input.message);
  return picture;
}

Result<Picture> LoadPng(const std::string& path) {
  LMZ_ASSIGN(const Bytes file, ReadFile(path));
  return DecodePng(file);
}

Result<Bytes> EncodePng(const Picture& picture) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = picture.width;
  image.height = picture.height;
  image.format = picture.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  Bytes file(size);
  if (png_image_write_to_memory(&image, file.data(), &size, 0, picture.pixels.data(), 0, nullptr) ==
      0) {
    return Status(Code::kIo, std::string("libpng: ") + image.message);
  }
  file.resize(size);
  return file;
}

Result<Sound> LoadSound(const std::string& path) {
  SF_INFO info = {};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  if (file == nullptr) return Status(Code::kIo, sf_strerror(nullptr));
  const int kind = info.format & SF_FORMAT_SUBMASK;
  const bool is_byte = kind == SF_FORMAT_PCM_U8 || kind == SF_FORMAT_PCM_S8;
  Sound sound;
  sound.rate = info.samplerate;
  sound.channels = info.channels;
  sound.bits = is_byte ? 8 : 16;
  Status status;
  if (!is_byte && kind != SF_FORMAT_PCM_16) {
    status = Status(Code::kInvalidArgument, "its samples are not of 8 or 16 bits");
  } else {
    sound.samples.resize(static_cast<size_t>(info.frames) * static_cast<size_t>(info.channels));
    if (sf_readf_short(file, sound.samples.data(), info.frames) != info.frames) {
      status = Status(Code::kIo, "it ends too early");
    }
  }
  sf_close(file);
  if (!status.ok()) return status;
  return sound;
}

Status WriteSound(const std::string& path, ByteSpan samples, int rate) {
  SF_INFO info = {};
  info.samplerate = rate;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_U8;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return Status(Code::kIo, path + ": " + sf_strerror(nullptr));
  const auto size = static_cast<sf_count_t>(samples.size());
  const bool is_written = sf_write_raw(file, samples.data(), size) == size;
  const bool is_closed = sf_close(file) == 0;
  return is_written && is_closed ? OkStatus() : Status(Code::kIo, path + ": cannot be written");
}

Result<Sound> Resample(const Sound& sound, int rate) {
  const auto channels = static_cast<size_t>(sound.channels);
  const size_t frames = sound.samples.size() / channels;
  const double ratio = static_cast<double>(rate) / static_cast<double>(sound.rate);
  Sound out = sound;
  out.rate = rate;
  out.samples.resize((static_cast<size_t>(static_cast<double>(frames) * ratio) + 1) * channels);
  soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
  io.flags = SOXR_NO_DITHER;  // random noise is no part of the data
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
  size_t done = 0;
  const soxr_error_t error = soxr_oneshot(
      sound.rate, rate, static_cast<unsigned>(channels), sound.samples.data(), frames, nullptr,
      out.samples.data(), out.samples.size() / channels, &done, &io, &quality, nullptr);
  if (error != nullptr) return Status(Code::kIo, std::string("libsoxr: ") + error);
  out.samples.resize(done * channels);
  return out;
}

std::string ResamplerName() {
  std::string name = soxr_version();  // "libsoxr-0.1.3"
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

}  // namespace lmz::bench
