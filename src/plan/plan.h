// The planner looks at raw bytes and decides how to cut and code them. Encoder only: any plan
// decodes, so it may improve without a change of the format.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "codec/block.h"
#include "codec/filter/repeat.h"
#include "plan/content.h"
#include "plan/finders.h"

namespace lmz {

struct BlockPlan {
  uint64_t offset = 0;  // within the planned window
  uint64_t size = 0;    // > 0
  Content content = Content::kBinary;
  BlockChoice choice;
  // Copies in it are coded best where they are if it consists of columns or rows.
  bool copies_stay = false;
  // Not empty: the block is coded in parts, which cover what is left of it without `copies` (as
  // RemoveRepeats takes them). The parts' offsets do not count, and they have no filters.
  std::vector<BlockPlan> parts = {};
  std::vector<Repeat> copies = {};
};

// Whether the block is (a piece of) an object that a finder found.
inline bool IsObject(const BlockPlan& block) {
  return !std::holds_alternative<BytesOptions>(block.choice.options) &&
         !std::holds_alternative<StoredOptions>(block.choice.options);
}

struct PlanOptions {
  uint64_t max_block_size = uint64_t{16} << 20;
  // Not 0: a block of bytes becomes longer than this only where that parts what repeats itself.
  uint64_t usual_block_size = 0;
  bool looks_inside = true;  // at files that the codec `inside` unpacks
};

// Why a window ends.
enum class Edge : uint8_t {
  kOpen,   // the stream goes on, and the next window begins with what this one leaves over
  kFlush,  // all there is must be planned now, though the stream goes on
  kEnd,    // of the stream
};

// Plans a stream as it arrives, window by window. What cannot be decided at the edge of an open
// window, such as a file of which only the beginning is there, is left over for the next one.
class Planner {
 public:
  // Cuts `window` into consecutive blocks, none larger than options.max_block_size, the same for
  // all windows of a stream. They cover it from its beginning: to its end, or in an open window at
  // least so far that no more than a block's size is left over. Deterministic; time linear in the
  // window, so windows should bring a block's size of new bytes each.
  std::vector<BlockPlan> Plan(ByteSpan window, Edge edge, const PlanOptions& options);

 private:
  // An object of which the next window brings more.
  struct Unfinished {
    FoundObject object;
    uint64_t done = 0;  // bytes of it that are planned
  };

  uint64_t PlanObject(uint64_t begin);
  void PlanBytes(uint64_t begin, uint64_t end);
  void LeaveOver(uint64_t stretch_begin, uint64_t end);
  ObjectSearch::Find FindNext(ObjectSearch& search, uint64_t offset);

  std::optional<Unfinished> unfinished_;
  std::optional<FoundObject> resumed_;  // what ended last, if it goes on
  bool begins_inside_ = false;          // the next window: in bytes that began in this one

  // Of the window at hand.
  ByteSpan window_;
  bool is_open_ = false;
  uint64_t max_size_ = 0;
  uint64_t usual_size_ = 0;
  std::vector<BlockPlan> plan_;
};

// The blocks of a stream that is one window.
inline std::vector<BlockPlan> Plan(ByteSpan input, const PlanOptions& options) {
  return Planner().Plan(input, Edge::kEnd, options);
}

}  // namespace lmz
