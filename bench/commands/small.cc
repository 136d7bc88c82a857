#include "bench/commands/small.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "bench/coders/peers.h"
#include "bench/measure/input.h"
#include "bench/measure/process.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"
#include "bench/report/outputs.h"

namespace lmz::bench {

namespace {

constexpr size_t kPieceSize = 1024;

std::string Name(size_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "%04zu", i);
  return name;
}

// Pieces spread evenly over all files.
Result<std::vector<Bytes>> Pieces(const std::vector<std::string>& paths, size_t count) {
  Bytes all;
  for (const std::string& path : paths) {
    LMZ_ASSIGN(const std::vector<std::string> files, FilesAt(path));
    for (const std::string& file : files) {
      LMZ_ASSIGN(const Bytes bytes, ReadFile(file));
      ByteWriter(all).Append(bytes);
    }
  }
  if (all.size() < kPieceSize) return Status(Code::kInvalidArgument, "there are no 1,024 bytes");
  std::vector<Bytes> pieces;
  for (size_t i = 0; i < count; ++i) {
    const auto begin =
        all.begin() + static_cast<std::ptrdiff_t>((all.size() - kPieceSize) * i / (count - 1));
    pieces.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(kPieceSize));
  }
  return pieces;
}

// Milliseconds per file: by the clock, and of processor time.
struct Time {
  double wall = 0;
  double cpu = 0;
};

Result<Time> Best(const std::string& command, const std::string& folder,
                  const SmallOptions& options) {
  Time best;
  for (int run = 0; run < options.runs; ++run) {
    LMZ_ASSIGN(const RunCost cost, RunShell(command, folder));
    const double scale = 1000 / static_cast<double>(options.count);
    const Time time = {scale * cost.wall_seconds, scale * cost.cpu_seconds};
    if (run == 0 || time.wall < best.wall) best.wall = time.wall;
    if (run == 0 || time.cpu < best.cpu) best.cpu = time.cpu;
  }
  return best;
}

// The commands of one way to handle all files.
struct Way {
  const char* name;
  bool is_kept;  // or its output thrown away
  std::string pack;
  std::string unpack;
};

std::string Cell(const Time& time) {
  return Fixed(time.wall, 2) + " (" + Fixed(time.cpu, 2) + ")";
}

// So that what is there behind them was restored.
void RemovePieces(size_t count, const std::string& folder) {
  std::error_code error;
  for (size_t i = 0; i < count; ++i) std::filesystem::remove(folder + "/" + Name(i), error);
}

Result<uint64_t> CodedSize(const std::vector<Bytes>& pieces, const std::string& folder) {
  uint64_t size = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Result<Bytes> restored = ReadFile(folder + "/" + Name(i));
    if (!restored.ok() || restored.value() != pieces[i]) {
      return Status(Code::kDamaged, "lmz: a small file was not restored; no number counts");
    }
    LMZ_ASSIGN(const Bytes code, ReadFile(folder + "/" + Name(i) + ".lmz"));
    size += code.size();
  }
  return size;
}

}  // namespace

Status RunSmall(const SmallOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, "", "", ""}));
  LMZ_ASSIGN(const std::vector<Bytes> pieces, Pieces(options.paths, options.count));
  LMZ_ASSIGN(const WorkFolder folder, WorkFolder::Make());
  for (size_t i = 0; i < pieces.size(); ++i) {
    std::ofstream out(folder.path() + "/" + Name(i), std::ios::binary);
    out.write(reinterpret_cast<const char*>(pieces[i].data()), kPieceSize);
  }
  const std::string program = FindLmz(options.lmz);
  const std::string lmz = ShellWord(program) + " -q -T1 ";
  const std::string level = std::string("-") + std::to_string(options.level) + " ";
  const std::string names = "[0-9][0-9][0-9][0-9]";
  const Way ways[] = {
      {"one process for all", true, lmz + level + "-k -f " + names,
       lmz + "-d -k -f " + names + ".lmz"},
      {"one process per file", false,
       "for f in " + names + "; do " + lmz + level + "-c $f > /dev/null || exit 1; done",
       "for f in " + names + ".lmz; do " + lmz + "-d -c $f > /dev/null || exit 1; done"}};
  std::vector<Row> rows;
  uint64_t coded_size = 0;
  for (const Way& way : ways) {
    LMZ_ASSIGN(const Time pack, Best(way.pack, folder.path(), options));
    if (way.is_kept) RemovePieces(pieces.size(), folder.path());
    LMZ_ASSIGN(const Time unpack, Best(way.unpack, folder.path(), options));
    if (way.is_kept) {
      LMZ_ASSIGN(coded_size, CodedSize(pieces, folder.path()));
    }
    rows.push_back({way.name, Cell(pack), Cell(unpack)});
  }
  const std::string text =
      "Processor: " + CpuName() + "; lmz " + VersionOf(AllPeers(program, {})[0]) + ". Level " +
      std::to_string(options.level) + " on " + Grouped(options.count) +
      " pieces of 1,024 bytes: " + Grouped(options.count * kPieceSize) + " bytes compress to " +
      Grouped(coded_size) +
      ", frames included. Milliseconds per file: wall-clock time, with CPU time in parentheses; "
      "minimum of " +
      std::to_string(options.runs) + " runs" + (folder.is_in_memory() ? ", on tmpfs" : "") +
      ".\n\n" + MarkdownTable({Grouped(options.count) + " files", "compress", "decompress"}, rows);
  return WriteSection(text, options.section, options.into);
}

}  // namespace lmz::bench
