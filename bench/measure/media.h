// Pictures and sounds from files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "bench/measure/picture.h"

namespace lmz::bench {

// A PNG file of at most 8 bits a channel: its pixels as they are stored, whatever gamma they are
// meant for. Errors: kIo with the reason, also for kinds of pictures that the tables have no row
// for.
Result<Picture> DecodePng(ByteSpan file);
Result<Picture> LoadPng(const std::string& path);

// A PNG file with these pixels. Errors: kIo with what libpng says.
Result<Bytes> EncodePng(const Picture& picture);

struct Sound {
  int rate = 0;  // Hz
  int channels = 1;
  int bits = 16;                 // 8 or 16
  std::vector<int16_t> samples;  // channels interleaved; those of 8 bits times 256
};

// A WAV or FLAC file of 8 or 16 bits a sample. Errors: kIo with the reason; kInvalidArgument for
// other samples.
Result<Sound> LoadSound(const std::string& path);

// Writes a WAV file of 8 bits a sample, mono, at `rate` Hz. Errors: kIo.
Status WriteSound(const std::string& path, ByteSpan samples, int rate);

// The sound at another rate, by libsoxr at its highest quality, without dither. Errors: kIo.
Result<Sound> Resample(const Sound& sound, int rate);

// The library with its version, as in "libsoxr 0.1.3".
std::string ResamplerName();

}  // namespace lmz::bench
