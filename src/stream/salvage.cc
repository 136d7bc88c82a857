#include "stream/salvage.h"

#include <algorithm>

#include "base/memory_errors.h"
#include "codec/registry.h"
#include "container/frame_search.h"
#include "stream/block_decoding.h"
#include "stream/pipeline.h"
#include "stream/progress_meter.h"

namespace lmz {

namespace {

// Behind damage, so many blocks may be missing: more would let chance find headers.
constexpr uint64_t kMaxMissing = 4096;

std::string Blocks(uint64_t first, uint64_t end) {
  return end - first == 1 ? "block " + std::to_string(first)
                          : "blocks " + std::to_string(first) + " to " + std::to_string(end - 1);
}

// Whether a decoder that comes to the end of the payload leaves what it has decoded in place.
bool DecodesInPlace(CodecId codec) {
  return codec == kBytesCodec.id || codec == kTextCodec.id;
}

class Salvager {
 public:
  Salvager(const RandomAccess& input, Sink& sink, const DecompressOptions& options,
           const std::function<void(const SalvagedPart&)>& tell)
      : input_(input),
        sink_(sink),
        options_(options),
        tell_(tell),
        search_(input),
        meter_(options.progress) {}

  Result<uint64_t> Run() {
    while (at_ < input_.size()) {
      LMZ_ASSIGN(const bool is_known, TakeWhatIsHere());
      if (is_known) continue;
      if (!damage_begin_ && at_ >= bad_end_) damage_begin_ = at_;
      ++at_;
    }
    LMZ_TRY(BreakFrame());
    if (!has_found_) return Status(Code::kNotLmz, "no lmz frame or block was found");
    return written_size_;
  }

 private:
  using Kind = SalvagedPart::Kind;

  Result<bool> TakeWhatIsHere() {
    LMZ_ASSIGN(const bool is_block, TakeBlock());
    if (is_block) return true;
    LMZ_ASSIGN(const bool is_end, TakeIndex());
    if (is_end) return true;
    LMZ_ASSIGN(const bool is_frame, TakeFrame());
    if (is_frame) return true;
    return TakePadding();
  }

  Result<bool> TakeFrame() {
    LMZ_ASSIGN(const auto frame, search_.FrameAt(at_));
    if (!frame) return false;
    LMZ_TRY(BreakFrame());
    has_found_ = true;
    if (frame->block.header.raw_size != 0) {
      LMZ_ASSIGN(const bool is_good, Decode(frame->block, frame->end));
      LMZ_TRY(Put(frame->block, frame->end, is_good));
      return true;
    }
    is_in_frame_ = !frame->is_compact && !frame->is_note;
    frame_offset_ = at_;
    at_ = frame->end;
    return true;
  }

  // Whether what comes here may be anything.
  bool IsSearching() const { return damage_begin_ || at_ < bad_end_; }

  // Where the header of a frame is lost, its blocks may come all the same.
  Result<bool> TakeBlock() {
    if (!is_in_frame_ && !damage_begin_) return false;
    LMZ_ASSIGN(auto found, search_.BlockAt(at_, next_, IsSearching() ? kMaxMissing : 1));
    const bool is_other_frame = !found && damage_begin_;
    if (is_other_frame) {
      LMZ_ASSIGN(found, search_.BlockAt(at_, 0, std::min(next_, kMaxMissing)));
    }
    if (!found) return false;
    LMZ_ASSIGN(const bool is_good, Decode(found->block, found->payload_offset));
    const bool may_be_chance = is_other_frame || found->block.number > next_ + 1;
    if (may_be_chance && !is_good) return false;
    if (is_other_frame) LMZ_TRY(BreakFrame());
    has_found_ = true;
    is_in_frame_ = true;
    if (found->block.number != next_ && !damage_begin_) damage_begin_ = at_;
    LMZ_TRY(FillUpTo(found->block.number));
    const BlockHeader& header = found->block.header;
    known_.push_back({.coded_size = found->payload_offset - at_ + header.payload_size,
                      .raw_size = header.raw_size});
    next_ = found->block.number + 1;
    LMZ_TRY(Put(found->block, found->payload_offset, is_good));
    return true;
  }

  Result<bool> TakeIndex() {
    if (!is_in_frame_ && !damage_begin_) return false;
    if (IsSearching()) {
      LMZ_TRY(LookAhead());
      if (!ahead_ || ahead_->offset != at_) return false;
      index_ = ahead_;
    } else {
      LMZ_ASSIGN(index_, search_.IndexAt(at_, MaxEntries()));
    }
    if (!index_ || index_->entries.size() < next_) {
      index_.reset();
      return false;
    }
    has_found_ = true;
    is_in_frame_ = true;
    if (index_->entries.size() > next_ && !damage_begin_) damage_begin_ = at_;
    at_ = index_->end;
    LMZ_TRY(FinishFrame());
    return true;
  }

  Result<bool> TakePadding() {
    if (is_in_frame_ || IsSearching() || !has_found_) return false;
    uint8_t byte = 0;
    LMZ_TRY(input_.ReadAt(at_, MutableByteSpan(&byte, 1)));
    if (byte == 0) ++at_;
    return byte == 0;
  }

  // Something else begins here, or the input ends: what is left of the frame at hand is lost.
  Status BreakFrame() {
    if (is_in_frame_ && !damage_begin_) damage_begin_ = at_;
    return FinishFrame();
  }

  // The frame is over; blocks that its index has and that did not come are lost.
  Status FinishFrame() {
    LMZ_TRY(FillUpTo(index_ ? std::max<uint64_t>(index_->entries.size(), next_) : next_));
    is_in_frame_ = false;
    frame_offset_ = UINT64_MAX;
    next_ = 0;
    known_.clear();
    index_.reset();
    return OkStatus();
  }

  // What was damaged ends here, in front of block `number` or at the frame's end.
  Status FillUpTo(uint64_t number) {
    if (!damage_begin_) return OkStatus();
    const Status why = at_ == input_.size() && !index_
                           ? Status(Code::kTruncated, "the file ends before its frame does")
                           : Status(Code::kDamaged, "it is damaged or missing");
    if (number > next_ && !index_) LMZ_TRY(FindIndex(number));
    if (index_ && number > next_ && number <= index_->entries.size()) {
      for (; next_ < number; ++next_) {
        const IndexEntry& entry = index_->entries[static_cast<size_t>(next_)];
        LMZ_TRY(WriteZeros(entry.raw_size));
        known_.push_back(entry);
        Tell(Kind::kZeros, Blocks(next_, next_ + 1), entry.raw_size, why);
      }
    } else {
      const std::string place = " at offset " + std::to_string(*damage_begin_);
      Tell(Kind::kLost, (number > next_ ? Blocks(next_, number) : "data") + place, 0, why);
    }
    damage_begin_.reset();
    return OkStatus();
  }

  // ahead_ becomes the next index from here on.
  Status LookAhead() {
    if (is_ahead_known_ && (!ahead_ || ahead_->offset >= at_)) return OkStatus();
    LMZ_ASSIGN(ahead_, search_.NextIndex(at_, MaxEntries()));
    is_ahead_known_ = true;
    return OkStatus();
  }

  // index_ becomes that of this frame, if there is one that agrees with the blocks before the
  // damage, with the beginning of the frame, or with block `number`, which begins here.
  Status FindIndex(uint64_t number) {
    LMZ_TRY(LookAhead());
    if (!ahead_) return OkStatus();
    const std::vector<IndexEntry>& entries = ahead_->entries;
    const bool has_known =
        !known_.empty() && known_.size() <= entries.size() &&
        std::equal(known_.begin(), known_.end(), entries.begin(),
                   [](const IndexEntry& a, const IndexEntry& b) {
                     return a.coded_size == b.coded_size && a.raw_size == b.raw_size;
                   });
    uint64_t size_from_here = 0;
    for (uint64_t i = number; i < entries.size(); ++i) {
      size_from_here += entries[static_cast<size_t>(i)].coded_size;
    }
    const bool has_block = number < entries.size() && at_ + size_from_here == ahead_->offset;
    if (has_known || has_block || ahead_->frame_offset() == frame_offset_) index_ = ahead_;
    return OkStatus();
  }

  uint64_t MaxEntries() const { return options_.memory_limit / sizeof(IndexEntry); }

  // Decodes a block into raw_: what can be had of it, zeros for the rest. why_ says what is wrong
  // with it. Errors: only those that stop everything.
  Result<bool> Decode(const BlockRecord& block, uint64_t payload_offset) {
    BlockRecord here = block;  // as far as there is something of it
    const uint64_t room = input_.size() - std::min(payload_offset, input_.size());
    here.header.payload_size = std::min(block.header.payload_size, room);
    why_ = DecodeBlockAt(input_, here, payload_offset, options_, meter_, raw_);
    if (why_.ok()) return true;
    switch (why_.code()) {
      case Code::kIo:
      case Code::kLimit:
      case Code::kCancelled:
      case Code::kOutOfMemory:
        return why_;
      default:
        break;
    }
    is_cut_ = false;
    if (here.header.payload_size < block.header.payload_size) {
      LMZ_ASSIGN(is_cut_, KeepsBeginning(here, payload_offset));
      why_ = Status(Code::kTruncated, "the file ends too early");
    }
    if (!is_cut_) raw_.assign(static_cast<size_t>(block.header.raw_size), 0);
    return false;
  }

  // Whether raw_ has the beginning of a block that is cut; decoding it has ended in why_.
  Result<bool> KeepsBeginning(const BlockRecord& block, uint64_t payload_offset) {
    const BlockHeader& header = block.header;
    if (header.filters != 0) return false;
    if (header.codec == kStoredCodec.id) {
      LMZ_TRY(input_.ReadAt(payload_offset,
                            MutableByteSpan(raw_).first(static_cast<size_t>(header.payload_size))));
      return header.payload_size != 0;
    }
    return why_.code() == Code::kTruncated && DecodesInPlace(header.codec);
  }

  // Writes the block that was decoded last. What comes next begins behind it or, where it is bad,
  // perhaps within its payload: a part of the input may be missing.
  Status Put(const BlockRecord& block, uint64_t payload_offset, bool is_good) {
    bad_end_ = std::min(payload_offset + block.header.payload_size, input_.size());
    at_ = is_good ? bad_end_ : payload_offset;
    LMZ_TRY(CheckOutputSize(raw_.size(), written_size_, options_.output_limit));
    LMZ_TRY(sink_.Write(raw_));
    Tell(is_good   ? Kind::kGood
         : is_cut_ ? Kind::kCut
                   : Kind::kZeros,
         BlockName(block), raw_.size(), why_);
    return OkStatus();
  }

  Status WriteZeros(uint64_t size) {
    LMZ_TRY(CheckOutputSize(size, written_size_, options_.output_limit));
    const Bytes zeros(static_cast<size_t>(std::min<uint64_t>(size, 1 << 16)), 0);
    for (uint64_t left = size; left != 0;) {
      const auto piece = static_cast<size_t>(std::min<uint64_t>(left, zeros.size()));
      LMZ_TRY(sink_.Write(ByteSpan(zeros).first(piece)));
      left -= piece;
    }
    return OkStatus();
  }

  void Tell(Kind kind, std::string name, uint64_t raw_size, const Status& why) {
    tell_({.kind = kind,
           .name = std::move(name),
           .raw_offset = written_size_,
           .raw_size = raw_size,
           .why = why});
    written_size_ += raw_size;
  }

  const RandomAccess& input_;
  Sink& sink_;
  const DecompressOptions& options_;
  const std::function<void(const SalvagedPart&)>& tell_;
  FrameSearch search_;
  ProgressMeter meter_;
  uint64_t written_size_ = 0;

  uint64_t at_ = 0;  // in the input
  bool has_found_ = false;
  std::optional<uint64_t> damage_begin_;  // of what nothing is known of, up to at_
  uint64_t bad_end_ = 0;                  // of the payload that was decoded last

  // Of the frame at hand.
  bool is_in_frame_ = false;
  uint64_t frame_offset_ = UINT64_MAX;  // that one: its header is lost
  uint64_t next_ = 0;                   // number of the block that should come
  std::vector<IndexEntry> known_;       // blocks before it
  std::optional<FrameSearch::FoundIndex> index_;

  std::optional<FrameSearch::FoundIndex> ahead_;
  bool is_ahead_known_ = false;

  // Of the block that was decoded last.
  Bytes raw_;
  Status why_;
  bool is_cut_ = false;
};

}  // namespace

Result<uint64_t> Salvage(const RandomAccess& input, Sink& sink, const DecompressOptions& options,
                         const std::function<void(const SalvagedPart&)>& tell) {
  LMZ_TRY(ValidateThreads(options.threads));
  return WithMemoryErrors([&] { return Salvager(input, sink, options, tell).Run(); },
                          "there is not enough memory for a block");
}

}  // namespace lmz
