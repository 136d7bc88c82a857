// Pictures and sounds from files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "picture.h"

namespace lmz::bench {

// A PNG file of 8 bits a channel. Errors: kIo with the reason; kInvalidArgument for a kind of
// picture that the tables have no row for.
Result<Picture> LoadPng(const std::string& path);

struct Sound {
  int rate = 0;  // Hz
  int channels = 1;
  int bits = 16;                 // 8 or 16
  std::vector<int16_t> samples;  // channels interleaved; those of 8 bits times 256
};

// A WAV or FLAC file of 8 or 16 bits a sample. Errors: as LoadPng.
Result<Sound> LoadSound(const std::string& path);

}  // namespace lmz::bench
