#include "codec/text/header.h"

#include <algorithm>

namespace lmz::text {

namespace {

Result<ModelReference> ReadModel(ByteReader& reader) {
  ModelReference model;
  LMZ_ASSIGN(model.number, reader.U8());
  if (model.number != 0) return model;
  LMZ_ASSIGN(const ByteSpan id, reader.Take(model.id.size()));
  std::copy(id.begin(), id.end(), model.id.begin());
  LMZ_ASSIGN(const uint8_t name_size, reader.U8());
  LMZ_ASSIGN(const ByteSpan name, reader.Take(name_size));
  model.name.assign(name.begin(), name.end());
  if (!IsModelName(model.name)) return Status(Code::kDamaged, "the model's name is impossible");
  return model;
}

}  // namespace

void WriteTextHeader(const Predictor& model, const Layout& layout, Profile profile,
                     Bytes& payload) {
  const ModelReference reference = ReferenceTo(model);
  payload.push_back(reference.number);
  if (reference.number == 0) {
    payload.insert(payload.end(), reference.id.begin(), reference.id.end());
    payload.push_back(static_cast<uint8_t>(reference.name.size()));
    payload.insert(payload.end(), reference.name.begin(), reference.name.end());
  }
  payload.push_back(static_cast<uint8_t>(layout.lanes()));
  payload.push_back(static_cast<uint8_t>((layout.groups() - 1) << 4 | static_cast<int>(profile)));
}

Result<TextHeader> ReadTextHeader(ByteReader& reader, uint64_t raw_size) {
  LMZ_ASSIGN(ModelReference model, ReadModel(reader));
  LMZ_ASSIGN(const uint8_t lanes, reader.U8());
  LMZ_ASSIGN(const uint8_t shape, reader.U8());
  if ((shape & 15) > static_cast<int>(Profile::kBinary)) {
    return Status(Code::kNewerVersion,
                  "profile " + std::to_string(shape & 15) + " requires a newer version of lmz");
  }
  LMZ_ASSIGN(const Layout layout, Layout::Make(raw_size, lanes, (shape >> 4) + 1));
  return TextHeader{std::move(model), layout, static_cast<Profile>(shape & 15)};
}

}  // namespace lmz::text
