// Any signal as the picture that a coder of images is given.
#pragma once

#include "coder.h"

namespace lmz::bench {

struct Raster {
  uint32_t width = 0;
  uint32_t height = 0;
  int channels = 1;  // 1 gray, 3 red, green, blue
  Bytes pixels;      // width x height x channels
};

// Pixels as they are; other data as gray rows of kRowWidth, the last one filled up with zeros.
inline Raster AsRaster(const Signal& signal) {
  Raster raster;
  raster.pixels.assign(signal.bytes.begin(), signal.bytes.end());
  if (signal.kind == Signal::Kind::kPixels) {
    raster.width = signal.width;
    raster.height = signal.height;
    raster.channels = signal.channels;
  } else {
    raster.width = kRowWidth;
    raster.height = static_cast<uint32_t>((signal.bytes.size() + kRowWidth - 1) / kRowWidth);
    raster.pixels.resize(size_t{raster.width} * raster.height);
  }
  return raster;
}

// What the coders of images take: no samples of 16 bits, gray or three channels.
inline bool IsRaster(const Signal& signal) {
  return !signal.bytes.empty() && signal.bits == 8 &&
         (signal.channels == 1 || signal.channels == 3);
}

}  // namespace lmz::bench
