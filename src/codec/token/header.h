// What stands in front of the code in a payload of the token codec. Format: spec.md.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "codec/text/layout.h"
#include "model/catalog.h"

namespace lmz::token {

struct TokenHeader {
  ModelReference model;                  // of tokens
  std::optional<ModelReference> second;  // of bytes, if there is one
  text::Layout layout;
};

void WriteTokenHeader(const Model& model, const Model* second, const text::Layout& layout,
                      Bytes& payload);

// For a block of `raw_size` bytes. Errors: kTruncated, kDamaged.
Result<TokenHeader> ReadTokenHeader(ByteReader& reader, uint64_t raw_size);

}  // namespace lmz::token
