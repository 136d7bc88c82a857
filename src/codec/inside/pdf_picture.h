// Pictures in PDF files, which are pixels without a header: what the dictionary in front of a
// stream says of them.
#pragma once

#include "base/bytes.h"
#include "codec/image/layout.h"

namespace lmz::inside {

// Of `data_size` bytes of pixels in the stream behind `before`. Without a width when the dictionary
// tells nothing that fits. Takes a bounded time.
ImageLayout PdfPicture(ByteSpan before, uint64_t data_size);

}  // namespace lmz::inside
