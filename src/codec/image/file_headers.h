// The headers of image files: one reader for each family of formats, for FindImage (layout.h).
// Encoder only. All read only headers; what they return may be no valid layout, and without a width
// it is none.
#pragma once

#include "base/bytes.h"
#include "codec/image/layout.h"

namespace lmz::image {

// Of a file that begins with "P5" or "P6".
ImageLayout ReadPnm(ByteSpan bytes);

// Of a file that begins with "P7".
ImageLayout ReadPam(ByteSpan bytes);

// Of a file that begins with "BM".
ImageLayout ReadBmp(ByteSpan bytes);

// Whether `bytes`, at least one, may be the beginning of a TGA file without a palette and without
// compression. The format has no signature: amid other bytes more of its header must be as most
// programs write it.
bool MayBeTga(ByteSpan bytes, bool is_inner);
ImageLayout ReadTga(ByteSpan bytes);

// Of a file that begins with "II*" and a zero, or with "MM", a zero and "*".
ImageLayout ReadTiff(ByteSpan bytes);

}  // namespace lmz::image
