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
};

struct ReadFileResult {
  File file;
  Bytes around;  // all bytes that no scan holds, in order
  bool pads_ones = true;
};

// What `raw` begins with, which is written again as it is. Scans that are cut or damaged, and all
// behind them, are among the bytes around. Nothing when there is no such file, or when the caller
// stops it.
std::optional<ReadFileResult> ReadFile(ByteSpan raw, const Watch& watch);

// What `around` says up to the last one of `scans` (1 .. kMaxScans) scans. No blocks are made.
// Nothing when there are fewer, or more than `max_blocks` blocks.
std::optional<File> ParseAround(ByteSpan around, uint64_t scans, uint64_t max_blocks);

// Appends the file, of at most `max_size` bytes. False when its coefficients have no code, it is
// longer, or `watch` is stopped.
bool WriteFile(const File& file, ByteSpan around, bool pads_ones, uint64_t max_size,
               const Watch& watch, Bytes& out);

}  // namespace lmz::jpeg
