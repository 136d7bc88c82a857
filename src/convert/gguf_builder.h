// Writes GGUF files, for tests and for programs that train models: the counterpart of gguf.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz::convert {

// Puts a GGUF file together. Strings are bytes.
class GgufBuilder {
 public:
  void SetInteger(const std::string& key, uint32_t value);
  // `bits` of a single.
  void SetReal(const std::string& key, uint32_t bits);
  void SetText(const std::string& key, const std::string& value);
  void SetTexts(const std::string& key, const std::vector<std::string>& values);
  void SetIntegers(const std::string& key, const std::vector<int32_t>& values);
  void SetReals(const std::string& key, const std::vector<uint32_t>& bits);
  // Type number and bytes of any value.
  void SetRaw(const std::string& key, uint32_t type, const Bytes& value);

  // `columns` are the numbers that follow each other; `type` is ggml's number of the format.
  void AddTensor(const std::string& name, uint64_t columns, uint64_t rows, uint32_t type,
                 const Bytes& data);

  // The same of a tensor of `size` zeros.
  void AddHole(const std::string& name, uint64_t columns, uint64_t rows, uint32_t type,
               uint64_t size);

  Bytes Build(uint32_t version = 3) const;
  // What stands in front of the tensors; sets `size` to that of the whole file.
  Bytes BuildHeader(uint64_t& size, uint32_t version = 3) const;

 private:
  struct Tensor {
    std::string name;
    uint64_t columns, rows;
    uint32_t type;
    uint64_t size;
    Bytes data;  // empty: zeros
  };
  Bytes metadata_;
  uint64_t pairs_ = 0;
  std::vector<Tensor> tensors_;
};

// How byte-level BPE spells bytes: as characters that can be seen (GPT-2).
std::string SpelledBytes(const std::string& bytes);

}  // namespace lmz::convert
