// What a transformer's lanes remember: keys and values of the tokens that a lane's context holds
// (docs/spec/numerics.md, 6.7), and which of them a token sees.
#pragma once

#include <array>
#include <cstdint>

#include "cpu/zeroed_memory.h"
#include "model/transformer/kernels/transformer_kernels.h"
#include "model/transformer/weights.h"

namespace lmz {

// The context of a lane as a function of the place of its newest token. Tokens have slots: the
// first `sinks` one each, the others those behind in turn.
class Context {
 public:
  explicit Context(const TransformerShape& shape)
      : size_(shape.context), drop_(shape.drop), sinks_(shape.sinks) {}

  // The place of the oldest token behind the first ones that the token at `place` may see.
  uint64_t Oldest(uint64_t place) const {
    const auto size = static_cast<uint64_t>(size_), drop = static_cast<uint64_t>(drop_);
    if (place < size) return static_cast<uint64_t>(sinks_);
    return static_cast<uint64_t>(sinks_) + drop * ((place - size) / drop + 1);
  }
  // Whether tokens are forgotten when the token at `place` enters.
  bool Drops(uint64_t place) const { return place > 0 && Oldest(place) != Oldest(place - 1); }
  int SlotOf(uint64_t place) const {
    const auto sinks = static_cast<uint64_t>(sinks_), size = static_cast<uint64_t>(size_);
    return static_cast<int>(place < sinks ? place : sinks + (place - sinks) % (size - sinks));
  }
  // How many slots there are, up to a whole block.
  int slots() const { return (size_ + kKeyBlock - 1) / kKeyBlock * kKeyBlock; }
  int sinks() const { return sinks_; }

  struct Range {
    int first = 0, last = 0;  // slots first .. last - 1
  };
  // The slots of the tokens that the token at `place` sees, in ascending order; empty ranges are
  // left out. `window` as in TransformerLayer.
  struct Ranges {
    std::array<Range, 3> range;
    int count = 0;
  };
  Ranges Seen(uint64_t place, int window) const;

 private:
  int size_, drop_, sinks_;
};

// One head of keys and values of one lane in one layer.
struct HeadCache {
  uint8_t* keys = nullptr;  // [planes]: as KeyView has them
  int8_t* values = nullptr;
  int16_t* key_mantissa = nullptr;    // [slots]
  int16_t* key_exponent = nullptr;    // [slots]
  int32_t* value_log = nullptr;       // [slots]
  int32_t* first_keys = nullptr;      // [sinks][head_size]: not rotated
  int32_t* first_fraction = nullptr;  // [sinks]
};

// All of them, zero at first. Distinct heads and slots may be used by distinct threads at a time.
class LaneCaches {
 public:
  // May throw std::bad_alloc.
  LaneCaches(const TransformerShape& shape, int lanes, int planes);

  // The bytes that it takes, from above.
  static uint64_t MemoryFor(const TransformerShape& shape, int lanes, int planes);

  HeadCache Head(int layer, int lane, int head);
  // Puts a key's plane (bytes of KeyView, [head_size]) or a value into a slot.
  void StoreKey(const HeadCache& head, int slot, int plane, const uint8_t* key) const;
  void StoreValue(const HeadCache& head, int slot, const uint8_t* value) const;
  KeyView Keys(const HeadCache& head) const;

 private:
  // Where the parts of one head lie.
  struct Layout {
    Layout(int slots, int head_size, int planes, int sinks);
    size_t keys, values, mantissa, exponent, log, first_keys, first_fraction;
    size_t total = 0;
  };

  int lanes_, heads_, head_size_, slots_, planes_;
  Layout layout_;
  ZeroedMemory memory_;
  int8_t* begin_;
};

}  // namespace lmz
