#include "codec/token/header.h"

#include <utility>

#include "codec/model_reference.h"

namespace lmz::token {

namespace {
constexpr uint8_t kNoModel = 0xFF;
}

void WriteTokenHeader(const Model& model, const Model* second, const text::Layout& layout,
                      Bytes& payload) {
  WriteModelReference(model, payload);
  if (second != nullptr) {
    WriteModelReference(*second, payload);
  } else {
    payload.push_back(kNoModel);
  }
  payload.push_back(static_cast<uint8_t>(layout.lanes()));
}

Result<TokenHeader> ReadTokenHeader(ByteReader& reader, uint64_t raw_size) {
  LMZ_ASSIGN(ModelReference model, ReadModelReference(reader));
  std::optional<ModelReference> second;
  ByteReader behind = reader;
  LMZ_ASSIGN(const uint8_t number, behind.U8());
  if (number == kNoModel) {
    reader = behind;
  } else {
    LMZ_ASSIGN(second, ReadModelReference(reader));
  }
  LMZ_ASSIGN(const uint8_t lanes, reader.U8());
  LMZ_ASSIGN(const text::Layout layout, text::Layout::Make(raw_size, lanes, 1));
  return TokenHeader{std::move(model), std::move(second), layout};
}

}  // namespace lmz::token
