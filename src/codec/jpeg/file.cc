#include "codec/jpeg/file.h"

#include <algorithm>

#include "codec/jpeg/scan_reader.h"
#include "codec/jpeg/scan_walk.h"
#include "codec/jpeg/scan_writer.h"
#include "codec/jpeg/segments.h"

namespace lmz::jpeg {

namespace {

using Stop = SegmentWalk::Stop;

// Of all scans that can be read.
struct Scans {
  ScansTaken taken;
  bool is_cut_short = false;  // coefficients of a further one may have been set
  uint64_t good_units = 0;    // of that one
  Bytes around;
  Padding padding = Padding::kNone;
  Frame frame;
};

void Append(ByteSpan bytes, size_t begin, size_t end, Bytes& out) {
  ByteWriter(out).Append(bytes.subspan(begin, end - begin));
}

// Bytes that the whole bytes of the first units of a scan take; 0 when they are not written the
// same.
size_t SizeOfUnits(ByteSpan bytes, const Frame& frame, const Scan& scan, uint64_t units,
                   bool pads_ones, const Watch& watch) {
  Bytes written;
  if (!WriteScan(frame, scan, units, pads_ones, bytes.size(), watch, written)) return 0;
  return std::ranges::equal(written, bytes.first(written.size())) ? written.size() : 0;
}

// Up to the scan that cannot be read whole, or to `most`.
Scans ReadScans(ByteSpan raw, ScansTaken most, const Watch& watch) {
  Scans scans;
  SegmentWalk walk(raw);
  size_t copied = 0;
  while (scans.taken.count < most.count && walk.Next() == Stop::kScan) {
    Frame& frame = walk.frame();
    if (scans.taken.count == 0) {
      if (frame.block_count() > MaxBlocksOf(raw.size())) return scans;
      frame.MakeBlocks();
    }
    const size_t begin = walk.position();
    const uint64_t units = scans.taken.count + 1 == most.count ? most.last_units : 0;
    ReadScanResult scan = ReadScan(raw.subspan(begin), walk.scan(), units, watch, frame);
    const bool has_other_padding = scan.padding != Padding::kNone &&
                                   scans.padding != Padding::kNone && scan.padding != scans.padding;
    if (scan.padding != Padding::kNone && !has_other_padding) scans.padding = scan.padding;
    if (units != 0) {
      const bool pads_ones = scans.padding != Padding::kZeros;
      scan.size = SizeOfUnits(raw.subspan(begin), frame, walk.scan(), units, pads_ones, watch);
    }
    scans.is_cut_short = scan.size == 0 || has_other_padding;
    if (scans.is_cut_short) {
      scans.good_units = has_other_padding || frame.is_progressive ? 0 : scan.units;
      break;
    }
    Append(raw, copied, begin, scans.around);
    copied = begin + scan.size;
    walk.SetPosition(copied);
    ++scans.taken.count;
    scans.taken.last_units = units;
  }
  Append(raw, copied, raw.size(), scans.around);
  scans.frame = std::move(walk.frame());
  return scans;
}

// All whole scans, and of a further sequential one as much as is good.
Scans ReadGoodScans(ByteSpan raw, const Watch& watch) {
  Scans scans = ReadScans(raw, {.count = kMaxScans}, watch);
  if (!scans.is_cut_short) return scans;
  const ScansTaken whole = scans.taken;
  if (scans.good_units != 0) {
    scans = ReadScans(raw, {.count = whole.count + 1, .last_units = scans.good_units}, watch);
    if (!scans.is_cut_short) return scans;
  }
  return ReadScans(raw, whole, watch);
}

// The blocks that a cut scan has.
void CutAt(uint64_t units, const Scan& scan, Frame& frame) {
  const bool is_alone = scan.components.size() == 1;
  for (const ScanComponent& in_scan : scan.components) {
    Component& c = frame.components[in_scan.component];
    const uint64_t columns = is_alone ? c.columns : frame.unit_columns();
    const uint32_t down = is_alone ? 1 : c.down;
    c.whole_rows = static_cast<uint32_t>(units / columns) * down;
    c.cut_rows = down;
    c.cut_columns = static_cast<uint32_t>(units % columns) * (is_alone ? 1 : c.across);
  }
}

}  // namespace

std::optional<ReadFileResult> ReadFile(ByteSpan raw, const Watch& watch) {
  Scans scans = ReadGoodScans(raw, watch);
  if (scans.taken.count == 0) return std::nullopt;
  std::optional<File> file = ParseAround(scans.around, scans.taken, MaxBlocksOf(raw.size()));
  if (!file) return std::nullopt;
  for (size_t i = 0; i < file->frame.components.size(); ++i) {
    file->frame.components[i].blocks = std::move(scans.frame.components[i].blocks);
  }
  ReadFileResult result = {.file = std::move(*file),
                           .around = std::move(scans.around),
                           .pads_ones = scans.padding != Padding::kZeros};
  Bytes written;
  written.reserve(raw.size());
  const bool is_same =
      WriteFile(result.file, result.around, result.pads_ones, raw.size(), watch, written) &&
      std::ranges::equal(written, raw);
  if (!is_same) return std::nullopt;
  return result;
}

std::optional<File> ParseAround(ByteSpan around, ScansTaken scans, uint64_t max_blocks) {
  File file;
  file.last_units = scans.last_units;
  SegmentWalk walk(around);
  for (uint64_t i = 0; i < scans.count; ++i) {
    if (walk.Next() != Stop::kScan || walk.frame().block_count() > max_blocks) return std::nullopt;
    file.scans.push_back({.scan = walk.scan(), .head_end = walk.position()});
  }
  file.frame = std::move(walk.frame());
  for (Component& c : file.frame.components) c.whole_rows = c.all_rows;
  if (scans.last_units != 0) {
    const Scan& last = file.scans.back().scan;
    const bool is_possible =
        !file.frame.is_progressive && scans.last_units <= UnitsOf(file.frame, last);
    if (!is_possible) return std::nullopt;
    CutAt(scans.last_units, last, file.frame);
  }
  return file;
}

bool WriteFile(const File& file, ByteSpan around, bool pads_ones, uint64_t max_size,
               const Watch& watch, Bytes& out) {
  size_t copied = 0;
  const auto copy_to = [&](size_t end) {
    if (out.size() + end - copied > max_size) return false;
    Append(around, copied, end, out);
    copied = end;
    return true;
  };
  for (const ScanInFile& scan : file.scans) {
    if (!copy_to(scan.head_end)) return false;
    const uint64_t units = &scan == &file.scans.back() ? file.last_units : 0;
    if (!WriteScan(file.frame, scan.scan, units, pads_ones, max_size, watch, out)) return false;
  }
  return copy_to(around.size());
}

}  // namespace lmz::jpeg
