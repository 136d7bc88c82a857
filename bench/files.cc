#include "files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "input.h"
#include "markdown.h"
#include "outputs.h"

namespace lmz::bench {

namespace fs = std::filesystem;

namespace {

// Whether all files are of the kind that the peer is for.
bool IsFor(const Peer& peer, const std::vector<FileGroup>& groups) {
  for (const FileGroup& group : groups) {
    for (const MeasuredFile& file : group.files) {
      if (!file.path.ends_with(peer.suffix)) return false;
    }
  }
  return true;
}

Result<std::vector<Peer>> FindPeers(const FilesOptions& options,
                                    const std::vector<FileGroup>& groups) {
  const auto is_wanted = [&](const std::string& name) {
    return options.only.empty() ||
           std::find(options.only.begin(), options.only.end(), name) != options.only.end();
  };
  const std::string lmz = FindLmz(options.lmz);
  const std::vector<Peer> all =
      AllPeers(lmz, is_wanted("lmz -4") ? WithLarge(options.models, lmz) : options.models);
  for (const std::string& name : options.only) {
    if (std::none_of(all.begin(), all.end(), [&](auto& peer) { return peer.name == name; })) {
      return Status(Code::kInvalidArgument, "--only: no compressor is called '" + name + "'");
    }
  }
  std::vector<Peer> peers;
  for (const Peer& peer : all) {
    if (!is_wanted(peer.name) || !IsFor(peer, groups)) continue;
    if (!peer.program.empty() && IsInstalled(peer.program)) {
      peers.push_back(peer);
    } else {
      std::fprintf(stderr, "%s is not installed and left out\n", peer.name.c_str());
    }
  }
  if (peers.empty()) return Status(Code::kInvalidArgument, "no compressor was found");
  return peers;
}

Result<FileGroup> FindGroup(const std::string& path) {
  FileGroup group;
  fs::path folder(path);
  if (!folder.has_filename()) folder = folder.parent_path();  // "folder/"
  group.name = folder.filename().string();
  LMZ_ASSIGN(const std::vector<std::string> files, FilesAt(path));
  for (const std::string& file : files) {
    LMZ_ASSIGN(const Bytes bytes, ReadFile(file));
    MeasuredFile measured;
    measured.name = files.size() == 1 && file == path
                        ? group.name
                        : fs::path(file).lexically_relative(path).string();
    measured.path = file;
    measured.raw_size = bytes.size();
    measured.hash = HashText(bytes);
    group.files.push_back(std::move(measured));
  }
  return group;
}

void TakeLeast(RunCost& least, const RunCost& cost, bool is_first) {
  least.wall_seconds =
      is_first ? cost.wall_seconds : std::min(least.wall_seconds, cost.wall_seconds);
  least.cpu_seconds = is_first ? cost.cpu_seconds : std::min(least.cpu_seconds, cost.cpu_seconds);
  least.peak_bytes = std::max(least.peak_bytes, cost.peak_bytes);
}

std::vector<double> Numbers(const FileCost& cost) {
  std::vector<double> numbers = {static_cast<double>(cost.coded_size)};
  for (const RunCost& way : {cost.pack, cost.unpack}) {
    numbers.insert(numbers.end(),
                   {way.wall_seconds, way.cpu_seconds, static_cast<double>(way.peak_bytes)});
  }
  return numbers;
}

FileCost FromNumbers(const std::vector<double>& n) {
  return {.coded_size = static_cast<uint64_t>(n[0]),
          .pack = {n[1], n[2], static_cast<uint64_t>(n[3])},
          .unpack = {n[4], n[5], static_cast<uint64_t>(n[6])}};
}

}  // namespace

Result<FileCost> MeasureFile(const Peer& peer, const std::string& path, const std::string& folder,
                             int runs) {
  std::error_code error;
  const std::string input = folder + "/input", original = folder + "/original";
  FileCost cost;
  for (int run = 0; run < runs; ++run) {
    fs::copy_file(path, input, fs::copy_options::overwrite_existing, error);
    if (error) return Status(Code::kIo, path + ": cannot be copied");
    LMZ_ASSIGN(const RunCost pack, RunShell(peer.pack, folder));
    fs::rename(input, original, error);  // out of the way of the decoder
    fs::remove(folder + "/restored", error);
    LMZ_ASSIGN(const RunCost unpack, RunShell(peer.unpack, folder));
    LMZ_ASSIGN(const Bytes raw, ReadFile(original));
    LMZ_ASSIGN(const Bytes restored, ReadFile(folder + "/restored"));
    if (raw != restored) {
      return Status(Code::kDamaged,
                    peer.name + ": " + path + " was not restored; no number of it counts");
    }
    TakeLeast(cost.pack, pack, run == 0);
    TakeLeast(cost.unpack, unpack, run == 0);
    cost.coded_size = fs::file_size(folder + "/packed", error);
    if (error) return Status(Code::kIo, peer.name + ": there is no packed file");
  }
  if (IsStopped()) return Status(Code::kCancelled, "interrupted");
  return cost;
}

Result<FilesResult> MeasureFiles(const FilesOptions& options, Journal& journal) {
  FilesResult result;
  result.runs = options.runs;
  size_t files = 0, done = 0;
  for (const std::string& path : options.paths) {
    LMZ_ASSIGN(FileGroup group, FindGroup(path));
    files += group.files.size();
    result.groups.push_back(std::move(group));
  }
  LMZ_ASSIGN(result.peers, FindPeers(options, result.groups));
  const size_t jobs = files * result.peers.size();
  for (const Peer& peer : result.peers) result.versions.push_back(VersionOf(peer));
  result.models = ModelsOf(result.peers);
  LMZ_ASSIGN(const WorkFolder folder, WorkFolder::Make());
  result.is_in_memory = folder.is_in_memory();
  for (FileGroup& group : result.groups) {
    for (MeasuredFile& file : group.files) {
      for (size_t p = 0; p < result.peers.size(); ++p) {
        const Peer& peer = result.peers[p];
        ++done;
        const std::vector<std::string> key = {peer.name, result.versions[p], file.hash,
                                              std::to_string(options.runs)};
        if (const auto known = journal.Find(key); known && known->size() == 7) {
          file.costs.push_back(FromNumbers(*known));
          continue;
        }
        LMZ_ASSIGN(const FileCost cost, MeasureFile(peer, file.path, folder.path(), options.runs));
        LMZ_TRY(journal.Add(key, Numbers(cost)));
        file.costs.push_back(cost);
        std::fprintf(stderr, "%zu of %zu: %s, %s: %s to %s bytes\n", done, jobs, peer.name.c_str(),
                     file.name.c_str(), Grouped(file.raw_size).c_str(),
                     Grouped(cost.coded_size).c_str());
      }
    }
  }
  return result;
}

Status RunFiles(const FilesOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, options.csv, options.json, ""}));
  Journal journal;
  if (!options.state.empty()) {
    LMZ_ASSIGN(journal, Journal::Open(options.state));
  }
  Result<FilesResult> measured = MeasureFiles(options, journal);
  if (!measured.ok() && measured.status().code() == Code::kCancelled && !options.state.empty()) {
    return Status(Code::kCancelled, "interrupted; the same command goes on from here");
  }
  LMZ_ASSIGN(const FilesResult result, std::move(measured));
  std::string text = options.totals ? FilesTotals(result) : FilesMarkdown(result);
  if (!options.targets.empty()) {
    LMZ_ASSIGN(const std::string targets, TargetsMarkdown(result, options.targets));
    text += "\n" + targets;
  }
  return FirstFailure({WriteIfNamed(options.csv, FilesCsv(result)),
                       WriteIfNamed(options.json, FilesJson(result)),
                       Deliver(text, options.section, options.into)});
}

}  // namespace lmz::bench
