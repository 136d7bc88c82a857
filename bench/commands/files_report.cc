// What `lmz-bench files` writes.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/commands/files.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"

namespace lmz::bench {

namespace {

FileSum SumOf(const FileGroup& group, size_t peer) {
  FileSum sum;
  for (const MeasuredFile& file : group.files) sum.Add(file, peer);
  return sum;
}

std::string Ratio(double numerator, double denominator, int digits) {
  return denominator > 0 ? Fixed(numerator / denominator, digits) : "–";
}

std::string LeftOut(const FilesResult& result) {
  std::string text;
  for (const std::string& reason : result.left_out) text += "\nLeft out: " + reason + ".\n";
  return text;
}

Row SizeHead(const FilesResult& result, const std::string& first) {
  Row head = {first, "raw"};
  for (const Peer& peer : result.peers) head.push_back(peer.name);
  return head;
}

// The files of a group, and their total unless each is a set of its own.
std::string GroupTable(const FilesResult& result, const FileGroup& group, bool has_total) {
  Row head = SizeHead(result, "file");
  head.insert(head.begin() + 1, "XXH3-128");
  std::vector<Row> rows;
  for (const MeasuredFile& file : group.files) {
    Row row = {file.name, file.hash.substr(0, 8) + "…", Grouped(file.raw_size)};
    for (const FileCost& cost : file.costs) row.push_back(Grouped(cost.coded_size));
    rows.push_back(row);
  }
  if (has_total) {
    Row row = {"**total**", "", Grouped(SumOf(group, 0).raw_size)};
    for (size_t p = 0; p < result.peers.size(); ++p) {
      row.push_back("**" + Grouped(SumOf(group, p).coded_size) + "**");
    }
    rows.push_back(row);
  }
  return MarkdownTable(head, rows);
}

std::string SpeedTable(const FilesResult& result) {
  std::vector<Row> rows;
  for (size_t p = 0; p < result.peers.size(); ++p) {
    const FileSum sum = SumOf(result, p);
    const auto raw = static_cast<double>(sum.raw_size);
    rows.push_back({result.peers[p].name, Grouped(sum.coded_size),
                    Ratio(8 * static_cast<double>(sum.coded_size), raw, 3),
                    KilobytesPerSecond(sum.raw_size, sum.pack.cpu_seconds),
                    KilobytesPerSecond(sum.raw_size, sum.unpack.cpu_seconds),
                    Megabytes(sum.pack.peak_bytes), Megabytes(sum.unpack.peak_bytes)});
  }
  return MarkdownTable({"all files", "bytes", "bits per byte", "compress KB/s", "decompress KB/s",
                        "peak MB, compress", "peak MB, decompress"},
                       rows);
}

}  // namespace

void FileSum::Add(const MeasuredFile& file, size_t peer) {
  const auto add = [](RunCost& sum, const RunCost& cost) {
    sum.wall_seconds += cost.wall_seconds;
    sum.cpu_seconds += cost.cpu_seconds;
    sum.peak_bytes = std::max(sum.peak_bytes, cost.peak_bytes);
  };
  const FileCost& cost = file.costs[peer];
  raw_size += file.raw_size;
  coded_size += cost.coded_size;
  add(pack, cost.pack);
  add(unpack, cost.unpack);
}

FileSum SumOf(const FilesResult& result, size_t peer) {
  FileSum sum;
  for (const FileGroup& group : result.groups) {
    for (const MeasuredFile& file : group.files) sum.Add(file, peer);
  }
  return sum;
}

std::string KilobytesPerSecond(uint64_t bytes, double seconds) {
  if (!(seconds > 0)) return "–";
  return Grouped(static_cast<uint64_t>(static_cast<double>(bytes) / 1000 / seconds + 0.5));
}

std::string Megabytes(uint64_t bytes) {
  return bytes == 0 ? "–" : Grouped((bytes + 500000) / 1000000);
}

std::string FilesEnvironment(const FilesResult& result) {
  std::string text = "Processor: " + CpuName() + "; one thread each, one program at a time";
  if (result.is_in_memory) text += ", on tmpfs";
  text += "; best of " + std::to_string(result.runs) + (result.runs == 1 ? " run" : " runs") +
          ". Programs: ";
  std::string last;
  for (size_t p = 0; p < result.peers.size(); ++p) {
    const Peer& peer = result.peers[p];
    const std::string name = peer.name.starts_with("lmz ") ? "lmz" : peer.program;
    const std::string entry = name + " " + result.versions[p];
    if (entry != last) text += (p == 0 ? "" : ", ") + entry;
    last = entry;
  }
  for (size_t m = 0; m < result.models.size(); ++m) {
    text += (m == 0 ? ". lmz models: " : ", ") + result.models[m].name + " " + result.models[m].id;
  }
  return text + ". Every file was decompressed and compared with the original.\n";
}

std::string FilesMarkdown(const FilesResult& result) {
  std::string text =
      FilesEnvironment(result) + "\n" + SpeedTable(result) +
      "\nSpeeds are bytes per second of CPU time for the whole process, startup included. Peak "
      "memory is the largest maximum resident set size on any file, from GNU time.\n" +
      LeftOut(result);
  FileGroup singles;
  for (const FileGroup& group : result.groups) {
    if (group.files.size() == 1) {
      singles.files.push_back(group.files[0]);
    } else {
      text += "\n### " + group.name + "\n\n" + GroupTable(result, group, true);
    }
  }
  if (singles.files.empty()) return text;
  return text + "\n### Single files\n\n" + GroupTable(result, singles, false);
}

std::string FilesTotals(const FilesResult& result) {
  std::vector<Row> rows;
  for (const FileGroup& group : result.groups) {
    Row row = {group.name, Grouped(SumOf(group, 0).raw_size)};
    for (size_t p = 0; p < result.peers.size(); ++p) {
      row.push_back(Grouped(SumOf(group, p).coded_size));
    }
    rows.push_back(row);
  }
  return MarkdownTable(SizeHead(result, "bytes"), rows) + LeftOut(result);
}

std::string FilesCsv(const FilesResult& result) {
  std::ostringstream text;
  text << "# cpu: " << CpuName() << "\n# threads: 1\n# runs: " << result.runs
       << "\n# in_memory: " << (result.is_in_memory ? "yes" : "no") << '\n';
  for (size_t p = 0; p < result.peers.size(); ++p) {
    text << "# peer: " << result.peers[p].name << ", " << result.versions[p] << '\n';
  }
  for (const ModelName& model : result.models) {
    text << "# model: " << model.name << ", " << model.id << '\n';
  }
  for (const std::string& reason : result.left_out) text << "# left out: " << reason << '\n';
  text << "group,file,xxh3_128,peer,version,raw_size,coded_size,pack_seconds,pack_cpu_seconds,"
          "pack_peak_bytes,unpack_seconds,unpack_cpu_seconds,unpack_peak_bytes\n";
  for (const FileGroup& group : result.groups) {
    for (const MeasuredFile& file : group.files) {
      for (size_t p = 0; p < result.peers.size(); ++p) {
        const FileCost& cost = file.costs[p];
        text << CsvField(group.name) << ',' << CsvField(file.name) << ',' << file.hash << ','
             << CsvField(result.peers[p].name) << ',' << CsvField(result.versions[p]) << ','
             << file.raw_size << ',' << cost.coded_size;
        for (const RunCost& way : {cost.pack, cost.unpack}) {
          text << ',' << way.wall_seconds << ',' << way.cpu_seconds << ',' << way.peak_bytes;
        }
        text << '\n';
      }
    }
  }
  return text.str();
}

std::string FilesJson(const FilesResult& result) {
  using nlohmann::json;
  const auto way = [](const RunCost& cost) {
    return json{{"seconds", cost.wall_seconds},
                {"cpu_seconds", cost.cpu_seconds},
                {"peak_bytes", cost.peak_bytes}};
  };
  json root = {{"cpu", CpuName()},       {"threads", 1},
               {"runs", result.runs},    {"in_memory", result.is_in_memory},
               {"peers", json::array()}, {"models", json::array()},
               {"files", json::array()}, {"left_out", result.left_out}};
  for (size_t p = 0; p < result.peers.size(); ++p) {
    root["peers"].push_back({{"name", result.peers[p].name}, {"version", result.versions[p]}});
  }
  for (const ModelName& model : result.models) {
    root["models"].push_back({{"name", model.name}, {"id", model.id}});
  }
  for (const FileGroup& group : result.groups) {
    for (const MeasuredFile& file : group.files) {
      json costs = json::object();
      for (size_t p = 0; p < result.peers.size(); ++p) {
        costs[result.peers[p].name] = {{"coded_size", file.costs[p].coded_size},
                                       {"pack", way(file.costs[p].pack)},
                                       {"unpack", way(file.costs[p].unpack)}};
      }
      root["files"].push_back({{"group", group.name},
                               {"name", file.name},
                               {"xxh3_128", file.hash},
                               {"raw_size", file.raw_size},
                               {"peers", costs}});
    }
  }
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace lmz::bench
