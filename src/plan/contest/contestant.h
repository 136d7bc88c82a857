// Who may code a block in a contest.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/registry.h"
#include "model/library.h"

namespace lmz {

// What a byte takes in the codecs `text` and `token`, measured in bytes of the `bytes` codec. Only
// progress depends on it.
inline constexpr uint64_t kTextCost = 4;
inline constexpr uint64_t kTokenCost = 64;

struct Contestant {
  CodecOptions options;
  uint64_t cost = 1;       // of a byte, see above
  size_t sample_size = 0;  // of the code of the sample, where there was one
  bool is_left_out = false;
};

inline bool HasTokens(const Contestant& contestant) {
  return std::holds_alternative<TokenOptions>(contestant.options);
}

inline bool HasSmallerSample(const Contestant& a, const Contestant& b) {
  return a.sample_size < b.sample_size;
}

// The models that stand for the levels below that of `model`, from the smallest on. None when no
// level stands for `model`; for a model of tokens those of bytes, the largest only if it is there.
// Errors: as ModelLibrary::OfLevel.
Result<std::vector<SharedModel>> LowerModels(const Model& model, const ModelLibrary& library);

// What naming the models takes, once in a block: on a sample it would weigh too much.
size_t NameSize(const CodecOptions& options);

}  // namespace lmz
