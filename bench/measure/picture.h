// Pixels, and any signal as the picture that a coder of images is given.
#pragma once

#include "bench/measure/coder.h"

namespace lmz::bench {

struct Picture {
  uint32_t width = 0;
  uint32_t height = 0;
  int channels = 1;  // 1 gray, 3 red, green, blue
  Bytes pixels;      // width x height x channels, rows from the top
};

// Pixels as they are; other data as gray rows of kRowWidth, the last one filled up with zeros.
inline Picture AsPicture(const Signal& signal) {
  Picture picture;
  picture.pixels.assign(signal.bytes.begin(), signal.bytes.end());
  if (signal.kind == Signal::Kind::kPixels) {
    picture.width = signal.width;
    picture.height = signal.height;
    picture.channels = signal.channels;
  } else {
    picture.width = kRowWidth;
    picture.height = static_cast<uint32_t>((signal.bytes.size() + kRowWidth - 1) / kRowWidth);
    picture.pixels.resize(size_t{picture.width} * picture.height);
  }
  return picture;
}

// What the coders of images take: no samples of 16 bits, gray or three channels.
inline bool IsPicture(const Signal& signal) {
  return !signal.bytes.empty() && signal.bits == 8 &&
         (signal.channels == 1 || signal.channels == 3);
}

}  // namespace lmz::bench
