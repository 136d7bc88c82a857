// `lmz-bench files`: lmz beside the compressors that are installed, on any files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/coders/peers.h"
#include "bench/measure/journal.h"
#include "bench/measure/process.h"
#include "bench/report/plot.h"

namespace lmz::bench {

struct FilesOptions {
  std::vector<std::string> paths;   // files, and folders whose files are a group
  std::string lmz;                  // the program; empty: beside this one, or the installed one
  std::vector<std::string> only;    // names of peers; empty: all that are installed
  std::vector<std::string> models;  // files, beside those of levels
  int runs = 1;                     // the fastest counts
  bool totals = false;              // one table, with the total of each path
  bool levels = false;              // one table, of all files by peer: what to expect of a level
  std::string targets;              // a CSV file of sizes to reach; empty: none
  std::string state;                // the journal; empty: none
  std::string csv;                  // further outputs; empty: none
  std::string json;
  std::string svg;   // the figure of ratio against speed
  std::string into;  // the document with the section; empty: standard output
  std::string section = "files";
};

struct FileCost {
  uint64_t coded_size = 0;
  RunCost pack;
  RunCost unpack;
};

struct MeasuredFile {
  std::string name;  // below its group, or its own
  std::string path;
  uint64_t raw_size = 0;
  std::string hash;             // XXH3-128
  std::vector<FileCost> costs;  // by peer
};

// One peer on some files: the sums of sizes and times, the largest memory.
struct FileSum {
  uint64_t raw_size = 0;
  uint64_t coded_size = 0;
  RunCost pack;
  RunCost unpack;

  void Add(const MeasuredFile& file, size_t peer);
};

struct FileGroup {
  std::string name;  // of the folder or the file
  std::vector<MeasuredFile> files;
};

struct FilesResult {
  std::vector<Peer> peers;
  std::vector<std::string> versions;  // by peer
  std::vector<ModelName> models;      // of lmz; empty when it took no part
  std::vector<std::string> left_out;  // peers that are none of these, with the reason
  Status failure;                     // of the peers that failed; kOk: none did
  std::vector<FileGroup> groups;
  int runs = 1;
  bool is_in_memory = false;  // where the work was done
};

// The files of one round trip: packs `path` with the peer in the folder, unpacks, compares; the
// least of `runs` times each way. Errors, whose details are behind ": ": kDamaged when the file is
// not restored; kIo; those of RunShell.
Result<FileCost> MeasureFile(const Peer& peer, const std::string& path, const std::string& folder,
                             int runs);

// All peers on all files; what the journal has is not measured again. A peer that fails is left out
// and the others go on. Errors: kInvalidArgument, kIo, kCancelled; that of the last peer that
// fails.
Result<FilesResult> MeasureFiles(const FilesOptions& options, Journal& journal);

std::string FilesMarkdown(const FilesResult& result);
std::string FilesTotals(const FilesResult& result);
// What to expect of each peer: speed, memory, and its size beside those of xz and zstd, if they are
// among the peers.
std::string FilesLevels(const FilesResult& result);
// Size against the speed of compressing, a point for each peer, those of one program joined.
Plot FilesFigure(const FilesResult& result);
std::string FilesCsv(const FilesResult& result);
std::string FilesJson(const FilesResult& result);

FileSum SumOf(const FilesResult& result, size_t peer);
// The processor, the programs and the models, for the head of a section.
std::string FilesEnvironment(const FilesResult& result);
// Thousands of bytes of data per second of processor time, grouped.
std::string KilobytesPerSecond(uint64_t bytes, double seconds);
std::string Megabytes(uint64_t bytes);

// Errors: those of MeasureFiles, of the outputs, and that of peers that failed, once all is
// written.
Status RunFiles(const FilesOptions& options);

}  // namespace lmz::bench
