// A JPEG file as its coefficients and the bytes around its scans.
#pragma once

#include <optional>

#include "codec/jpeg/picture.h"
#include "codec/watch.h"

namespace lmz::jpeg {

struct ScanInFile {
  Scan scan;
  size_t head_end = 0;  // in the bytes around the scans: behind SOS
};

// What the bytes around the scans say.
struct File {
  Frame frame;
  std::vector<ScanInFile> scans;
  uint64_t last_units = 0;  // of the last scan, if it is cut, else 0
};

struct ReadFileResult {
  File file;
  Bytes around;  // all bytes that no scan holds, in order
  bool pads_ones = true;
};

// How much of a file the bytes around its scans leave out.
struct ScansTaken {
  uint64_t count = 0;       // of scans, 1 .. kMaxScans
  uint64_t last_units = 0;  // of the last one, if it is cut, else 0
};

// What `raw` begins with, which is written again as it is. Scans that are cut or damaged, and all
// behind them, are among the bytes around; of a sequential scan, from the cut on. Nothing when
// there is no such file, or when the caller stops it.
std::optional<ReadFileResult> ReadFile(ByteSpan raw, const Watch& watch);

// What `around` says up to the last one of the scans. No blocks are made. Nothing when there are
// fewer scans or units, or more than `max_blocks` blocks.
std::optional<File> ParseAround(ByteSpan around, ScansTaken scans, uint64_t max_blocks);

// Appends the file, of at most `max_size` bytes. False when its coefficients have no code, it is
// longer, or `watch` is stopped.
bool WriteFile(const File& file, ByteSpan around, bool pads_ones, uint64_t max_size,
               const Watch& watch, Bytes& out);

}  // namespace lmz::jpeg
