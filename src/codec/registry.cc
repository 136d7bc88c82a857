#include "codec/registry.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lmz {

namespace {

template <size_t kIndex>
constexpr AnyCodec MakeAny() {
  constexpr const auto& row = std::get<kIndex>(kCodecs);
  return {.id = row.id,
          .name = row.name,
          .encode =
              [](ByteSpan raw, const CodecOptions& options, const BlockResources& resources,
                 Bytes& payload) {
                return std::get<kIndex>(kCodecs).encode(raw, std::get<kIndex>(options), resources,
                                                        payload);
              },
          .decode = row.decode,
          .max_raw_size = row.max_raw_size,
          .decode_memory = row.decode_memory};
}

constexpr auto kAnyCodecs = []<size_t... kIndex>(std::index_sequence<kIndex...>) {
  return std::array{MakeAny<kIndex>()...};
}
(std::make_index_sequence<std::tuple_size_v<decltype(kCodecs)>>());

constexpr bool HaveDistinctIds() {
  auto codecs = kAnyCodecs;
  std::ranges::sort(codecs, {}, &AnyCodec::id);
  return std::ranges::adjacent_find(codecs, {}, &AnyCodec::id) == codecs.end();
}
static_assert(HaveDistinctIds(), "two codecs have one id");

}  // namespace

std::span<const AnyCodec> AllCodecs() {
  return kAnyCodecs;
}

const AnyCodec* FindCodec(CodecId id) {
  const auto codec = std::ranges::find(kAnyCodecs, id, &AnyCodec::id);
  return codec != kAnyCodecs.end() ? &*codec : nullptr;
}

}  // namespace lmz
