#include "codec/model_reference.h"

#include <algorithm>

namespace lmz {

void WriteModelReference(const Model& model, Bytes& payload) {
  const ModelReference reference = ReferenceTo(model);
  payload.push_back(reference.number);
  if (reference.number != 0) {
    payload.push_back(reference.id[0]);
    return;
  }
  payload.insert(payload.end(), reference.id.begin(), reference.id.end());
  payload.push_back(static_cast<uint8_t>(reference.name.size()));
  payload.insert(payload.end(), reference.name.begin(), reference.name.end());
}

Result<ModelReference> ReadModelReference(ByteReader& reader) {
  ModelReference model;
  LMZ_ASSIGN(model.number, reader.U8());
  if (model.number != 0) {
    LMZ_ASSIGN(model.id[0], reader.U8());
    return model;
  }
  LMZ_ASSIGN(const ByteSpan id, reader.Take(model.id.size()));
  std::copy(id.begin(), id.end(), model.id.begin());
  LMZ_ASSIGN(const uint8_t name_size, reader.U8());
  LMZ_ASSIGN(const ByteSpan name, reader.Take(name_size));
  model.name.assign(name.begin(), name.end());
  if (!IsModelName(model.name)) return Status(Code::kDamaged, "the model's name is impossible");
  return model;
}

}  // namespace lmz
