// usage: distinct OUT [--seen PATH...] --training PATH... [--most PERCENT] [--least PERCENT]
//
// Removes exact and near duplicates from training data. Of a document (each ends with a zero byte),
// one 32-byte window in sixteen is looked at, chosen by its hash; a document is dropped when more
// than --most percent of these occur in documents that were kept before, or in the files of --seen,
// and when fewer than --least percent of them differ from each other. Documents are taken in the
// order of their files, which is that of their names. What is left of FOLDER/NAME becomes
// OUT/FOLDER/NAME, where FOLDER is the folder that a file is in.
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

constexpr int kSampleBits = 4;  // one window in 2^kSampleBits

// A set of hashes by open addressing that grows; 0 stands for none.
class HashSet {
 public:
  bool Contains(uint64_t hash) const { return slots_[Find(slots_, hash)] == hash; }
  void Insert(uint64_t hash) {
    if (2 * size_ >= slots_.size()) Grow();
    uint64_t& slot = slots_[Find(slots_, hash)];
    size_ += slot == hash ? 0 : 1;
    slot = hash;
  }

 private:
  static size_t Find(const std::vector<uint64_t>& slots, uint64_t hash) {
    size_t at = hash & (slots.size() - 1);
    while (slots[at] != 0 && slots[at] != hash) at = (at + 1) & (slots.size() - 1);
    return at;
  }
  void Grow() {
    std::vector<uint64_t> larger(2 * slots_.size());
    for (const uint64_t hash : slots_) {
      if (hash != 0) larger[Find(larger, hash)] = hash;
    }
    slots_ = std::move(larger);
  }

  std::vector<uint64_t> slots_ = std::vector<uint64_t>(1 << 20);
  size_t size_ = 0;
};

using ByteIterator = Bytes::const_iterator;

// The sampled windows of a document, in order.
std::vector<uint64_t> SampleOf(ByteIterator begin, ByteIterator end) {
  std::vector<uint64_t> sample;
  WindowHash window;
  for (; begin < end; ++begin) {
    if (window.Add(*begin) && window.hash() >> (64 - kSampleBits) == 0 && window.hash() != 0)
      sample.push_back(window.hash());
  }
  return sample;
}

// Calls `take(begin, end)` for each document of `bytes`, without its zero byte.
template <typename Take>
void ForEachDocument(const Bytes& bytes, Take take) {
  for (auto begin = bytes.begin(); begin < bytes.end();) {
    const auto end = std::find(begin, bytes.end(), 0);
    take(begin, end);
    begin = end == bytes.end() ? end : end + 1;
  }
}

struct Limits {
  double most = 50, least = 12;  // percent
};

struct Count {
  size_t documents = 0, repeated = 0, monotonous = 0, bytes = 0, kept_bytes = 0;
};

// What is left of a file, whose documents' windows join `seen`.
Bytes Filter(const Bytes& bytes, const Limits& limits, HashSet& seen, Count& count) {
  Bytes kept;
  ForEachDocument(bytes, [&](ByteIterator begin, ByteIterator end) {
    ++count.documents;
    std::vector<uint64_t> sample = SampleOf(begin, end);
    const auto size = static_cast<double>(sample.size());
    const auto known = std::count_if(sample.begin(), sample.end(),
                                     [&](uint64_t hash) { return seen.Contains(hash); });
    if (100 * static_cast<double>(known) > limits.most * size) {
      ++count.repeated;
      return;
    }
    std::sort(sample.begin(), sample.end());
    sample.erase(std::unique(sample.begin(), sample.end()), sample.end());
    if (100 * static_cast<double>(sample.size()) < limits.least * size) {
      ++count.monotonous;
      return;
    }
    for (const uint64_t hash : sample) seen.Insert(hash);
    kept.insert(kept.end(), begin, end);
    kept.push_back(0);
  });
  count.bytes += bytes.size();
  count.kept_bytes += kept.size();
  return kept;
}

struct Arguments {
  std::string out;
  std::vector<std::string> seen, training;
  Limits limits;
};

Status Run(const Arguments& a) {
  HashSet seen;
  if (!a.seen.empty()) {
    LMZ_ASSIGN(const std::vector<std::string> files, FindFiles(a.seen));
    for (const std::string& file : files) {
      LMZ_ASSIGN(const Bytes bytes, ReadWholeFile(file));
      ForEachDocument(bytes, [&](ByteIterator begin, ByteIterator end) {
        for (const uint64_t hash : SampleOf(begin, end)) seen.Insert(hash);
      });
    }
  }
  LMZ_ASSIGN(const std::vector<std::string> files, FindFiles(a.training));
  Count count;
  for (const std::string& file : files) {
    LMZ_ASSIGN(const Bytes bytes, ReadWholeFile(file));
    const Bytes kept = Filter(bytes, a.limits, seen, count);
    const std::filesystem::path path(file);
    const std::filesystem::path folder = a.out / path.parent_path().filename();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!kept.empty()) LMZ_TRY(WriteWholeFile((folder / path.filename()).string(), kept));
  }
  std::printf(
      "%zu of %zu documents dropped (%zu of them repeat themselves), %zu of %zu bytes kept\n",
      count.repeated + count.monotonous, count.documents, count.monotonous, count.kept_bytes,
      count.bytes);
  return Status();
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  CLI::App app("Removes duplicates from training data.", "distinct");
  lmz::train::Arguments arguments;
  app.add_option("out", arguments.out, "Folder for what is left")->required();
  app.add_option("--seen", arguments.seen, "Files and folders that count as kept before");
  app.add_option("--training", arguments.training, "Files and folders of documents")->required();
  app.add_option("--most", arguments.limits.most,
                 "Highest percentage of windows that occurred before")
      ->capture_default_str();
  app.add_option("--least", arguments.limits.least,
                 "Lowest percentage of windows that differ from each other")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const lmz::Status status = lmz::train::Run(arguments);
  if (!status.ok()) {
    std::cerr << "distinct: " << status.message() << '\n';
    return 1;
  }
  return 0;
}
