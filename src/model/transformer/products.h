// The matrix products of a transformer's step (docs/spec/numerics.md, 6.3 and 6.4): all rows of a
// step at once, the rows of the matrices divided among threads.
#pragma once

#include <cstdint>
#include <span>

#include "model/transformer/bound_transformer.h"
#include "model/transformer/step_memory.h"
#include "model/transformer/thread_team.h"

namespace lmz {

// Where a product goes.
struct Product {
  enum class Kind : uint8_t { kFree, kFixed, kAdd };

  const PiecedMatrix* matrix = nullptr;
  Kind kind = Kind::kFree;
  int fraction = 0;  // of the result, unless it is free
  // Row r goes to out + (r / positions) * lane_stride + (r % positions) * stride, in numbers.
  int32_t* out = nullptr;
  ptrdiff_t stride = 0;
  ptrdiff_t lane_stride = 0;
  int positions = 1 << 30;
  int size = 1 << 30;  // of the result, at most: numbers of further rows of the matrix are dropped
};

// The fraction of a free product.
int FreeFraction(const PiecedMatrix& matrix, const StepMemory& memory, int row);

// Quantises `size` numbers of row `row` for all of `matrices`.
void QuantizeRow(const BoundTransformer& network, StepMemory& memory, int row, const int32_t* x,
                 int size, int fraction, std::span<const PiecedMatrix* const> matrices);

// All of `products` for the first `rows` rows, from what QuantizeRow made.
void Multiply(const BoundTransformer& network, StepMemory& memory, ThreadTeam& team, int rows,
              std::span<const Product> products);

}  // namespace lmz
