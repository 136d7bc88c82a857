#include "base/checksum.h"

#include <xxhash.h>

#include <new>

namespace lmz {

uint64_t Checksum64(ByteSpan bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

namespace {

Hash128 Canonical(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  return std::to_array(canonical.digest);
}

}  // namespace

Hash128 Checksum128(ByteSpan bytes) {
  return Canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

Xxh3State::Xxh3State() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
}

Xxh3State::~Xxh3State() {
  XXH3_freeState(static_cast<XXH3_state_t*>(state_));
}

Checksum64Stream::Checksum64Stream() {
  XXH3_64bits_reset(static_cast<XXH3_state_t*>(state_));
}

void Checksum64Stream::Update(ByteSpan bytes) {
  XXH3_64bits_update(static_cast<XXH3_state_t*>(state_), bytes.data(), bytes.size());
}

uint64_t Checksum64Stream::Digest() const {
  return XXH3_64bits_digest(static_cast<const XXH3_state_t*>(state_));
}

Checksum128Stream::Checksum128Stream() {
  XXH3_128bits_reset(static_cast<XXH3_state_t*>(state_));
}

void Checksum128Stream::Update(ByteSpan bytes) {
  XXH3_128bits_update(static_cast<XXH3_state_t*>(state_), bytes.data(), bytes.size());
}

Hash128 Checksum128Stream::Digest() const {
  return Canonical(XXH3_128bits_digest(static_cast<const XXH3_state_t*>(state_)));
}

}  // namespace lmz
