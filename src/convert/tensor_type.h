// The number formats of tensors in GGUF files, as ggml defines them, each as exact integers times a
// power of two.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz::convert {

// Numbers mantissa[i] * 2^exponent[i]; magnitudes of mantissas are below 2^53.
struct NumberRow {
  std::vector<int64_t> mantissa;
  std::vector<int16_t> exponent;

  void resize(size_t size) {
    mantissa.resize(size);
    exponent.resize(size);
  }
  size_t size() const { return mantissa.size(); }
};

struct TensorType {
  uint32_t number;  // in the file
  const char* name;
  uint32_t block_elements;
  uint32_t block_size;  // bytes
  // Decodes a block into block_elements numbers; false: one of them is not finite.
  bool (*decode)(const uint8_t* block, int64_t* mantissas, int16_t* exponents);
};

// Null: the type is not supported.
const TensorType* FindTensorType(uint32_t number);

// For messages: the name that ggml gives a type, also one that is not supported.
std::string TensorTypeName(uint32_t number);

// Decodes `raw`, whole blocks, into `row`, which has as many numbers. False: one of them is not
// finite.
bool DecodeRow(const TensorType& type, ByteSpan raw, NumberRow& row);

}  // namespace lmz::convert
