// How payloads name the models that they were coded with. Format: text/spec.md, section 1.
#pragma once

#include "base/bytes.h"
#include "model/catalog.h"

namespace lmz {

void WriteModelReference(const Model& model, Bytes& payload);

// The bytes that it takes.
inline uint64_t SizeOf(const ModelReference& model) {
  return model.number != 0 ? 1 : 1 + model.id.size() + 1 + model.name.size();
}

// Errors: kTruncated; kDamaged for an impossible name.
Result<ModelReference> ReadModelReference(ByteReader& reader);

}  // namespace lmz
