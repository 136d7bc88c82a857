// The columns of the tables: data prepared as Delétang et al. 2024 prepared theirs, or as people
// have it.
#pragma once

#include <string>
#include <vector>

#include "bench/measure/coder.h"

namespace lmz::bench {

inline constexpr size_t kChunkSize = 2048;
// An image's patch: kRowWidth x kPatchHeight gray pixels are one chunk.
inline constexpr uint32_t kPatchHeight = 32;

struct DataSet {
  std::string name;                // of the column
  std::string what;                // one sentence: what it is and how it was prepared
  std::vector<std::string> notes;  // which files were left out, and why
  Bytes bytes;                     // all of it; the signals below point into it. Empty: see notes
  std::vector<Signal> whole;       // what is coded at once: one, or one for each file
  std::vector<Signal> chunks;      // the same in pieces of kChunkSize; the last may be shorter
};

// What sizes of this set are kept by: XXH3-128 of its bytes and, unless they are bytes in one
// piece, of the shapes of its signals.
std::string KeptHash(const DataSet& set);

// Sets are empty, and their notes say why, where the files at `path` have nothing for them. Errors:
// kIo when there are no files.

// The file, or the files in the folder one after the other, as they are; the first `limit` bytes.
Result<DataSet> LoadText(const std::string& path, size_t limit);

// The PNG files: the mean of red, green and blue, rounded down, cut into patches from the top left;
// each patch row by row. What is left at the right and the bottom is dropped. No more
// than `limit` bytes of whole patches are taken, at least one.
Result<DataSet> LoadPatches(const std::string& path, size_t limit);

// The WAV and FLAC files: the mean of all channels, the upper 8 of 16 bits, plus 128. Each file is
// cut into chunks; what is left at its end is dropped. Files with a lower rate than kSampleRate or
// other samples than 8 or 16 bits are left out; those with a higher rate too, unless
// `is_resampled`, which changes their rate first. The limit is that of LoadPatches.
Result<DataSet> LoadSpeech(const std::string& path, size_t limit, bool is_resampled);

// Incompressible, the same in every run.
DataSet RandomData(size_t size);

// The same files with their own pixels and samples, each whole: the first one, and each further one
// that does not take them beyond `limit` bytes together.
Result<DataSet> LoadPictures(const std::string& path, size_t limit);
Result<DataSet> LoadSounds(const std::string& path, size_t limit);

}  // namespace lmz::bench
