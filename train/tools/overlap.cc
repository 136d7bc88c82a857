// usage: overlap --benchmark PATH... --training PATH... [--keep FILE]
//
// Reports contamination of training data by benchmark files: for every benchmark file, how many of
// its 32-byte windows also occur somewhere in the training data, and the longest run of bytes that
// such windows cover. Windows with fewer than 8 different bytes (rulers, indentation) carry no
// information and are skipped. Exit status 3 when a file shares more than --most percent.
//
// With --keep, it filters the training data instead: it writes the training documents (each ended
// by a zero byte) of whose windows at most --most percent occur in the benchmark files, to one
// file, or to files of the same names as those of the training data where --keep is a folder.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "train/data/corpus.h"
#include "train/data/file.h"
#include "train/data/window_hash.h"

namespace lmz::train {
namespace {

constexpr size_t kWindow = WindowHash::kWindow;

// A set of hashes, each marked once it has been seen in the training data.
class WindowSet {
 public:
  explicit WindowSet(size_t most) {
    while (slots_.size() < 2 * most) slots_.resize(2 * slots_.size());
    seen_.resize(slots_.size());
    bits_.resize(uint64_t{1} << (kFilterBits - 6));
  }
  void Insert(uint64_t hash) {
    slots_[Find(hash)] = hash;
    bits_[hash >> (64 - kFilterBits) >> 6] |= uint64_t{1} << (hash >> (64 - kFilterBits) & 63);
  }
  void Mark(uint64_t hash) {
    if (!MayContain(hash)) return;
    const size_t slot = Find(hash);
    if (slots_[slot] == hash) seen_[slot] = 1;
  }
  bool Seen(uint64_t hash) const { return MayContain(hash) && seen_[Find(hash)] != 0; }

 private:
  bool MayContain(uint64_t hash) const {
    const uint64_t bit = hash >> (64 - kFilterBits);
    return (bits_[bit >> 6] >> (bit & 63) & 1) != 0;
  }
  static constexpr int kFilterBits = 29;  // a first look that mostly answers from little memory

  size_t Find(uint64_t hash) const {
    size_t slot = hash % slots_.size();
    while (slots_[slot] != 0 && slots_[slot] != hash) slot = (slot + 1) % slots_.size();
    return slot;
  }

  std::vector<uint64_t> slots_ = std::vector<uint64_t>(1024);  // 0: free
  std::vector<uint8_t> seen_;
  std::vector<uint64_t> bits_;
};

struct Share {
  size_t windows = 0, seen = 0, longest = 0;
};

Share Measure(const Bytes& bytes, const WindowSet& set) {
  Share share;
  WindowHash window;
  size_t run = 0;
  for (const uint8_t byte : bytes) {
    if (!window.Add(byte)) {
      run = 0;
      continue;
    }
    const bool seen = set.Seen(window.hash());
    ++share.windows;
    share.seen += seen ? 1 : 0;
    run = seen ? run + 1 : 0;
    if (run > 0) share.longest = std::max(share.longest, run + kWindow - 1);
  }
  return share;
}

double Percent(const Share& share) {
  return share.windows == 0
             ? 0
             : 100 * static_cast<double>(share.seen) / static_cast<double>(share.windows);
}

// The files to judge by, and the set of their windows.
struct Benchmark {
  std::vector<std::string> files;
  std::vector<Bytes> contents;
  WindowSet set{0};
};

Result<Benchmark> ReadBenchmark(const std::vector<std::string>& paths) {
  Benchmark benchmark;
  LMZ_ASSIGN(benchmark.files, FindFiles(paths));
  size_t total = 0;
  for (const std::string& file : benchmark.files) {
    LMZ_ASSIGN(Bytes bytes, ReadWholeFile(file));
    total += bytes.size();
    benchmark.contents.push_back(std::move(bytes));
  }
  benchmark.set = WindowSet(total);
  for (const Bytes& bytes : benchmark.contents) {
    WindowHash window;
    for (const uint8_t byte : bytes) {
      if (window.Add(byte)) benchmark.set.Insert(window.hash());
    }
  }
  return benchmark;
}

// The largest share of a benchmark file, in percent.
Result<double> Compare(Benchmark& benchmark, const std::vector<std::string>& training) {
  LMZ_ASSIGN(const std::vector<std::string> files, FindFiles(training));
  for (const std::string& file : files) {
    LMZ_ASSIGN(const Bytes bytes, ReadWholeFile(file));
    WindowHash window;
    for (const uint8_t byte : bytes) {
      if (window.Add(byte)) benchmark.set.Mark(window.hash());
    }
  }
  double most = 0;
  for (size_t i = 0; i < benchmark.files.size(); ++i) {
    const Share share = Measure(benchmark.contents[i], benchmark.set);
    most = std::max(most, Percent(share));
    std::printf("%s: %zu of %zu windows (%.3f %%), longest %zu bytes\n", benchmark.files[i].c_str(),
                share.seen, share.windows, Percent(share), share.longest);
  }
  return most;
}

// The documents of a file of whose windows at most `most` percent are in the set.
Bytes Filter(const Bytes& bytes, const WindowSet& set, double most) {
  Bytes kept;
  size_t documents = 0, dropped = 0, dropped_size = 0;
  for (auto begin = bytes.begin(); begin < bytes.end();) {
    const auto end = std::find(begin, bytes.end(), 0);
    const Bytes document(begin, end);
    begin = end == bytes.end() ? end : end + 1;
    ++documents;
    if (Percent(Measure(document, set)) > most) {
      ++dropped;
      dropped_size += document.size();
      continue;
    }
    kept.insert(kept.end(), document.begin(), document.end());
    kept.push_back(0);
  }
  std::printf("%zu of %zu documents (%zu bytes) dropped, %zu bytes kept\n", dropped, documents,
              dropped_size, kept.size());
  return kept;
}

Status Keep(Benchmark& benchmark, const std::vector<std::string>& training, double most,
            const std::string& path) {
  for (const Bytes& bytes : benchmark.contents) {
    WindowHash window;
    for (const uint8_t byte : bytes) {
      if (window.Add(byte)) benchmark.set.Mark(window.hash());
    }
  }
  LMZ_ASSIGN(const std::vector<std::string> files, FindFiles(training));
  const bool to_folder = std::filesystem::is_directory(path);
  Bytes all;
  for (const std::string& file : files) {
    LMZ_ASSIGN(const Bytes bytes, ReadWholeFile(file));
    const std::filesystem::path name = std::filesystem::path(file).filename();
    std::printf("%s: ", name.c_str());
    const Bytes kept = Filter(bytes, benchmark.set, most);
    if (to_folder) {
      LMZ_TRY(WriteWholeFile((path / name).string(), kept));
    } else {
      all.insert(all.end(), kept.begin(), kept.end());
    }
  }
  return to_folder ? OkStatus() : WriteWholeFile(path, all);
}

struct Arguments {
  std::vector<std::string> benchmark, training;
  std::string keep;
  double most = 2;
};

// Exit status.
Result<int> Run(const Arguments& a) {
  LMZ_ASSIGN(Benchmark benchmark, ReadBenchmark(a.benchmark));
  if (!a.keep.empty()) {
    LMZ_TRY(Keep(benchmark, a.training, a.most, a.keep));
    return 0;
  }
  LMZ_ASSIGN(const double most, Compare(benchmark, a.training));
  return most > a.most ? 3 : 0;
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  CLI::App app("Finds overlap between benchmark files and training data.", "overlap");
  lmz::train::Arguments arguments;
  app.add_option("--benchmark", arguments.benchmark, "Benchmark files and directories")->required();
  app.add_option("--training", arguments.training, "Training files and directories")->required();
  app.add_option("--keep", arguments.keep,
                 "Write the training documents without overlap to this file, or to files in this "
                 "folder");
  app.add_option("--most", arguments.most, "Highest percentage of windows that may overlap")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const lmz::Result<int> status = lmz::train::Run(arguments);
  if (!status.ok()) {
    std::cerr << "overlap: " << status.status().message() << '\n';
    return 1;
  }
  return status.value();
}
