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

// The size of the file, 0: there is none. `is_cut`: it may end behind the bytes.
uint64_t FindEnd(ByteSpan bytes, bool& is_cut, uint64_t& cost) {
  SegmentWalk walk(bytes);
  size_t scans = 0;
  while (true) {
    const SegmentWalk::Stop stop = walk.Next();
    is_cut = walk.is_cut();
    const uint64_t blocks = walk.frame().block_count();
    if (stop == SegmentWalk::Stop::kEnd && scans != 0) {
      return blocks <= MaxBlocksOf(walk.position()) ? walk.position() : 0;
    }
    if (stop != SegmentWalk::Stop::kScan || ++scans > kMaxScans || blocks > kMaxBlocks) return 0;
    const size_t end = ScanEnd(bytes, walk.position());
    cost += kHeaderCost + (end - walk.position()) / kBytesPerCost;
    walk.SetPosition(end);
  }
}

Sighting Look(ByteSpan bytes, const Surroundings& around) {
  Sighting sighting = {.cost = kHeaderCost};
  bool is_cut = false;
  const ByteSpan most =
      bytes.first(static_cast<size_t>(std::min<uint64_t>(bytes.size(), around.max_size)));
  const uint64_t size = FindEnd(most, is_cut, sighting.cost);
  if (size == 0) {
    const bool may_go_on = around.is_open && is_cut && bytes.size() < around.max_size;
    if (may_go_on) sighting.kind = Sighting::Kind::kUndecided;
    return sighting;
  }
  if (around.is_inner && size < kMinInnerSize) return sighting;
  sighting.kind = Sighting::Kind::kObject;
  sighting.size = size;
  sighting.options = JpegOptions{};
  return sighting;
}

ObjectPiece Cut(const CodecOptions& object, uint64_t done, uint64_t size) {
  if (done != 0) return {};
  return {.size = size, .options = object};  // always whole
}

}  // namespace

const Finder kFinder = {.name = "jpeg",
                        .first_bytes = "\xFF",
                        .max_rest = uint64_t{1} << 12,
                        .may_begin = MayBegin,
                        .look = Look,
                        .cut = Cut};

}  // namespace lmz::jpeg
