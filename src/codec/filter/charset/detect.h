// Which encoding bytes are in, by the statistics of samples. Encoder only: a wrong guess comes back
// as well as a right one.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "codec/filter/charset/encoding.h"

namespace lmz::charset {

struct TextForm {
  Encoding encoding = Encoding::kUtf16Le;
  size_t head = 0;  // bytes before the first whole unit, less than UnitSize(encoding)
};

// None for what is no text, or text in ASCII or UTF-8, mostly. Deterministic; looks at some
// thousand bytes.
std::optional<TextForm> DetectForm(ByteSpan bytes);

// Whether ASCII is ASCII in this encoding, so that texts in both get on in one block.
bool ExtendsAscii(Encoding encoding);

}  // namespace lmz::charset
