// The section NETW of a model file: docs/spec/model.md, 2.2 and 2.4.
#pragma once

#include <variant>

#include "model/file/matrix_source.h"
#include "model/glr/weights.h"
#include "model/transformer/weights.h"

namespace lmz {

using NetworkWeights = std::variant<GlrWeights, TransformerWeights>;

// The matrices of a transformer are views of `payload`. Errors: kModelDamaged, kTruncated,
// kNewerVersion for an architecture that this version does not know.
Result<NetworkWeights> ReadNetwork(ByteSpan payload);

// The size of the section. Errors: kInvalidArgument when the shape is out of range or the layers
// are not as many as it says.
Result<uint64_t> NetworkSize(const GlrWeights& weights);
Result<uint64_t> NetworkSize(const TransformerWeights& weights);

// Writes the section's data to `out`. Errors: kInvalidArgument when a number breaks a rule; those
// of `out` and `matrices`. NetworkSize must have succeeded. With `matrices`, matrices come from
// there and those of `weights` may be empty.
Status WriteNetwork(const GlrWeights& weights, Sink& out);
Status WriteNetwork(const TransformerWeights& weights, MatrixSource* matrices, Sink& out);

}  // namespace lmz
