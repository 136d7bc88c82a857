// How payloads name the models that they were coded with. Format: text/spec.md, section 1.
#pragma once

#include <algorithm>

#include "base/bytes.h"
#include "model/catalog.h"

namespace lmz {

void WriteModelReference(const Model& model, Bytes& payload);

// The bytes that it takes.
inline uint64_t SizeOf(const ModelReference& model) {
  return model.number != 0 ? 2 : 1 + model.id.size() + 1 + model.name.size();
}

// Of a numbered model only the first byte of the id is known. Errors: kTruncated; kDamaged for an
// impossible name.
Result<ModelReference> ReadModelReference(ByteReader& reader);

// The most bytes that a code of a model stands for (text/spec.md, 1): each costs a decoder a step
// of the model, so that a small file must not ask for many. What is coded shorter is no text that
// wants a model.
inline uint64_t MaxModelled(uint64_t payload_size) {
  constexpr uint64_t kPerByte = 1024;
  constexpr uint64_t kAlways = uint64_t{1} << 16;
  return std::min(payload_size, UINT64_MAX / kPerByte - kAlways) * kPerByte + kAlways;
}

}  // namespace lmz
