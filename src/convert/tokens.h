// The vocabulary of a GGUF file.
#pragma once

#include "convert/gguf.h"
#include "model/token/vocabulary.h"

namespace lmz::convert {

// The tokens of `gguf` that stand for text, sorted; bytes that none stands for get virtual ones.
// `rows` is how many rows the embedding has. Errors: kNewerVersion for a kind of vocabulary that is
// not supported; kDamaged for one that is impossible.
Result<Vocabulary> ReadVocabulary(const Gguf& gguf, uint32_t rows);

}  // namespace lmz::convert
