// Finding objects: files inside other bytes that have a codec of their own. Encoder only: what is
// found may improve without a change of the format.
//
// Each format's finder lies in its codec's folder and knows nothing of plans; plan/finders.h has
// the list.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/registry.h"

namespace lmz {

// What surrounds the place that a finder looks at.
struct Surroundings {
  uint64_t max_size = 0;  // of a block
  bool is_inner = false;  // the place is amid other bytes: an object must be worth cutting them
  bool is_open = false;   // more bytes follow than those that are shown
  // So many bytes in front of the place are in no block yet; the object may share its block with
  // them. `is_whole`: nothing else is in front of it.
  uint64_t before = 0;
  bool is_whole = false;
};

// What a finder sees in bytes.
struct Sighting {
  enum class Kind : uint8_t {
    kNothing,
    kObject,
    // Perhaps an object of at most a block's size, or the beginning of a larger one: what follows
    // behind the bytes, which are fewer than a block holds, must tell. Only when is_open.
    kUndecided,
  };

  Kind kind = Kind::kNothing;
  // Where the object is in the bytes. As much as its header promises: may end behind them. Where
  // there is nothing: so many bytes need no other look by a finder that has `next`.
  uint64_t begin = 0;
  uint64_t size = 0;
  CodecOptions options = {};  // for the whole object, places relative to `begin`
  uint64_t cost = 0;          // time that the look took, as passing so many bytes
  uint64_t lead_in = 0;       // of Surroundings::before: the first bytes of the object, instead
  bool goes_on = false;       // what the object is a piece of goes on behind it: Finder::resume
};

// What a look at any header takes.
inline constexpr uint64_t kHeaderCost = 1 << 10;

// A part of an object that is to be a block.
struct ObjectPiece {
  uint64_t size = 0;  // bytes; 0: there is no piece
  CodecOptions options = {};
};

// The finder of a format. All functions are thread-safe.
struct Finder {
  const char* name;              // lower case
  std::string_view first_bytes;  // every object amid other bytes begins with one of these
  uint64_t max_rest;             // so many other bytes behind an object share its last block
  // Whether an object can begin with `bytes`, at least one, perhaps only the first of a signature.
  // Quick: asked wherever a first byte stands, and where a stream begins or an object has ended.
  bool (*may_begin)(ByteSpan bytes, bool is_inner);
  // What `bytes` begin with, where may_begin. Time at most linear in the bytes.
  Sighting (*look)(ByteSpan bytes, const Surroundings& around);
  // The next piece behind the first `done` bytes of an object: at most `size` (>= 1) bytes, which
  // the object has left. Depends on the options alone, not on the bytes.
  ObjectPiece (*cut)(const CodecOptions& object, uint64_t done, uint64_t size);
  // What `bytes`, behind an object that goes on, begin with. Null: none ever does.
  Sighting (*resume)(const CodecOptions& object, ByteSpan bytes,
                     const Surroundings& around) = nullptr;
  // Where in bytes[from ..) the next object may begin, at most their size, for a format that is not
  // known by its first bytes. Over all calls with a growing `from`, time linear in the bytes. Null:
  // wherever first_bytes say so.
  size_t (*next)(ByteSpan bytes, size_t from) = nullptr;
};

// The cut of objects that are always one piece.
inline ObjectPiece CutWhole(const CodecOptions& object, uint64_t done, uint64_t size) {
  if (done != 0) return {};
  return {.size = size, .options = object};
}

// Whether `bytes` begin with `signature`, as far as they go.
inline bool MayBeginWith(ByteSpan bytes, std::string_view signature) {
  for (size_t i = 0; i < signature.size() && i < bytes.size(); ++i) {
    if (bytes[i] != static_cast<uint8_t>(signature[i])) return false;
  }
  return true;
}

// Whether `bytes` begin with all of `signature`.
inline bool BeginsWith(ByteSpan bytes, std::string_view signature) {
  return bytes.size() >= signature.size() && MayBeginWith(bytes, signature);
}

}  // namespace lmz
