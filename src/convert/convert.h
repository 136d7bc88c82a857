// From a GGUF file to a model file: exact integers throughout, so that every machine makes the same
// file.
#pragma once

#include "base/stream.h"
#include "convert/network.h"
#include "model/model_card.h"

namespace lmz::convert {

struct ConvertOptions {
  ContextOptions context;
  std::string name;     // of the card; empty: made of what the file calls the model
  std::string licence;  // an SPDX expression; empty: what the file says, or NOASSERTION
};

// Writes the model file of the model in `gguf` to `out` as it arises and returns its id. No more
// than a mebibyte or one head of a matrix is read at a time; the vocabulary is in memory. Errors,
// in one sentence each: kNotLmz when it is no GGUF file; kDamaged, kTruncated when it breaks a
// rule; kNewerVersion when it has what is not supported; kInvalidArgument for options that it does
// not allow; those of `gguf` and `out`. What `out` has is useless then. May throw std::bad_alloc.
Result<ModelId> Convert(const RandomAccess& gguf, const ConvertOptions& options, Sink& out);

}  // namespace lmz::convert
