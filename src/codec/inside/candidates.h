// The places of a block where a stream or a run of Base64 may begin, one after the other.
#pragma once

#include <optional>

#include "codec/inside/base64.h"
#include "codec/inside/wrapping.h"

namespace lmz::inside {

class Candidates {
 public:
  // `bytes` outlive the object.
  explicit Candidates(ByteSpan bytes) : bytes_(bytes) {}

  // The first one whose header, or first character, is in bytes[from, to). Over all calls with a
  // growing `from`, time linear in the bytes passed.
  std::optional<Candidate> Next(size_t from, size_t to);

 private:
  ByteSpan bytes_;
  std::optional<Base64Run> run_;  // the next one
  size_t looked_to_ = 0;          // up to there for runs
};

}  // namespace lmz::inside
