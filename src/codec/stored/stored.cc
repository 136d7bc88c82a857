#include "codec/stored/stored.h"

#include <algorithm>

#include "codec/observer.h"

namespace lmz {

namespace {

// Each byte takes itself.
void Observe(ByteSpan raw, BlockObserver& observer) {
  constexpr int64_t kByteQ16 = 8 * 65536;
  CodeObserver& code = observer.AddCode(
      {.kind = CodeShape::Kind::kBytes, .items = raw.size(), .lanes = {0}}, raw.size());
  for (size_t i = 0; i < raw.size(); ++i) code.EndByte(i, raw[i], kByteQ16, {});
  code.End(static_cast<int64_t>(raw.size()) * kByteQ16);
}

}  // namespace

Result<uint32_t> EncodeStored(ByteSpan raw, const StoredOptions&, const BlockResources&,
                              Bytes& payload) {
  payload.assign(raw.begin(), raw.end());
  return 0u;
}

Result<uint32_t> DecodeStored(ByteSpan payload, const BlockResources& resources,
                              MutableByteSpan raw) {
  if (payload.size() != raw.size()) {
    return Status(Code::kDamaged, "stored bytes differ in number from the raw size");
  }
  std::copy(payload.begin(), payload.end(), raw.begin());
  if (resources.observer != nullptr) Observe(raw, *resources.observer);
  return 0u;
}

}  // namespace lmz
