#include "codec/codec.h"

#include <array>

#include "codec/audio/audio.h"
#include "codec/bytes/bytes.h"
#include "codec/image/image.h"
#include "codec/png/png.h"
#include "codec/stored/stored.h"
#include "codec/text/text.h"

namespace lmz {

namespace {
constexpr std::array kCodecs = {kStoredCodec, kBytesCodec, kTextCodec,
                                kImageCodec,  kAudioCodec, kPngCodec};
}  // namespace

std::span<const CodecRow> AllCodecs() {
  return kCodecs;
}

const CodecRow* FindCodec(CodecId id) {
  for (const CodecRow& row : kCodecs) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

}  // namespace lmz
