#include "model/transformer/lane_cache.h"

#include <algorithm>
#include <cstring>

namespace lmz {

Context::Ranges Context::Seen(uint64_t place, int window) const {
  Ranges seen;
  const auto add = [&](int first, int last) {
    if (first < last) seen.range[static_cast<size_t>(seen.count++)] = {first, last};
  };
  const uint64_t reach =
      window == 0 ? place + 1 : std::min(place + 1, static_cast<uint64_t>(window));
  const uint64_t least = place + 1 - reach;  // the first place within the window
  const auto sinks = static_cast<uint64_t>(sinks_);
  if (place < sinks) {
    add(static_cast<int>(least), static_cast<int>(place) + 1);
    return seen;
  }
  const uint64_t oldest = Oldest(place);
  // The first tokens stand directly before the oldest other one.
  const uint64_t moved = oldest - sinks;
  add(static_cast<int>(std::clamp(least, moved, oldest) - moved), sinks_);
  const uint64_t begin = std::max(least, oldest);
  const int first = SlotOf(begin), count = static_cast<int>(place + 1 - begin);
  const int behind = std::max(0, first + count - size_);  // from the first slot of the ring on
  add(sinks_, sinks_ + behind);
  add(first, first + count - behind);
  return seen;
}

LaneCaches::Layout::Layout(int slots, int head_size, int planes, int sinks) {
  const auto take = [this](size_t size) {
    const size_t at = total;
    total += ZeroedMemory::RoundUp(size);
    return at;
  };
  const auto n = static_cast<size_t>(slots), width = static_cast<size_t>(head_size);
  keys = take(n * width * static_cast<size_t>(planes));
  values = take(n * width);
  mantissa = take(n * sizeof(int16_t));
  exponent = take(n * sizeof(int16_t));
  log = take(n * sizeof(int32_t));
  first_keys = take(static_cast<size_t>(sinks) * width * sizeof(int32_t));
  first_fraction = take(static_cast<size_t>(sinks) * sizeof(int32_t));
}

uint64_t LaneCaches::MemoryFor(const TransformerShape& shape, int lanes, int planes) {
  const Layout head(Context(shape).slots(), shape.head_size, planes, shape.sinks);
  return uint64_t{shape.layers} * static_cast<uint64_t>(lanes) * shape.kv_heads * head.total;
}

LaneCaches::LaneCaches(const TransformerShape& shape, int lanes, int planes)
    : lanes_(lanes),
      heads_(shape.kv_heads),
      head_size_(shape.head_size),
      slots_(Context(shape).slots()),
      planes_(planes),
      layout_(slots_, head_size_, planes, shape.sinks),
      memory_(MemoryFor(shape, lanes, planes)),
      begin_(static_cast<int8_t*>(
          memory_.Take(static_cast<size_t>(MemoryFor(shape, lanes, planes))))) {}

HeadCache LaneCaches::Head(int layer, int lane, int head) {
  const Layout& at = layout_;
  const auto number =
      (static_cast<size_t>(layer) * static_cast<size_t>(lanes_) + static_cast<size_t>(lane)) *
          static_cast<size_t>(heads_) +
      static_cast<size_t>(head);
  int8_t* const from = begin_ + number * at.total;
  return {reinterpret_cast<uint8_t*>(from + at.keys),
          from + at.values,
          reinterpret_cast<int16_t*>(from + at.mantissa),
          reinterpret_cast<int16_t*>(from + at.exponent),
          reinterpret_cast<int32_t*>(from + at.log),
          reinterpret_cast<int32_t*>(from + at.first_keys),
          reinterpret_cast<int32_t*>(from + at.first_fraction)};
}

void LaneCaches::StoreKey(const HeadCache& head, int slot, int plane, const uint8_t* key) const {
  uint8_t* to = head.keys + ptrdiff_t{plane} * slots_ * head_size_ +
                ptrdiff_t{slot / kKeyBlock} * kKeyBlock * head_size_ + slot % kKeyBlock * 4;
  for (int i = 0; i < head_size_; i += 4, to += 4 * kKeyBlock) std::memcpy(to, key + i, 4);
}

void LaneCaches::StoreValue(const HeadCache& head, int slot, const uint8_t* value) const {
  int8_t* const to =
      head.values + ptrdiff_t{slot / kValueBlock} * kValueBlock * head_size_ + slot % kValueBlock;
  for (int i = 0; i < head_size_; ++i) to[i * kValueBlock] = static_cast<int8_t>(value[i]);
}

KeyView LaneCaches::Keys(const HeadCache& head) const {
  const uint8_t* const low = head.keys + ptrdiff_t{slots_} * head_size_;
  return {head.keys, planes_ == 2 ? low : nullptr, head.key_mantissa, head.key_exponent,
          head_size_};
}

}  // namespace lmz
