// A document of what is left behind the filter `repeat`, as the bytes that the filter was given.
#pragma once

#include "stream/explain/explanation.h"

namespace lmz {

// `raw` is the block. What a copy's command took counts to its first byte, and the numbers in front
// of all commands to the first byte of all. False, and nothing is done, where the document does not
// have all bytes.
bool PutCopiesBack(ByteSpan raw, ExplainedDocument& document);

}  // namespace lmz
