// Small GGUF files with random weights: the shapes, the metadata and the kinds of vocabulary that
// real models have, so that nobody needs a real one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz::testing {

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

// Kinds of toy models:
//   llama   byte-level BPE that lacks some bytes, as SmolLM2; Q4_1, embedding Q8_0
//   gemma3  SentencePiece; windows, norms of heads and outputs; Q5_0, Q5_1, F16, Q8_0
//   qwen2   byte-level BPE; biases, a head of its own; Q4_K, Q5_K, Q6_K
//   llama2  SentencePiece with byte tokens; small embeddings; Q4_0, BF16
//   llama3  byte-level BPE; factors of the rotation, a head of its own; F32, Q8_0
const std::vector<std::string>& ToyKinds();

// The same arguments give the same file on every machine. `kind` is one of ToyKinds(), or tiny-bpe
// or tiny-piece: models of a few kilobytes whose vocabularies lack nearly everything.
Bytes ToyGguf(const std::string& kind, uint32_t seed = 1);

// A model with the widths of Llama 2 7B and so many layers, all of whose weights are zeros, as a
// file with a hole: what stands in front of it, and the size of the whole file.
struct HollowGguf {
  Bytes header;
  uint64_t size = 0;
};
HollowGguf Hollow7B(uint32_t layers);

}  // namespace lmz::testing
