// `lmz-bench scaling`.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iterator>
#include <numeric>

#include "bench/coders/lmz_coder.h"
#include "bench/coders/network_alone.h"
#include "bench/coders/peers.h"
#include "bench/commands/figures.h"
#include "bench/commands/files.h"
#include "bench/measure/data_set.h"
#include "bench/measure/input.h"
#include "bench/measure/journal.h"
#include "bench/measure/process.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"
#include "bench/report/outputs.h"
#include "bench/report/plot.h"
#include "bench/report/rates.h"

namespace lmz::bench {

namespace {

// What is measured: a coder with one model or none, on growing data.
struct Contestant {
  std::string name;
  std::string version;
  int revision = 1;
  uint64_t model_size = 0;
  uint64_t parameters = 0;
  bool is_alone = false;
  std::function<Result<uint64_t>(ByteSpan)> measure;  // the size of its verified code
};

struct Scaled {
  Contestant coder;
  std::vector<uint64_t> coded_sizes;  // of the sizes that are measured
};

struct Scaling {
  std::vector<uint64_t> sizes;
  size_t measured = 0;  // that many sizes are; the others are projected
  std::vector<Scaled> rows;

  double Raw(const Scaled& row, size_t i) const {
    const size_t known = std::min(i, measured - 1);
    return *RawRate({sizes[known], row.coded_sizes[known]});
  }
  double Adjusted(const Scaled& row, size_t i) const {
    return Raw(row, i) + static_cast<double>(row.coder.model_size) / static_cast<double>(sizes[i]);
  }
  double PaperAdjusted(const Scaled& row, size_t i) const {
    return Raw(row, i) +
           2 * static_cast<double>(row.coder.parameters) / static_cast<double>(sizes[i]);
  }
};

// Names of the rivals that models must pay for themselves against, as in `lmz-bench files`.
constexpr const char* kRivals[] = {"xz -9e", "zpaq -m5"};

bool IsRival(const std::string& name) {
  return std::find(std::begin(kRivals), std::end(kRivals), name) != std::end(kRivals);
}

Result<uint64_t> SizeAlone(const Predictor& network, ByteSpan data, int threads) {
  std::vector<ByteSpan> chunks;
  for (size_t i = 0; i < data.size(); i += kChunkSize) {
    chunks.push_back(data.subspan(i, std::min(kChunkSize, data.size() - i)));
  }
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizesAlone(network, chunks, threads));
  return std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
}

Result<uint64_t> SizeByPeer(const Peer& peer, ByteSpan data) {
  LMZ_ASSIGN(const WorkFolder folder, WorkFolder::Make());
  const std::string path = folder.path() + "/data";
  LMZ_TRY(WriteFile(path, std::string(data.begin(), data.end())));
  LMZ_ASSIGN(const FileCost cost, MeasureFile(peer, path, folder.path(), 1));
  return cost.coded_size;
}

std::vector<Contestant> Contestants(const std::vector<BenchModel>& models, const Coders& coders,
                                    int threads) {
  std::vector<Contestant> all;
  for (const BenchModel& model : models) {
    all.push_back({model.NameAlone(), LmzVersion() + " " + model.id, 1, model.file_size,
                   model.parameters, true, [&model, threads](ByteSpan data) {
                     return SizeAlone(*model.network, data, threads);
                   }});
  }
  for (const auto& coder : coders) {
    all.push_back({coder->name(), coder->version(), coder->revision(), coder->model_size(),
                   coder->parameters(), false,
                   [&coder](ByteSpan data) { return VerifiedSize(*coder, {.bytes = data}); }});
  }
  for (const Peer& peer : AllPeers("", {})) {
    if (!IsRival(peer.name)) continue;
    if (!IsInstalled(peer.program)) {
      std::fprintf(stderr, "%s is not installed and left out\n", peer.name.c_str());
      continue;
    }
    all.push_back({peer.name, VersionOf(peer), peer.revision, 0, 0, false,
                   [peer](ByteSpan data) { return SizeByPeer(peer, data); }});
  }
  return all;
}

Result<Scaling> Measure(ByteSpan text, std::vector<Contestant> contestants,
                        const std::vector<uint64_t>& sizes, Journal& journal) {
  Scaling scaling{sizes, 0, {}};
  std::sort(scaling.sizes.begin(), scaling.sizes.end());
  scaling.sizes.erase(std::unique(scaling.sizes.begin(), scaling.sizes.end()), scaling.sizes.end());
  if (scaling.sizes.empty() || scaling.sizes[0] == 0) {
    return Status(Code::kInvalidArgument, "sizes of data begin at 1 byte");
  }
  while (scaling.measured < scaling.sizes.size() &&
         scaling.sizes[scaling.measured] <= text.size()) {
    ++scaling.measured;
  }
  if (scaling.measured == 0) {
    return Status(Code::kInvalidArgument,
                  "the text is smaller than the smallest size; name "
                  "another one with --size");
  }
  for (Contestant& coder : contestants) {
    Scaled& row = scaling.rows.emplace_back(Scaled{std::move(coder), {}});
    for (size_t i = 0; i < scaling.measured; ++i) {
      const ByteSpan data = text.first(scaling.sizes[i]);
      const std::vector<std::string> key = {
          row.coder.name, KeptVersion(row.coder.version, row.coder.revision), HashText(data)};
      if (const auto known = journal.Find(key); known && known->size() == 1) {
        row.coded_sizes.push_back(static_cast<uint64_t>((*known)[0]));
        continue;
      }
      LMZ_ASSIGN(const uint64_t size, row.coder.measure(data));
      LMZ_TRY(journal.Add(key, {static_cast<double>(size)}));
      row.coded_sizes.push_back(size);
      std::fprintf(stderr, "%s: %s to %s bytes\n", row.coder.name.c_str(),
                   Grouped(data.size()).c_str(), Grouped(size).c_str());
    }
  }
  return scaling;
}

// The row with a model that is best for size `i` among those of one kind.
size_t BestModel(const Scaling& scaling, bool is_alone, size_t i) {
  size_t best = scaling.rows.size();
  for (size_t r = 0; r < scaling.rows.size(); ++r) {
    const Scaled& row = scaling.rows[r];
    if (row.coder.is_alone != is_alone || row.coder.model_size == 0) continue;
    if (best == scaling.rows.size() ||
        scaling.Adjusted(row, i) < scaling.Adjusted(scaling.rows[best], i)) {
      best = r;
    }
  }
  return best;
}

std::string Table(const Scaling& scaling) {
  Row head = {"adjusted rate, %", "parameters"};
  for (size_t i = 0; i < scaling.sizes.size(); ++i) {
    head.push_back((i < scaling.measured ? "" : "projected ") + Grouped(scaling.sizes[i]));
  }
  std::vector<Row> rows;
  for (size_t r = 0; r < scaling.rows.size(); ++r) {
    const Scaled& row = scaling.rows[r];
    const uint64_t parameters = row.coder.parameters;
    Row line = {row.coder.name, parameters == 0 ? "–" : Grouped(parameters)};
    for (size_t i = 0; i < scaling.sizes.size(); ++i) {
      const std::string rate = Fixed(100 * scaling.Adjusted(row, i), 2);
      line.push_back(BestModel(scaling, row.coder.is_alone, i) == r ? "**" + rate + "**" : rate);
    }
    rows.push_back(line);
  }
  return MarkdownTable(head, rows);
}

// From which size of data on each model pays, beside rivals without one.
std::string BreakEvenTable(const Scaling& scaling) {
  const std::vector<uint64_t> sizes(
      scaling.sizes.begin(), scaling.sizes.begin() + static_cast<std::ptrdiff_t>(scaling.measured));
  Row head = {"break-even size in bytes of such text"};
  std::vector<const Scaled*> rivals;
  for (const Scaled& row : scaling.rows) {
    if (row.coder.model_size != 0) continue;
    rivals.push_back(&row);
    head.push_back("against " + row.coder.name);
  }
  std::vector<Row> lines;
  for (const Scaled& row : scaling.rows) {
    if (row.coder.model_size == 0) continue;
    Row& line = lines.emplace_back(Row{row.coder.name});
    for (const Scaled* rival : rivals) {
      const auto found =
          FindBreakEven(sizes, row.coded_sizes, rival->coded_sizes, row.coder.model_size);
      line.push_back(BreakEvenText(found, sizes[0]));
    }
  }
  return MarkdownTable(head, lines);
}

std::string Csv(const Scaling& scaling) {
  std::string text =
      "coder,parameters,model_size,data_size,kind,raw_rate,adjusted_rate,paper_adjusted_rate,"
      "best\n";
  for (size_t r = 0; r < scaling.rows.size(); ++r) {
    const Scaled& row = scaling.rows[r];
    for (size_t i = 0; i < scaling.sizes.size(); ++i) {
      text += CsvField(row.coder.name) + "," + std::to_string(row.coder.parameters) + "," +
              std::to_string(row.coder.model_size) + "," + std::to_string(scaling.sizes[i]) + "," +
              (i < scaling.measured ? "measured" : "projected") + "," +
              Fixed(scaling.Raw(row, i), 6) + "," + Fixed(scaling.Adjusted(row, i), 6) + "," +
              Fixed(scaling.PaperAdjusted(row, i), 6) + "," +
              (BestModel(scaling, row.coder.is_alone, i) == r ? "1" : "0") + "\n";
    }
  }
  return text;
}

// As the paper's: a line for each size of data, over the sizes of models; the best one is marked.
Plot Figure(const Scaling& scaling) {
  Plot plot = {.title = "Adjusted rate of the network alone, chunks of 2,048 bytes",
               .x_label = "parameters",
               .y_label = "(compressed + model) / data",
               .is_y_logarithmic = true,
               .is_y_percent = true,
               .lines = {}};
  for (size_t i = 0; i < scaling.sizes.size(); ++i) {
    const bool is_projected = i >= scaling.measured;
    PlotLine line{
        .points = {},
        .labels = {Grouped(scaling.sizes[i]) + " bytes" + (is_projected ? ", projected" : "")},
        .is_dashed = is_projected};
    for (const Scaled& row : scaling.rows) {
      if (!row.coder.is_alone) continue;
      line.points.emplace_back(static_cast<double>(row.coder.parameters),
                               100 * scaling.Adjusted(row, i));
    }
    std::sort(line.points.begin(), line.points.end());
    const auto best = std::min_element(line.points.begin(), line.points.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    if (best != line.points.end()) line.marked = static_cast<int>(best - line.points.begin());
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

}  // namespace

Status RunScaling(const ScalingOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, options.csv, "", options.svg}));
  LMZ_ASSIGN(const DataSet set, LoadText(options.text, SIZE_MAX));
  LMZ_ASSIGN(const std::vector<BenchModel> models, LoadModels(options.models, options.max_level));
  Coders coders;
  AddLmzCoders(models, coders);
  Journal journal;
  if (!options.state.empty()) {
    LMZ_ASSIGN(journal, Journal::Open(options.state));
  }
  LMZ_ASSIGN(const Scaling scaling, Measure(set.bytes, Contestants(models, coders, options.threads),
                                            options.sizes, journal));
  std::string text = Machine(options.threads) + "; " + LmzWithModels(models);
  for (const Scaled& row : scaling.rows) {
    if (IsRival(row.coder.name)) text += ", " + row.coder.name + " " + row.coder.version;
  }
  text += "; prefixes of " + set.what + ", XXH3-128 of the whole " + HashText(set.bytes) + ".";
  const std::string csv = CsvComment(text) + Csv(scaling);
  text +=
      " The model counts at its stored size. The best model of each kind is bold. Projected "
      "columns use the raw rate of the largest measured size. Projected break-even sizes are lower "
      "bounds, because the advantage of a model over coders without one shrinks as the data grows. "
      "Between two measured sizes, coded sizes are interpolated linearly.\n\n";
  text += FigureLink("Adjusted rate by model size", options.svg, options.into);
  text += Table(scaling) + "\n" + BreakEvenTable(scaling);
  return FirstFailure({WriteIfNamed(options.csv, csv), WriteSvg({Figure(scaling)}, options.svg),
                       WriteSection(text, options.section, options.into)});
}

}  // namespace lmz::bench
