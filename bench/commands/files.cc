#include "bench/commands/files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "bench/commands/targets.h"
#include "bench/measure/coder.h"
#include "bench/measure/input.h"
#include "bench/report/markdown.h"
#include "bench/report/outputs.h"

namespace lmz::bench {

namespace fs = std::filesystem;

namespace {

// How many of the files are of the kind that the peer is for, and how many there are.
std::pair<size_t, size_t> CountFor(const Peer& peer, const std::vector<FileGroup>& groups) {
  size_t fitting = 0, all = 0;
  for (const FileGroup& group : groups) {
    for (const MeasuredFile& file : group.files) {
      ++all;
      fitting += file.path.ends_with(peer.suffix) ? 1 : 0;
    }
  }
  return {fitting, all};
}

void LeaveOut(FilesResult& result, const std::string& reason) {
  std::fprintf(stderr, "left out: %s\n", reason.c_str());
  result.left_out.push_back(reason);
}

// A peer without which the command cannot succeed. The documents have no details: these name paths
// of this machine.
void Fail(FilesResult& result, const std::string& who, const Status& status) {
  const std::string& message = status.message();
  std::fprintf(stderr, "left out: %s: %s\n", who.c_str(), message.c_str());
  result.left_out.push_back(who + ": " + message.substr(0, message.find(": ")));
  if (result.failure.ok()) result.failure = status.At(who);
}

// Why this machine cannot run the peer; empty: it can.
std::string LackOf(const Peer& peer) {
  const bool is_installed = !peer.program.empty() && IsInstalled(peer.program);
  return is_installed ? peer.lack : "it is not installed";
}

// Those that are wanted, installed, and for all the files.
Status FindPeers(const FilesOptions& options, FilesResult& result) {
  const auto is_named = [&](const std::string& name) {
    return std::find(options.only.begin(), options.only.end(), name) != options.only.end();
  };
  const auto is_wanted = [&](const std::string& name) {
    return options.only.empty() || is_named(name);
  };
  const std::string lmz = FindLmz(options.lmz);
  const std::vector<Peer> all = AllPeers(lmz, options.models);
  for (const std::string& name : options.only) {
    if (std::none_of(all.begin(), all.end(), [&](auto& peer) { return peer.name == name; })) {
      return Status(Code::kInvalidArgument, "--only: no compressor is called '" + name + "'");
    }
  }
  for (const Peer& peer : all) {
    if (!is_wanted(peer.name)) continue;
    const auto [fitting, files] = CountFor(peer, result.groups);
    if (fitting != files) {
      // Of pictures among pictures it is clear that a coder of sound is none of the peers.
      if (fitting != 0 || is_named(peer.name)) {
        LeaveOut(result, peer.name + ", which is for " + peer.suffix + " files only");
      }
    } else if (const std::string lack = LackOf(peer); !lack.empty()) {
      if (is_named(peer.name)) {
        Fail(result, peer.name, Status(Code::kInvalidArgument, lack));
      } else {
        std::fprintf(stderr, "left out: %s: %s\n", peer.name.c_str(), lack.c_str());
      }
    } else {
      result.peers.push_back(peer);
      result.versions.push_back(VersionOf(peer));
    }
  }
  if (!result.peers.empty()) return OkStatus();
  return FirstFailure({result.failure, Status(Code::kInvalidArgument, "no compressor was found")});
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

// A peer with all that was measured of it.
void Remove(size_t p, FilesResult& result) {
  const auto at = static_cast<std::ptrdiff_t>(p);
  result.peers.erase(result.peers.begin() + at);
  result.versions.erase(result.versions.begin() + at);
  for (FileGroup& group : result.groups) {
    for (MeasuredFile& file : group.files) {
      if (p < file.costs.size()) file.costs.erase(file.costs.begin() + at);
    }
  }
}

// All peers on one file: what the journal has is not measured again, peers that fail are removed.
Status MeasureAll(MeasuredFile& file, const std::string& folder, FilesResult& result,
                  Journal& journal) {
  while (file.costs.size() < result.peers.size()) {
    const size_t p = file.costs.size();
    const Peer& peer = result.peers[p];
    const std::vector<std::string> key = {peer.name, KeptVersion(result.versions[p], peer.revision),
                                          file.hash, std::to_string(result.runs)};
    if (const auto known = journal.Find(key); known && known->size() == 7) {
      file.costs.push_back(FromNumbers(*known));
      continue;
    }
    const Result<FileCost> cost = MeasureFile(peer, file.path, folder, result.runs);
    if (!cost.ok()) {
      if (cost.status().code() == Code::kCancelled) return cost.status();
      Fail(result, peer.name + ": " + file.name, cost.status());
      Remove(p, result);
      continue;
    }
    LMZ_TRY(journal.Add(key, Numbers(cost.value())));
    file.costs.push_back(cost.value());
    std::fprintf(stderr, "%s, %s: %s to %s bytes\n", peer.name.c_str(), file.name.c_str(),
                 Grouped(file.raw_size).c_str(), Grouped(cost.value().coded_size).c_str());
  }
  return OkStatus();
}

}  // namespace

Result<FileCost> MeasureFile(const Peer& peer, const std::string& path,
                             const std::string& working_folder, int runs) {
  std::error_code error;
  const fs::path folder(working_folder), input = folder / "input", original = folder / "original";
  FileCost cost;
  for (int run = 0; run < runs; ++run) {
    // A program that writes nothing must not be credited with what was there before it.
    for (const char* left : {"packed", "restored", "original"}) fs::remove(folder / left, error);
    fs::copy_file(path, input, fs::copy_options::overwrite_existing, error);
    if (error) return Status(Code::kIo, "it cannot be copied: " + error.message());
    LMZ_ASSIGN(const RunCost pack, RunShell(peer.pack, working_folder));
    fs::rename(input, original, error);  // out of the way of the decoder
    if (error) return Status(Code::kIo, "it is gone once it is packed: " + error.message());
    LMZ_ASSIGN(const RunCost unpack, RunShell(peer.unpack, working_folder));
    LMZ_ASSIGN(const Bytes raw, ReadFile(original.string()));
    const Result<Bytes> restored = ReadFile((folder / "restored").string());
    if (!restored.ok() || raw != restored.value()) {
      return Status(Code::kDamaged, "it was not restored; no number of this compressor counts");
    }
    TakeLeast(cost.pack, pack, run == 0);
    TakeLeast(cost.unpack, unpack, run == 0);
    cost.coded_size = fs::file_size(folder / "packed", error);
    if (error) return Status(Code::kIo, "there is no packed file");
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
  LMZ_TRY(FindPeers(options, result));
  LMZ_ASSIGN(const WorkFolder folder, WorkFolder::Make());
  result.is_in_memory = folder.is_in_memory();
  for (FileGroup& group : result.groups) {
    for (MeasuredFile& file : group.files) {
      std::fprintf(stderr, "file %zu of %zu: %s\n", ++done, files, file.name.c_str());
      LMZ_TRY(MeasureAll(file, folder.path(), result, journal));
      if (result.peers.empty()) return result.failure;
    }
  }
  result.models = ModelsOf(result.peers);
  return result;
}

Status RunFiles(const FilesOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, options.csv, options.json, options.svg}));
  std::vector<Target> targets;
  if (!options.targets.empty()) {
    LMZ_ASSIGN(targets, ReadTargets(options.targets));
  }
  Journal journal;
  if (!options.state.empty()) {
    LMZ_ASSIGN(journal, Journal::Open(options.state));
  }
  Result<FilesResult> measured = MeasureFiles(options, journal);
  if (!measured.ok() && measured.status().code() == Code::kCancelled && !options.state.empty()) {
    return Status(Code::kCancelled, "interrupted; the same command goes on from here");
  }
  LMZ_ASSIGN(const FilesResult result, std::move(measured));
  std::string text = options.totals   ? FilesTotals(result)
                     : options.levels ? FilesLevels(result)
                                      : FilesMarkdown(result);
  text = FigureLink("Size against speed", options.svg, options.into) + text;
  if (!targets.empty()) text.append("\n").append(TargetsMarkdown(result, targets));
  return FirstFailure({WriteIfNamed(options.csv, FilesCsv(result)),
                       WriteIfNamed(options.json, FilesJson(result)),
                       WriteSvg({FilesFigure(result)}, options.svg),
                       WriteSection(text, options.section, options.into), result.failure});
}

}  // namespace lmz::bench
