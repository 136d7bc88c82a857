// What a transformer's step works on and nobody remembers: the vectors of all tokens of the step,
// called its rows, and the working memory of each thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cpu/aligned.h"
#include "model/transformer/bound_transformer.h"

namespace lmz {

// How many rows are multiplied at once: their sums stay in the nearest caches.
inline constexpr int kRowsAtOnce = 64;
// How many queries' scores a thread works on at once.
inline constexpr int kQueriesAtOnce = 16;

// `rows` vectors of `size` numbers; beyond `size` up to a cache line nothing is used.
template <class T>
class RowArray {
 public:
  RowArray() = default;
  RowArray(int rows, int size) : stride_(StrideOf(size)) {
    numbers_.resize(static_cast<size_t>(rows) * static_cast<size_t>(stride_));
  }
  static int StrideOf(int size) {
    constexpr int kLine = static_cast<int>(kCacheLine / sizeof(T));
    return (size + kLine - 1) / kLine * kLine;
  }
  static uint64_t MemoryFor(int rows, int size) {
    return static_cast<uint64_t>(rows) * static_cast<uint64_t>(StrideOf(size)) * sizeof(T) +
           kCacheLine;
  }
  T* operator[](int row) { return numbers_.data() + ptrdiff_t{row} * stride_; }
  const T* operator[](int row) const { return numbers_.data() + ptrdiff_t{row} * stride_; }
  int stride() const { return stride_; }

 private:
  AlignedVector<T> numbers_;
  int stride_ = 0;
};

// The rows as matrices read them: in planes of bytes (spec 6.3).
struct PlaneRows {
  RowArray<uint8_t> bytes;        // [rows * planes]: planes of a row side by side, higher first
  std::vector<int16_t> mantissa;  // [rows], M of one plane
  std::vector<int32_t> exponent;  // [rows], E
};

struct WorkerMemory {
  AlignedVector<int32_t> sums;       // [kRowsAtOnce * 2][kPieceRows]
  AlignedVector<int32_t> head[2];    // [head_size] each
  AlignedVector<int32_t> turn[2];    // cosines and sines: [head_size / 2] each
  AlignedVector<uint8_t> bytes[2];   // [head_size] each
  AlignedVector<uint16_t> sigmoid;   // [hidden]
  AlignedVector<int32_t> scores;     // [kQueriesAtOnce][slots]
  AlignedVector<uint8_t> high, low;  // [kQueriesAtOnce][slots]
};

struct StepMemory {
  // May throw std::bad_alloc.
  StepMemory(const BoundTransformer& network, int rows, int workers);

  // The bytes that it takes, from above.
  static uint64_t MemoryFor(const BoundTransformer& network, int rows, int workers);

  RowArray<int32_t> stream;             // [rows][width]
  RowArray<int32_t> normal;             // [rows][width]
  RowArray<int32_t> product;            // [rows][width], if has_output_norms
  std::array<PlaneRows, 2> planes;      // of one plane and of two: [rows][widest]
  RowArray<int32_t> query, key, value;  // products; query then is what attention gives
  RowArray<int32_t> gate, up;           // [rows][hidden]
  RowArray<int8_t> query_bytes;         // [rows * planes][heads * head_size]
  RowArray<int32_t> cosine, sine;       // [rows * rotations][head_size / 2]
  std::vector<QueryView> queries;       // [rows][heads]
  std::vector<int32_t> mix_factor;      // [rows][heads], f'
  std::vector<int32_t> mix_exponent;    // [rows][heads], e_h
  std::vector<uint64_t> place;          // [rows]
  std::vector<int> lane;                // [rows]
  std::vector<WorkerMemory> workers;
};

}  // namespace lmz
