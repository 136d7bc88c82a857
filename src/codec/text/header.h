// What stands in front of the code in a payload of the text codec. Format: spec.md.
#pragma once

#include "base/bytes.h"
#include "codec/text/layout.h"
#include "mix/profile.h"
#include "model/catalog.h"
#include "model/model_card.h"
#include "model/predictor.h"

namespace lmz::text {

struct TextHeader {
  ModelReference model;
  Layout layout;
  Profile profile;
};

void WriteTextHeader(const Predictor& model, const Layout& layout, Profile profile, Bytes& payload);

// For a block of `raw_size` bytes. Errors: kTruncated, kDamaged, kNewerVersion.
Result<TextHeader> ReadTextHeader(ByteReader& reader, uint64_t raw_size);

}  // namespace lmz::text
