// The sums that files keep of what a deflate stream stands for.
#pragma once

#include "base/bytes.h"

namespace lmz::deflate {

// CRC-32 as gzip, zip and PNG have it.
uint32_t Crc32(ByteSpan bytes);

// Adler-32, as at the end of a zlib stream.
uint32_t Adler32(ByteSpan bytes);

}  // namespace lmz::deflate
