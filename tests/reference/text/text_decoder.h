// A second decoder of the `text` codec, written from src/codec/text/spec.md as bytes_decoder.h is
// from its own. Networks come from outside, so that nothing of the library is needed here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// The network of one lane: reads a byte and gives the 256 weights of the next one
// (docs/spec/numerics.md, 4).
using Network = std::function<std::vector<int64_t>(uint8_t)>;

// How a payload names its model (1).
struct ModelName {
  uint64_t number = 0;
  Bytes id;  // if the number is 0
};

// A model of tokens (src/codec/token/spec.md).
struct TokenModel {
  // The network of one lane: reads a row and gives the weights of the tokens.
  using Network = std::function<std::vector<uint32_t>(uint32_t)>;

  std::vector<std::string> texts;  // [token], in the order of their bytes
  std::vector<uint32_t> rows;      // [token]
  uint32_t begin_row = 0;
  std::function<Network()> new_network;
};

struct Model {
  std::function<Network()> new_network;  // in its first state, for one lane
  // Start of docs/spec/model.md, 2.3: six rows of 38; those of section 5.4 where the model has
  // none.
  std::vector<std::vector<int>> start = DefaultStart();

  std::shared_ptr<const TokenModel> tokens;  // null: it predicts bytes

  static std::vector<std::vector<int>> DefaultStart();
};

// Throws Damage if there is no such model.
using Models = std::function<Model(const ModelName&)>;

// Throws Damage.
class Input;
ModelName ReadModelName(Input& input);

// Sum[0] to Sum[511] for the weights of a step (4).
std::vector<int64_t> Sums(const std::vector<int64_t>& weights);

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodeTextCodec(const Bytes& payload, uint64_t size, const Models& models);

}  // namespace lmz::reference
