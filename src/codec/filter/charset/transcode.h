// The steps of the charset filter: bytes of one encoding to UTF-8 and back.
#pragma once

#include "base/bytes.h"
#include "codec/filter/charset/encoding.h"
#include "codec/watch.h"

namespace lmz::charset {

// Whether there is an encoding of this number.
bool IsKnown(Encoding encoding);

// Appends to `out`, in UTF-8, what `raw` stands for: whole units of `encoding`, any bytes. Fewer
// once the watch is stopped. At most three times as many bytes come out.
void ToUtf8(Encoding encoding, ByteSpan raw, const Watch& watch, Bytes& out);

// The way back: appends to `raw` until it has at most max_size bytes in all. Errors: kDamaged for a
// text that ToUtf8 cannot have made or that stands for more; kCancelled.
Status FromUtf8(Encoding encoding, ByteSpan text, uint64_t max_size, const Watch& watch,
                Bytes& raw);

}  // namespace lmz::charset
