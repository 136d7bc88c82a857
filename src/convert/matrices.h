// The matrices of a GGUF file as those of a model file: 8 bits with a scale for each row. Rows are
// read, rounded and written a few at a time.
#pragma once

#include <map>
#include <string>

#include "convert/gguf.h"
#include "model/model_file.h"

namespace lmz::convert {

// Where a matrix comes from.
struct MatrixOrigin {
  const GgufTensor* tensor = nullptr;
  uint8_t planes = 2;
  // Not 0: within each so many rows, pairs of neighbours become pairs of the halves.
  uint32_t neighbours = 0;
  // The matrix becomes 2^gain times as large.
  int gain = 0;
};

// Each row is rounded to multiples of its scale, the least of those that a matrix's exponent allows
// by which 127 steps reach the row's largest magnitude; ties go away from zero.
class GgufMatrices final : public MatrixSource {
 public:
  // `file` outlives the object, and so do the places given to Add and their tensors.
  explicit GgufMatrices(const RandomAccess& file) : file_(file) {}

  // The matrix that belongs in `place`.
  void Add(const ScaledMatrix& place, const MatrixOrigin& origin) { origins_[&place] = origin; }
  void SetGain(const ScaledMatrix& place, int gain) { origins_.at(&place).gain = gain; }

  // Errors: kDamaged, with the tensor's name, for another size and for numbers that are not finite
  // or too large; those of the file.
  Result<ScaledMatrix> Scales(const ScaledMatrix& place, size_t rows, size_t columns) override;
  Status WriteWeights(const ScaledMatrix& place, Sink& out) override;

 private:
  const RandomAccess& file_;
  std::map<const ScaledMatrix*, MatrixOrigin> origins_;
  std::vector<int16_t> row_scale_;  // of the last matrix, without its gain
  int exponent_ = 0;
};

// All numbers of a tensor of one row. Errors: kDamaged when it has another size or a number that is
// not finite; those of the file.
Result<NumberRow> ReadRow(const RandomAccess& file, const GgufTensor& tensor, size_t size);

}  // namespace lmz::convert
