#include "codec/text/header.h"

#include <string>

#include "codec/model_reference.h"

namespace lmz::text {

void WriteTextHeader(const Predictor& model, const Layout& layout, Profile profile,
                     Bytes& payload) {
  WriteModelReference(model, payload);
  payload.push_back(static_cast<uint8_t>(layout.lanes()));
  payload.push_back(static_cast<uint8_t>((layout.groups() - 1) << 4 | static_cast<int>(profile)));
}

Result<TextHeader> ReadTextHeader(ByteReader& reader, uint64_t raw_size) {
  LMZ_ASSIGN(ModelReference model, ReadModelReference(reader));
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
