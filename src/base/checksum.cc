#include "base/checksum.h"

#include <xxhash.h>

#include <new>

namespace lmz {

uint64_t Checksum64(ByteSpan bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

Hash128 Checksum128(ByteSpan bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return std::to_array(canonical.digest);
}

Checksum64Stream::Checksum64Stream() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_64bits_reset(static_cast<XXH3_state_t*>(state_));
}

Checksum64Stream::~Checksum64Stream() {
  XXH3_freeState(static_cast<XXH3_state_t*>(state_));
}

void Checksum64Stream::Update(ByteSpan bytes) {
  XXH3_64bits_update(static_cast<XXH3_state_t*>(state_), bytes.data(), bytes.size());
}

uint64_t Checksum64Stream::Digest() const {
  return XXH3_64bits_digest(static_cast<const XXH3_state_t*>(state_));
}

}  // namespace lmz
