#include "codec/jpeg/finder.h"

#include <algorithm>

#include "codec/jpeg/segments.h"

namespace lmz::jpeg {

namespace {

// Within other bytes, a file must be this large to be worth a cut.
constexpr uint64_t kMinInnerSize = uint64_t{1} << 12;

// Of a pass over bytes, in units of Sighting::cost.
constexpr uint64_t kBytesPerCost = 8;

bool MayBegin(ByteSpan bytes, bool /*is_inner*/) {
  return MayBeginWith(bytes, "\xFF\xD8\xFF");
}

struct FoundFile {
  uint64_t size = 0;      // 0: there is none, or its end is not there
  bool is_cut = false;    // it may end behind the bytes
  bool has_scan = false;  // one of several, which ends within the bytes
  uint64_t cost = 0;
};

FoundFile Find(ByteSpan bytes) {
  FoundFile file;
  SegmentWalk walk(bytes);
  for (size_t scans = 0;; ++scans) {
    const SegmentWalk::Stop stop = walk.Next();
    const uint64_t blocks = walk.frame().block_count();
    file.is_cut = walk.is_cut();
    file.has_scan = scans > 1 && walk.frame().is_progressive;
    if (stop == SegmentWalk::Stop::kEnd && scans != 0 && blocks <= MaxBlocksOf(walk.position())) {
      file.size = walk.position();
    }
    if (stop != SegmentWalk::Stop::kScan || scans == kMaxScans || blocks > kMaxBlocks) return file;
    const size_t end = ScanEnd(bytes, walk.position());
    file.cost += kHeaderCost + (end - walk.position()) / kBytesPerCost;
    walk.SetPosition(end);
  }
}

Sighting Look(ByteSpan bytes, const Surroundings& around) {
  const auto limit = static_cast<size_t>(std::min<uint64_t>(bytes.size(), around.max_size));
  const FoundFile file = Find(bytes.first(limit));
  Sighting sighting = {.size = file.size, .cost = kHeaderCost + file.cost};
  if (file.size == 0) {
    const bool may_grow = around.is_open && bytes.size() < around.max_size;
    if (file.is_cut && may_grow) sighting.kind = Sighting::Kind::kUndecided;
    const bool is_all_there = !around.is_inner && !around.is_open && limit == bytes.size();
    if (!file.is_cut || !file.has_scan || !is_all_there) return sighting;
    sighting.size = bytes.size();
  }
  if (around.is_inner && sighting.size < kMinInnerSize) return sighting;
  sighting.kind = Sighting::Kind::kObject;
  sighting.options = JpegOptions{};
  return sighting;
}

}  // namespace

const Finder kFinder = {.name = "jpeg",
                        .first_bytes = "\xFF",
                        .max_rest = uint64_t{1} << 12,
                        .may_begin = MayBegin,
                        .look = Look,
                        .cut = CutWhole};

}  // namespace lmz::jpeg
