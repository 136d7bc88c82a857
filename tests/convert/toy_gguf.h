// Small GGUF files with random weights: the shapes, the metadata and the kinds of vocabulary that
// real models have, so that nobody needs a real one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "convert/gguf_builder.h"

namespace lmz::testing {

using convert::GgufBuilder;

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
