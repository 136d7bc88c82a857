// `lmz-bench scaling`.
#include <algorithm>
#include <cstdio>
#include <numeric>

#include "data_set.h"
#include "environment.h"
#include "figures.h"
#include "input.h"
#include "journal.h"
#include "lmz_coder.h"
#include "markdown.h"
#include "network_alone.h"
#include "plot.h"
#include "rates.h"

namespace lmz::bench {

namespace {

// One coder with one model, or none, on growing data.
struct Scaled {
  std::string name;
  uint64_t model_size = 0;
  uint64_t parameters = 0;
  bool is_alone = false;
  std::vector<double> rates;  // raw, by size
};

struct Scaling {
  std::vector<uint64_t> sizes;
  size_t measured = 0;  // that many sizes are; the others are projected
  std::vector<Scaled> rows;

  double Adjusted(const Scaled& row, size_t i) const {
    return row.rates[i] + static_cast<double>(row.model_size) / static_cast<double>(sizes[i]);
  }
  double PaperAdjusted(const Scaled& row, size_t i) const {
    return row.rates[i] + 2 * static_cast<double>(row.parameters) / static_cast<double>(sizes[i]);
  }
};

Result<double> RateAlone(const Network& network, ByteSpan data, int threads) {
  std::vector<ByteSpan> chunks;
  for (size_t i = 0; i < data.size(); i += kChunkSize) {
    chunks.push_back(data.subspan(i, std::min(kChunkSize, data.size() - i)));
  }
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizesAlone(network, chunks, threads));
  return *RawRate({data.size(), std::accumulate(sizes.begin(), sizes.end(), uint64_t{0})});
}

Result<Scaling> Measure(ByteSpan text, const std::vector<BenchModel>& models,
                        const std::vector<uint64_t>& sizes, int threads) {
  Scaling scaling{sizes, 0, {}};
  std::sort(scaling.sizes.begin(), scaling.sizes.end());
  while (scaling.measured < sizes.size() && scaling.sizes[scaling.measured] <= text.size()) {
    ++scaling.measured;
  }
  if (scaling.measured == 0) {
    return Status(Code::kInvalidArgument,
                  "the text is smaller than the smallest size; name "
                  "another one with --size");
  }
  Coders coders;
  AddLmzCoders(models, coders);
  for (const BenchModel& model : models) {
    scaling.rows.push_back(
        {"network " + model.name + " alone", model.file_size, model.parameters, true, {}});
  }
  for (const auto& coder : coders) {
    scaling.rows.push_back({coder->name(), coder->model_size(), coder->parameters(), false, {}});
  }
  for (size_t r = 0; r < scaling.rows.size(); ++r) {
    Scaled& row = scaling.rows[r];
    for (size_t i = 0; i < scaling.measured; ++i) {
      const ByteSpan data = text.first(scaling.sizes[i]);
      if (row.is_alone) {
        LMZ_ASSIGN(const double rate, RateAlone(*models[r].network, data, threads));
        row.rates.push_back(rate);
      } else {
        LMZ_ASSIGN(const uint64_t size,
                   VerifiedSize(*coders[r - models.size()], Signal{.bytes = data}));
        row.rates.push_back(*RawRate({data.size(), size}));
      }
      std::fprintf(stderr, "%s, %llu bytes: %.4f\n", row.name.c_str(),
                   static_cast<unsigned long long>(scaling.sizes[i]), row.rates.back());
    }
    row.rates.resize(sizes.size(), row.rates.back());
  }
  return scaling;
}

// The row with a model that is best for size `i` among those of one kind.
size_t BestModel(const Scaling& scaling, bool is_alone, size_t i) {
  size_t best = scaling.rows.size();
  for (size_t r = 0; r < scaling.rows.size(); ++r) {
    const Scaled& row = scaling.rows[r];
    if (row.is_alone != is_alone || row.model_size == 0) continue;
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
    Row line = {row.name, row.parameters == 0 ? "–" : Grouped(row.parameters)};
    for (size_t i = 0; i < scaling.sizes.size(); ++i) {
      const std::string rate = Fixed(100 * scaling.Adjusted(row, i), 2);
      line.push_back(BestModel(scaling, row.is_alone, i) == r ? "**" + rate + "**" : rate);
    }
    rows.push_back(line);
  }
  return MarkdownTable(head, rows);
}

std::string Csv(const Scaling& scaling) {
  std::string text =
      "coder,parameters,model_size,data_size,kind,raw_rate,adjusted_rate,paper_adjusted_rate,"
      "best\n";
  for (size_t r = 0; r < scaling.rows.size(); ++r) {
    const Scaled& row = scaling.rows[r];
    for (size_t i = 0; i < scaling.sizes.size(); ++i) {
      text += CsvField(row.name) + "," + std::to_string(row.parameters) + "," +
              std::to_string(row.model_size) + "," + std::to_string(scaling.sizes[i]) + "," +
              (i < scaling.measured ? "measured" : "projected") + "," + Fixed(row.rates[i], 6) +
              "," + Fixed(scaling.Adjusted(row, i), 6) + "," +
              Fixed(scaling.PaperAdjusted(row, i), 6) + "," +
              (BestModel(scaling, row.is_alone, i) == r ? "1" : "0") + "\n";
    }
  }
  return text;
}

// As the paper's: a line for each size of data, over the sizes of models.
Plot Figure(const Scaling& scaling) {
  Plot plot = {.title = "Adjusted rate of the network alone, chunks of 2,048 bytes",
               .x_label = "parameters",
               .y_label = "(code + model) / data",
               .is_y_logarithmic = true,
               .lines = {}};
  for (size_t i = 0; i < scaling.sizes.size(); ++i) {
    const bool is_projected = i >= scaling.measured;
    PlotLine line{Grouped(scaling.sizes[i]) + " bytes" + (is_projected ? ", projected" : ""),
                  {},
                  is_projected};
    for (const Scaled& row : scaling.rows) {
      if (!row.is_alone) continue;
      line.points.emplace_back(static_cast<double>(row.parameters), scaling.Adjusted(row, i));
    }
    std::sort(line.points.begin(), line.points.end());
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

}  // namespace

Status RunScaling(const ScalingOptions& options) {
  LMZ_ASSIGN(const DataSet set, LoadText(options.text, SIZE_MAX));
  LMZ_ASSIGN(const std::vector<BenchModel> models, LoadModels(options.models));
  LMZ_ASSIGN(const Scaling scaling, Measure(set.bytes, models, options.sizes, options.threads));
  if (!options.csv.empty()) LMZ_TRY(WriteFile(options.csv, Csv(scaling)));
  if (!options.svg.empty()) LMZ_TRY(WriteSvg(Figure(scaling), options.svg));
  std::string text = "Processor: " + CpuName() + "; " + LmzVersion();
  for (const BenchModel& model : models) text += ", model `" + model.name + "` " + model.id;
  text += "; the first bytes of " + set.what + ", XXH3-128 of all " + HashText(set.bytes) +
          ". The model counts as it is stored. The best model of each kind is bold. Projected "
          "sizes take the raw rate of the largest that was measured.\n\n";
  text += FigureLink("Adjusted rate against the size of the model", options.svg, options.into);
  return Deliver(text + Table(scaling), options.section, options.into);
}

}  // namespace lmz::bench
