// The first cut of a text into words, whose edges no token crosses: the regular expressions of the
// tokenisers that models were trained with, by hand.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "model/token/vocabulary.h"

namespace lmz {

// No word is longer, so that joining takes linear time; what would be is cut. In bytes.
inline constexpr size_t kMaxWordSize = 1024;

// Where the word ends that begins at text[begin], begin < text.size(). A word has at least one
// byte and cuts no character. `rules` is not kNone.
size_t WordEnd(ByteSpan text, size_t begin, SegmenterRules::Words rules);

}  // namespace lmz
