#include "codec/jpeg/extent.h"

#include <algorithm>

#include "codec/finder.h"
#include "codec/jpeg/segments.h"

namespace lmz::jpeg {

FileExtent ExtentOf(ByteSpan bytes) {
  using Stop = SegmentWalk::Stop;
  FileExtent file;
  SegmentWalk walk(bytes);
  while (true) {
    const Stop stop = walk.Next();
    const uint64_t blocks = walk.frame().block_count();
    file.is_cut = walk.is_cut();
    if (stop == Stop::kEnd && file.has_scan && blocks <= MaxBlocksOf(walk.position())) {
      file.size = walk.position();
    }
    if (stop == Stop::kNone && file.has_scan &&
        BeginsWith(bytes.subspan(walk.position()), kFileStart)) {
      file.size = walk.position();
      return file;
    }
    const bool goes_on = stop == Stop::kScan || (stop == Stop::kNone && file.has_scan);
    const bool is_too_much = file.scans == kMaxScans || blocks > kMaxBlocks;
    if (!goes_on || file.is_cut || is_too_much) return file;
    file.has_scan = true;
    ++file.scans;
    const size_t begin = walk.position();
    // A marker that is none of a segment is passed.
    const size_t end =
        ScanEnd(bytes, stop == Stop::kScan ? begin : std::min(begin + 1, bytes.size()));
    file.passed += end - begin;
    walk.SetPosition(end);
  }
}

}  // namespace lmz::jpeg
