#include "codec/filter/charset/single_byte.h"

namespace lmz::charset {

namespace {
constexpr SingleByte kSingleBytes[] = {
#include "codec/filter/charset/single_byte.inc"
};
}  // namespace

std::span<const SingleByte> SingleBytes() {
  return kSingleBytes;
}

}  // namespace lmz::charset
