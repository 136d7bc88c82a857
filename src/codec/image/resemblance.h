// Whether pixels are such that predicting them pays.
#pragma once

#include "base/bytes.h"
#include "codec/image/layout.h"

namespace lmz {

// Whether the pixels, all within `bytes`, look like a photograph's, or a drawing's with shades: a
// row resembles the one above it more than the same row half its length away, and most pixels
// differ from the one before. Looks at a part of them. For encoders.
bool LooksLikePixels(ByteSpan bytes, const ImageLayout& layout);

}  // namespace lmz
