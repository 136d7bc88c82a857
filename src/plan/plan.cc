#include "plan/plan.h"

#include <algorithm>
#include <utility>

#include "plan/join.h"
#include "plan/stretch.h"

namespace lmz {

void Planner::PlanBytes(uint64_t begin, uint64_t end) {
  PlanStretch(window_, begin, end, {.max_block_size = max_size_, .usual_block_size = usual_size_},
              plan_);
}

// Adds blocks of the unfinished object, which goes on at `begin`. Returns where they end. A piece
// at the edge of an open window waits until it is as long as it can be.
uint64_t Planner::PlanObject(uint64_t begin) {
  const FoundObject& object = unfinished_->object;
  uint64_t& done = unfinished_->done;
  // Pieces of an object do not refer to each other: those of the usual size can be coded side by
  // side.
  const bool has_pieces = object.finder->cut(object.options, 1, max_size_).size != 0;
  const uint64_t limit =
      has_pieces && usual_size_ != 0 ? std::min(usual_size_, max_size_) : max_size_;
  while (begin < window_.size()) {
    const uint64_t available = window_.size() - begin;
    const uint64_t left = object.size - done;
    if (is_open_ && left > available && available < limit) return begin;
    const ObjectPiece piece =
        object.finder->cut(object.options, done, std::min({left, available, limit}));
    if (piece.size == 0) {
      if (is_open_ || left <= available) break;
      PlanBytes(begin, window_.size());
      done += available;
      return window_.size();
    }
    uint64_t size = piece.size;
    const bool is_last = done + size >= object.size;
    const uint64_t rest = available - size;
    const bool takes_rest =
        !is_open_ && !object.goes_on && size + rest <= max_size_ &&
        (is_last ? rest <= object.finder->max_rest
                 : rest != 0 && object.finder->cut(object.options, done + size, rest).size == 0);
    if (takes_rest) size += rest;
    plan_.push_back({.offset = begin,
                     .size = size,
                     .content = object.content,
                     .choice = {.options = piece.options}});
    begin += size;
    done += size;
    if (is_last) break;
  }
  if (begin < window_.size() || done >= object.size) unfinished_.reset();
  return begin;
}

// Leaves over window[end ..), and the last block of the bytes [stretch_begin, end) before it, which
// may go on behind the window, unless that is more than a block's size.
void Planner::LeaveOver(uint64_t stretch_begin, uint64_t end) {
  const bool has_stretch = stretch_begin < end;
  if (has_stretch && plan_.back().size < max_size_ &&
      window_.size() - plan_.back().offset <= max_size_) {
    end = plan_.back().offset;
    plan_.pop_back();
  }
  begins_inside_ = end != stretch_begin || (begins_inside_ && stretch_begin == 0);
}

// The next object; first what goes on behind the last one.
ObjectSearch::Find Planner::FindNext(ObjectSearch& search, uint64_t offset) {
  if (resumed_) {
    if (const std::optional<ObjectSearch::Find> find = search.Resume(*resumed_, offset)) {
      return *find;
    }
    resumed_.reset();
  }
  return search.Next(offset);
}

std::vector<BlockPlan> Planner::Plan(ByteSpan window, Edge edge, const PlanOptions& options) {
  window_ = window;
  is_open_ = edge == Edge::kOpen;
  max_size_ = std::clamp<uint64_t>(options.max_block_size, 1, kMaxBlockRawSize);
  usual_size_ = options.usual_block_size;
  ObjectSearch search(window, {.max_size = max_size_,
                               .is_open = is_open_,
                               .begins_inside = begins_inside_,
                               .looks_inside = options.looks_inside});
  uint64_t offset = unfinished_ ? PlanObject(0) : 0;
  while (!unfinished_) {
    const ObjectSearch::Find find = FindNext(search, offset);
    PlanBytes(offset, find.begin);
    if (!find.object) {
      if (is_open_) LeaveOver(offset, find.begin);
      break;
    }
    unfinished_ = {.object = *find.object, .done = 0};
    resumed_.reset();
    if (find.object->goes_on) resumed_ = find.object;
    begins_inside_ = false;
    offset = PlanObject(find.begin);
  }
  if (!is_open_) begins_inside_ = false;
  JoinRepeats(window_, max_size_, plan_);
  window_ = {};
  return std::exchange(plan_, {});
}

}  // namespace lmz
