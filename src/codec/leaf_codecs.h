// The codecs that code bytes on their own: all but `parts`, which hands them out. The
// registry (codec/registry.h) joins both.
#pragma once

#include <tuple>
#include <variant>

#include "codec/audio/audio.h"
#include "codec/bilevel/bilevel.h"
#include "codec/bytes/bytes.h"
#include "codec/codec.h"
#include "codec/image/image.h"
#include "codec/inside/inside.h"
#include "codec/jpeg/jpeg.h"
#include "codec/png/png.h"
#include "codec/stored/stored.h"
#include "codec/text/text.h"
#include "codec/token/token.h"

namespace lmz {

inline constexpr std::tuple kLeafCodecs = {kStoredCodec, kBytesCodec,  kTextCodec,  kImageCodec,
                                           kAudioCodec,  kPngCodec,    kTokenCodec, kInsideCodec,
                                           kJpegCodec,   kBilevelCodec};

template <class... Options>
std::variant<Options...> OptionsOf(const std::tuple<CodecRow<Options>...>& codecs);

// The options of one of them, in the order of kLeafCodecs.
using LeafOptions = decltype(OptionsOf(kLeafCodecs));

}  // namespace lmz
