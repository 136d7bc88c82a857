// The network of a GGUF file: its shape, its small tensors, and where its matrices come from.
#pragma once

#include "convert/gguf.h"
#include "convert/matrices.h"

namespace lmz::convert {

// What the user decides.
inline constexpr int64_t kMinContext = 16, kMaxContext = 4096;  // tokens

struct ContextOptions {
  int64_t context = 0;  // tokens that a lane remembers; 0: 1024, or what the model was made for
  int64_t drop = 0;     // how many it forgets at once; 0: an eighth of them
};

// The shape of the model that `gguf` has. Errors: kNewerVersion for an architecture or feature that
// is not supported, kDamaged for keys that are missing or impossible, kInvalidArgument for options
// that the model does not allow; all in one sentence.
Result<TransformerShape> ReadShape(const Gguf& gguf, const ContextOptions& options);

// Sets `weights`, which stays where it is, to all but the matrices, which `matrices` learns of.
// Each tensor of the file must be used: one that is not would change what the model computes.
// Errors: as ReadShape; those of the file.
Status ReadWeights(const RandomAccess& file, const Gguf& gguf, const TransformerShape& shape,
                   TransformerWeights& weights, GgufMatrices& matrices);

}  // namespace lmz::convert
