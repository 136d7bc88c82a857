#include "codec/stored/stored.h"

#include <algorithm>

namespace lmz {

Result<uint32_t> EncodeStored(ByteSpan raw, const StoredOptions&, const BlockResources&,
                              Bytes& payload) {
  payload.assign(raw.begin(), raw.end());
  return 0u;
}

Result<uint32_t> DecodeStored(ByteSpan payload, const BlockResources&, MutableByteSpan raw) {
  if (payload.size() != raw.size()) {
    return Status(Code::kDamaged, "stored bytes differ in number from the raw size");
  }
  std::copy(payload.begin(), payload.end(), raw.begin());
  return 0u;
}

}  // namespace lmz
