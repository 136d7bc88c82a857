#include "model/transformer/products.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/transformer/kernels/wide.h"

namespace lmz {

namespace {

PlaneRows& PlanesOf(StepMemory& memory, int planes) {
  return memory.planes[static_cast<size_t>(planes - 1)];
}

// Spec 6.4: X.
int ProductExponent(const PiecedMatrix& matrix, const PlaneRows& input, int row) {
  const int of_input = input.exponent[static_cast<size_t>(row)];
  return matrix.scale_exponent + of_input - (matrix.planes == 1 ? 15 : matrix.low_shift);
}

// One piece of a matrix for the rows first .. first + count - 1.
void MultiplyPiece(const BoundTransformer& network, const Product& product,
                   const PiecedMatrix::Piece& piece, const PlaneRows& input, int first, int count,
                   int32_t* sums) {
  const PiecedMatrix& matrix = *product.matrix;
  const int planes = matrix.planes;
  piece.storage.Multiply(input.bytes[first * planes], input.bytes.stride(), count * planes, sums,
                         kPieceRows);
  for (int i = 0; i < count; ++i) {
    const int row = first + i;
    const int exponent = ProductExponent(matrix, input, row);
    const int32_t* const high = sums + ptrdiff_t{i} * planes * kPieceRows;
    const bool is_free = product.kind == Product::Kind::kFree;
    const PlaneSums scaled = {high,
                              planes == 2 ? high + kPieceRows : nullptr,
                              matrix.row_scale.data() + piece.first,
                              matrix.low_shift,
                              input.mantissa[static_cast<size_t>(row)],
                              is_free ? 16 : std::clamp(exponent - product.fraction, 0, 47)};
    int32_t* const out = product.out + row / product.positions * product.lane_stride +
                         row % product.positions * product.stride + piece.first;
    const int size = std::min(piece.rows, product.size - piece.first);
    (product.kind == Product::Kind::kAdd ? network.kernels->add : network.kernels->scale)(
        scaled, size, out);
  }
}

}  // namespace

int FreeFraction(const PiecedMatrix& matrix, const StepMemory& memory, int row) {
  const PlaneRows& input = memory.planes[static_cast<size_t>(matrix.planes - 1)];
  return ProductExponent(matrix, input, row) - 16;
}

void QuantizeRow(const BoundTransformer& network, StepMemory& memory, int row, const int32_t* x,
                 int size, int fraction, std::span<const PiecedMatrix* const> matrices) {
  const uint8_t flip = network.matrix_kernels->flip;
  const auto at = static_cast<size_t>(row);
  const auto some_want = [&](int planes) {
    return std::ranges::any_of(matrices, [=](auto* m) { return m->planes == planes; });
  };
  if (some_want(1)) {
    PlaneRows& to = PlanesOf(memory, 1);
    const PlaneScale scale = network.kernels->quantize(x, size, flip, to.bytes[row]);
    to.mantissa[at] = static_cast<int16_t>(((1 << 21) + scale.factor / 2) / scale.factor);
    to.exponent[at] = 6 + scale.shift + fraction;
  }
  if (some_want(2)) {
    PlaneRows& to = PlanesOf(memory, 2);
    const int shift =
        network.kernels->quantize_two(x, size, flip, to.bytes[2 * row], to.bytes[2 * row + 1]);
    to.exponent[at] = shift + fraction;
  }
}

void Multiply(const BoundTransformer& network, StepMemory& memory, ThreadTeam& team, int rows,
              std::span<const Product> products) {
  int count = 0;
  for (const Product& product : products) count += static_cast<int>(product.matrix->pieces.size());
  // Whole runs of rows, so that every product of the step is for about as many.
  const int runs = (rows + kRowsAtOnce - 1) / kRowsAtOnce;
  const int at_once = (rows + runs - 1) / runs;
  team.Run(count, [&](int worker, ThreadTeam::Pieces& pieces) {
    int32_t* const sums = memory.workers[static_cast<size_t>(worker)].sums.data();
    // Nearly always one for all pieces, since tiles take their time to be set up.
    std::optional<ProductScope> scope;
    int lanes = 0;
    for (int at = pieces.Next(); at >= 0; at = pieces.Next()) {
      const Product* product = products.data();
      for (; at >= static_cast<int>(product->matrix->pieces.size()); ++product) {
        at -= static_cast<int>(product->matrix->pieces.size());
      }
      const PiecedMatrix& matrix = *product->matrix;
      const PlaneRows& input = PlanesOf(memory, matrix.planes);
      for (int first = 0; first < rows; first += at_once) {
        const int some = std::min(at_once, rows - first);
        if (std::exchange(lanes, some * matrix.planes) != some * matrix.planes) {
          scope.reset();
          scope.emplace(*network.matrix_kernels, lanes);
        }
        MultiplyPiece(network, *product, matrix.pieces[static_cast<size_t>(at)], input, first, some,
                      sums);
      }
    }
  });
}

}  // namespace lmz
