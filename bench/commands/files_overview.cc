// What `lmz-bench files` shows at a glance: a table of the levels, and the figure of size against
// speed.
#include <algorithm>
#include <cmath>

#include "bench/commands/files.h"
#include "bench/report/markdown.h"

namespace lmz::bench {

namespace {

// What 1 GB takes at that speed, in the unit that people would say it in.
std::string TimeForGigabyte(const FileSum& sum, double seconds) {
  if (!(seconds > 0)) return "–";
  const double minutes = seconds * 1e9 / static_cast<double>(sum.raw_size) / 60;
  if (minutes < 1) return Fixed(minutes * 60, 0) + " s";
  if (minutes < 90) return Fixed(minutes, minutes < 10 ? 1 : 0) + " min";
  return Fixed(minutes / 60, minutes < 600 ? 1 : 0) + " h";
}

// How much smaller the code is than that of another peer, in percent.
std::string Against(const FileSum& sum, const FilesResult& result, const std::string& name) {
  for (size_t p = 0; p < result.peers.size(); ++p) {
    if (result.peers[p].name != name) continue;
    const auto other = static_cast<double>(SumOf(result, p).coded_size);
    const double percent = 100 * (static_cast<double>(sum.coded_size) / other - 1);
    const bool is_same = std::fabs(percent) < 0.05;
    return (is_same ? "" : percent < 0 ? "−" : "+") + Fixed(std::fabs(percent), 1) + " %";
  }
  return "–";
}

bool AreOfOneProgram(const Peer& a, const Peer& b) {
  return a.name.substr(0, a.name.find(' ')) == b.name.substr(0, b.name.find(' '));
}

}  // namespace

std::string FilesLevels(const FilesResult& result) {
  std::vector<Row> rows;
  for (size_t p = 0; p < result.peers.size(); ++p) {
    const FileSum sum = SumOf(result, p);
    rows.push_back({result.peers[p].name, Grouped(sum.coded_size), Against(sum, result, "xz -9e"),
                    Against(sum, result, "zstd -19"),
                    KilobytesPerSecond(sum.raw_size, sum.pack.cpu_seconds),
                    KilobytesPerSecond(sum.raw_size, sum.unpack.cpu_seconds),
                    TimeForGigabyte(sum, sum.pack.cpu_seconds),
                    Megabytes(std::max(sum.pack.peak_bytes, sum.unpack.peak_bytes))});
  }
  const uint64_t raw_size = result.peers.empty() ? 0 : SumOf(result, 0).raw_size;
  return MarkdownTable(
             {Grouped(raw_size) + " bytes", "compressed", "against xz -9e", "against zstd -19",
              "compress KB/s", "decompress KB/s", "1 GB compressed in", "peak MB"},
             rows) +
         "\n" + FilesEnvironment(result);
}

Plot FilesFigure(const FilesResult& result) {
  Plot plot = {.title = "Size against speed, one thread",
               .x_label = "compressing, KB per second of processor time",
               .y_label = "compressed size",
               .is_y_logarithmic = true,
               .is_y_percent = true,
               .lines = {}};
  for (size_t p = 0; p < result.peers.size(); ++p) {
    const FileSum sum = SumOf(result, p);
    if (!(sum.pack.cpu_seconds > 0) || sum.raw_size == 0) continue;
    const auto raw = static_cast<double>(sum.raw_size);
    if (plot.lines.empty() || !AreOfOneProgram(result.peers[p - 1], result.peers[p])) {
      plot.lines.emplace_back();
    }
    PlotLine& line = plot.lines.back();
    line.points.emplace_back(raw / 1000 / sum.pack.cpu_seconds,
                             100 * static_cast<double>(sum.coded_size) / raw);
    line.labels.push_back(result.peers[p].name);
  }
  return plot;
}

}  // namespace lmz::bench
