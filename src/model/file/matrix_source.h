// Where a writer of model files gets matrices that are too large to be in memory together.
#pragma once

#include "base/stream.h"
#include "model/transformer/weights.h"

namespace lmz {

class MatrixSource {
 public:
  virtual ~MatrixSource() = default;

  // Planes, exponent and row scales of the matrix that belongs in `place`, a member of the weights
  // that are being written; no weights. Called once for each, in the order of the file.
  virtual Result<ScaledMatrix> Scales(const ScaledMatrix& place, size_t rows, size_t columns) = 0;

  // Writes its rows * columns weights to `out`, a byte each, -127 .. 127. Called after Scales.
  virtual Status WriteWeights(const ScaledMatrix& place, Sink& out) = 0;
};

}  // namespace lmz
