// `lmz-bench context`.
#include <algorithm>
#include <numeric>

#include "bench/coders/lmz_coder.h"
#include "bench/coders/network_alone.h"
#include "bench/commands/figures.h"
#include "bench/measure/coder.h"
#include "bench/measure/data_set.h"
#include "bench/measure/input.h"
#include "bench/measure/journal.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"
#include "bench/report/outputs.h"
#include "bench/report/plot.h"
#include "bench/report/rates.h"

namespace lmz::bench {

namespace {

constexpr size_t kLengths[] = {16,  24,  32,  48,  64,   96,   128,       192,
                               256, 384, 512, 768, 1024, 1536, kChunkSize};

struct Curve {
  std::string name;
  std::vector<uint64_t> coded_sizes;  // by length, of all prefixes, their header counted once
};

// Whole chunks, spread evenly.
std::vector<ByteSpan> Pick(const DataSet& set, size_t count) {
  std::vector<ByteSpan> whole;
  for (const Signal& chunk : set.chunks) {
    if (chunk.bytes.size() == kChunkSize) whole.push_back(chunk.bytes);
  }
  if (whole.size() <= count) return whole;
  std::vector<ByteSpan> picked;
  for (size_t i = 0; i < count; ++i) picked.push_back(whole[i * whole.size() / count]);
  return picked;
}

std::vector<ByteSpan> Prefixes(const std::vector<ByteSpan>& chunks, size_t length) {
  std::vector<ByteSpan> prefixes;
  for (const ByteSpan chunk : chunks) prefixes.push_back(chunk.first(length));
  return prefixes;
}

Result<Curve> Measure(const Coder& coder, const std::vector<ByteSpan>& chunks, int threads) {
  Curve curve{coder.name(), {}};
  LMZ_ASSIGN(const uint64_t header, HeaderSize(coder, Signal{}));
  for (const size_t length : kLengths) {
    std::vector<Signal> signals;
    for (const ByteSpan prefix : Prefixes(chunks, length)) signals.push_back({.bytes = prefix});
    LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizes(coder, signals, threads));
    const auto total = ChunkedSize(sizes, header);
    if (!total) return Status(Code::kInternal, coder.name() + ": its header is no header");
    curve.coded_sizes.push_back(*total);
  }
  return curve;
}

Result<Curve> MeasureAlone(const BenchModel& model, const std::vector<ByteSpan>& chunks,
                           int threads) {
  Curve curve{"network " + model.name + " alone", {}};
  for (const size_t length : kLengths) {
    LMZ_ASSIGN(const std::vector<uint64_t> sizes,
               VerifiedSizesAlone(*model.network, Prefixes(chunks, length), threads));
    curve.coded_sizes.push_back(std::accumulate(sizes.begin(), sizes.end(), uint64_t{0}));
  }
  return curve;
}

double BitsPerByte(uint64_t coded_size, size_t length, size_t chunks) {
  return 8 * static_cast<double>(coded_size) / static_cast<double>(length * chunks);
}

std::string Csv(const std::vector<Curve>& curves, size_t chunks) {
  std::string text = "coder,length,chunks,coded_size,bits_per_byte,bits_per_byte_since_last\n";
  for (const Curve& curve : curves) {
    for (size_t i = 0; i < std::size(kLengths); ++i) {
      const uint64_t before = i == 0 ? 0 : curve.coded_sizes[i - 1];
      const size_t begin = i == 0 ? 0 : kLengths[i - 1];
      const double added = static_cast<double>(curve.coded_sizes[i]) - static_cast<double>(before);
      text += CsvField(curve.name) + "," + std::to_string(kLengths[i]) + "," +
              std::to_string(chunks) + "," + std::to_string(curve.coded_sizes[i]) + "," +
              Fixed(BitsPerByte(curve.coded_sizes[i], kLengths[i], chunks), 4) + "," +
              Fixed(8 * added / static_cast<double>((kLengths[i] - begin) * chunks), 4) + "\n";
    }
  }
  return text;
}

std::string Table(const std::vector<Curve>& curves, size_t chunks) {
  Row head = {"bits per byte of a prefix of this length"};
  for (const Curve& curve : curves) head.push_back(curve.name);
  std::vector<Row> rows;
  for (size_t i = 0; i < std::size(kLengths); ++i) {
    Row row = {Grouped(kLengths[i])};
    for (const Curve& curve : curves) {
      row.push_back(Fixed(BitsPerByte(curve.coded_sizes[i], kLengths[i], chunks), 3));
    }
    rows.push_back(row);
  }
  return MarkdownTable(head, rows);
}

Plot Figure(const std::vector<Curve>& curves, size_t chunks) {
  Plot plot = {.title = "Bits per byte by length of the prefix",
               .x_label = "prefix length in bytes",
               .y_label = "bits per byte",
               .x_base = 2,
               .lines = {}};
  for (const Curve& curve : curves) {
    PlotLine line{.points = {}, .labels = {curve.name}};
    for (size_t i = 0; i < std::size(kLengths); ++i) {
      line.points.emplace_back(kLengths[i], BitsPerByte(curve.coded_sizes[i], kLengths[i], chunks));
    }
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

}  // namespace

Status RunContext(const ContextOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, options.csv, "", options.svg}));
  LMZ_ASSIGN(const DataSet set, LoadText(options.text, SIZE_MAX));
  const std::vector<ByteSpan> chunks = Pick(set, options.chunks);
  if (chunks.empty()) {
    return Status(Code::kInvalidArgument, options.text + ": there is no chunk of 2,048 bytes");
  }
  LMZ_ASSIGN(const std::vector<BenchModel> models, LoadModels(options.models, options.max_level));
  if (std::none_of(models.begin(), models.end(),
                   [&](auto& model) { return model.level == options.level; })) {
    return Status(Code::kInvalidArgument,
                  "level " + std::to_string(options.level) + " has no model here");
  }
  Coders coders, lmz_coders;
  AddStreamCoders(coders);
  AddLmzCoders(models, lmz_coders);
  std::vector<Curve> curves;
  LMZ_ASSIGN(Curve gzip, Measure(*coders[0], chunks, options.threads));
  curves.push_back(std::move(gzip));
  std::vector<BenchModel> measured;
  for (size_t i = 0; i < models.size(); ++i) {
    // Models in files come on top of the one of the level.
    if (models[i].level != options.level && models[i].level != 0) continue;
    LMZ_ASSIGN(Curve alone, MeasureAlone(models[i], chunks, options.threads));
    LMZ_ASSIGN(Curve both, Measure(*lmz_coders[i + 1], chunks, options.threads));
    curves.push_back(std::move(alone));
    curves.push_back(std::move(both));
    measured.push_back(models[i]);
  }
  const std::string provenance = Machine(options.threads) + "; " + LmzWithModels(measured) + ", " +
                                 coders[0]->version() + "; " + std::to_string(chunks.size()) +
                                 " chunks of " + set.what + ", XXH3-128 " + HashText(set.bytes) +
                                 ".";
  const std::string text =
      provenance + " Every prefix was coded independently and decoded; headers count once.\n\n" +
      FigureLink("Bits per byte by length of the prefix", options.svg, options.into) +
      Table(curves, chunks.size());
  return FirstFailure(
      {WriteIfNamed(options.csv, CsvComment(provenance) + Csv(curves, chunks.size())),
       WriteSvg(Figure(curves, chunks.size()), options.svg),
       WriteSection(text, options.section, options.into)});
}

}  // namespace lmz::bench
