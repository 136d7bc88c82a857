// The formats of objects that the planner finds, and the search for the next one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "codec/finder.h"
#include "plan/content.h"

namespace lmz {

// Where its blocks are cut is the finder's business.
struct FoundObject {
  const Finder* finder = nullptr;
  Content content = Content::kBinary;
  uint64_t size = 0;     // as promised: may end behind the window
  CodecOptions options;  // as in Sighting
  bool goes_on = false;  // as in Sighting
};

// Finder::cut of the object whose options these are, once it was found. No piece for other options.
ObjectPiece CutObject(const CodecOptions& object, uint64_t done, uint64_t size);

struct SearchOptions {
  uint64_t max_size = 0;       // of a block
  bool is_open = false;        // more bytes follow behind the window
  bool begins_inside = false;  // other bytes are before the window
  bool looks_inside = true;    // for files that the codec `inside` unpacks, too
};

// Looks for objects worth blocks of their own. Gives up where headers that lead nowhere are too
// many, so that the time stays linear; looks at what is an object take no longer than coding it.
class ObjectSearch {
 public:
  struct Find {
    uint64_t begin = 0;  // of the object; of what is undecided; else the window's size
    std::optional<FoundObject> object = {};
  };

  // `window` outlives the search.
  ObjectSearch(ByteSpan window, const SearchOptions& options);

  // The first object that begins in window[from, to), or what may be one once more bytes are there.
  Find Next(uint64_t from, uint64_t to = UINT64_MAX);

  // What goes on at window[from] behind an object that does, or may once more bytes are there.
  // None: nothing does.
  std::optional<Find> Resume(const FoundObject& object, uint64_t from) const;

 private:
  bool IsHinted(uint64_t at);

  ByteSpan window_;
  SearchOptions options_;
  uint64_t patience_;
  std::optional<uint64_t> hint_;  // where a format without a first byte may begin next
};

}  // namespace lmz
