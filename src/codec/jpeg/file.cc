#include "codec/jpeg/file.h"

#include <algorithm>

#include "codec/jpeg/scan_reader.h"
#include "codec/jpeg/scan_writer.h"
#include "codec/jpeg/segments.h"

namespace lmz::jpeg {

namespace {

using Stop = SegmentWalk::Stop;

// Of all scans that can be read whole, at most `max_scans`.
struct Scans {
  uint64_t count = 0;
  bool is_cut_short = false;  // coefficients of a further one may have been set
  Bytes around;
  Padding padding = Padding::kNone;
  Frame frame;
};

void Append(ByteSpan bytes, size_t begin, size_t end, Bytes& out) {
  ByteWriter(out).Append(bytes.subspan(begin, end - begin));
}

Scans ReadScans(ByteSpan raw, uint64_t max_scans, const Watch& watch) {
  Scans scans;
  SegmentWalk walk(raw);
  size_t copied = 0;
  while (scans.count < max_scans && walk.Next() == Stop::kScan) {
    Frame& frame = walk.frame();
    if (scans.count == 0) {
      if (frame.block_count() > MaxBlocksOf(raw.size())) return scans;
      frame.MakeBlocks();
    }
    const size_t begin = walk.position();
    const ReadScanResult scan = ReadScan(raw.subspan(begin), walk.scan(), watch, frame);
    const bool has_other_padding = scan.padding != Padding::kNone &&
                                   scans.padding != Padding::kNone && scan.padding != scans.padding;
    scans.is_cut_short = scan.size == 0 || has_other_padding;
    if (scans.is_cut_short) break;
    if (scan.padding != Padding::kNone) scans.padding = scan.padding;
    Append(raw, copied, begin, scans.around);
    copied = begin + scan.size;
    walk.SetPosition(copied);
    ++scans.count;
  }
  Append(raw, copied, raw.size(), scans.around);
  scans.frame = std::move(walk.frame());
  return scans;
}

}  // namespace

std::optional<ReadFileResult> ReadFile(ByteSpan raw, const Watch& watch) {
  Scans scans = ReadScans(raw, kMaxScans, watch);
  if (scans.count == 0) return std::nullopt;
  if (scans.is_cut_short) scans = ReadScans(raw, scans.count, watch);
  std::optional<File> file = ParseAround(scans.around, scans.count, MaxBlocksOf(raw.size()));
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

std::optional<File> ParseAround(ByteSpan around, uint64_t scans, uint64_t max_blocks) {
  File file;
  SegmentWalk walk(around);
  for (uint64_t i = 0; i < scans; ++i) {
    if (walk.Next() != Stop::kScan || walk.frame().block_count() > max_blocks) return std::nullopt;
    file.scans.push_back({.scan = walk.scan(), .head_end = walk.position()});
  }
  file.frame = std::move(walk.frame());
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
    if (!WriteScan(file.frame, scan.scan, pads_ones, max_size, watch, out)) return false;
  }
  return copy_to(around.size());
}

}  // namespace lmz::jpeg
