#include "media.h"

#include <png.h>
#include <sndfile.h>

#include "input.h"

namespace lmz::bench {

Result<Picture> LoadPng(const std::string& path) {
  LMZ_ASSIGN(const Bytes file, ReadFile(path));
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) {
    return Status(Code::kIo, image.message);
  }
  Picture picture;
  picture.width = image.width;
  picture.height = image.height;
  const auto flags = image.format;
  if ((flags & (PNG_FORMAT_FLAG_ALPHA | PNG_FORMAT_FLAG_LINEAR)) != 0) {
    png_image_free(&image);
    return Status(Code::kInvalidArgument, "it has transparency or 16 bits a channel");
  }
  picture.channels = (flags & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
  image.format = picture.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  picture.pixels.resize(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr) == 0) {
    return Status(Code::kIo, image.message);
  }
  return picture;
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

}  // namespace lmz::bench
