#include "codec/inside/finder.h"

#include <algorithm>
#include <string_view>

#include "codec/deflate/stream.h"
#include "codec/inside/wrapping.h"

namespace lmz::inside {

namespace {

// Within other bytes, an object must be this large to be worth a cut.
constexpr uint64_t kMinInnerSize = uint64_t{1} << 12;

// Streams nearer to each other than this share an object.
constexpr size_t kMaxGap = size_t{1} << 18;

// Of what follows the last stream, its file has no more.
constexpr size_t kMaxTail = size_t{1} << 20;

// A look takes at most so much time, as passing so many bytes, for each byte of a block.
constexpr uint64_t kMaxCostPerByte = 16;
constexpr uint64_t kMinCost = uint64_t{1} << 20;

bool IsText(ByteSpan bytes, size_t at, std::string_view text) {
  return at < bytes.size() && BeginsWith(bytes.subspan(at), text);
}

// Behind the directory of zip whose first record is at `at`, as far as it goes.
size_t DirectoryEnd(ByteSpan bytes, size_t at) {
  constexpr size_t kRecordSize = 46, kEndSize = 22;
  while (IsText(bytes, at, "PK\x01\x02") && bytes.size() - at >= kRecordSize) {
    const uint8_t* const record = &bytes[at];
    at += kRecordSize + LoadLe16(record + 28) + LoadLe16(record + 30) + LoadLe16(record + 32);
  }
  if (IsText(bytes, at, "PK\x05\x06") && bytes.size() - at >= kEndSize) {
    at += kEndSize + LoadLe16(&bytes[at + 20]);
  }
  return std::min(at, bytes.size());
}

// Where the file ends whose last stream ends at `end`.
size_t FileEnd(ByteSpan bytes, size_t end, Announcement announcement) {
  const size_t limit = std::min(bytes.size(), end + kMaxTail);
  constexpr std::string_view kPdfEnd = "%%EOF";
  switch (announcement) {
    case Announcement::kGzip:
      return std::min(bytes.size(), end + TrailerOf(Frame::kGzip, {}).size());
    case Announcement::kZip:
      for (size_t at = end; at < limit; ++at) {
        if (IsText(bytes, at, "PK\x01\x02")) return DirectoryEnd(bytes, at);
      }
      break;
    case Announcement::kZlib:
      for (size_t at = end; at < limit; ++at) {
        if (IsText(bytes, at, kPdfEnd)) return std::min(bytes.size(), at + kPdfEnd.size() + 1);
      }
      return std::min(bytes.size(), end + TrailerOf(Frame::kZlib, {}).size());
  }
  return end;
}

// Goes from stream to stream.
class Look {
 public:
  Look(ByteSpan bytes, const Surroundings& around)
      : all_(bytes),
        bytes_(bytes.first(static_cast<size_t>(std::min<uint64_t>(bytes.size(), around.max_size)))),
        around_(around),
        may_grow_(around.is_open && bytes.size() < around.max_size) {}

  Sighting Run() {
    while (cost_ < kMinCost + kMaxCostPerByte * bytes_.size()) {
      const size_t limit = std::min(bytes_.size(), end_ + kMaxGap);
      const std::optional<Candidate> candidate = NextCandidate(bytes_, at_, limit);
      cost_ += (candidate ? candidate->begin : limit) - at_;
      if (!candidate) break;
      const bool is_stream = Try(*candidate);
      if (is_cut_) return Undecided();
      if (!is_stream && candidate->header_begin == 0 && !MayHoldOthers()) break;
    }
    if (may_grow_ && (end_ != 0 || MayHoldOthers()) && bytes_.size() - end_ <= kMaxGap) {
      return Undecided();
    }
    if (end_ == 0) return Nothing();
    const size_t size = FileEnd(bytes_, end_, announcement_);
    if (around_.is_inner && size < kMinInnerSize) return Nothing();
    return {.kind = Sighting::Kind::kObject,
            .size = size,
            .options = InsideOptions{},
            .cost = kHeaderCost + cost_};
  }

 private:
  // Whether the file at the beginning goes on when it does not begin with a stream.
  bool MayHoldOthers() const { return IsText(bytes_, 0, "PK") || IsText(bytes_, 0, "%PDF-"); }

  Sighting Nothing() const { return {.cost = kHeaderCost + cost_}; }
  Sighting Undecided() const {
    return {.kind = Sighting::Kind::kUndecided, .cost = kHeaderCost + cost_};
  }

  bool Try(const Candidate& candidate) {
    at_ = candidate.header_begin + 1;
    deflate::InflateEffort effort;
    const uint64_t max_data = std::min(kMaxUnpackedSize, kMaxGrowth * bytes_.size());
    const std::optional<deflate::Inflated> stream =
        deflate::Inflate(bytes_.subspan(candidate.begin), {.data_size = max_data}, Watch(), effort);
    cost_ += 64 + effort.read_size + effort.data_size / 4;
    if (!stream) {
      is_cut_ = effort.is_cut && may_grow_;
      return false;
    }
    const size_t end = candidate.begin + stream->size;
    if (!IsCredible(candidate, stream->size, stream->data, all_.subspan(end))) return false;
    announcement_ = candidate.announcement;
    at_ = end_ = end;
    return true;
  }

  ByteSpan all_;
  ByteSpan bytes_;  // as many as a block may hold
  const Surroundings& around_;
  bool may_grow_;  // whether the object may go on behind the bytes
  size_t at_ = 0;
  size_t end_ = 0;  // of the last stream; 0: there is none
  bool is_cut_ = false;
  uint64_t cost_ = 0;
  Announcement announcement_ = Announcement::kZlib;
};

bool MayBegin(ByteSpan bytes, bool /*is_inner*/) {
  return MayAnnounce(bytes);
}

Sighting LookAt(ByteSpan bytes, const Surroundings& around) {
  return Look(bytes, around).Run();
}

}  // namespace

const Finder kFinder = {.name = "inside",
                        .first_bytes =
                            "\x1f"
                            "P%"
                            "\x08\x18\x28\x38\x48\x58\x68\x78",
                        .max_rest = uint64_t{1} << 16,
                        .may_begin = MayBegin,
                        .look = LookAt,
                        .cut = CutWhole};

}  // namespace lmz::inside
