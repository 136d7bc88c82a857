// `lmz-bench context`.
#include <algorithm>
#include <numeric>
#include <optional>

#include "bench/coders/lmz_coder.h"
#include "bench/coders/network_alone.h"
#include "bench/coders/tokens_alone.h"
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
  // By length, of all prefixes, their header counted once; nothing where the coder cannot take one.
  std::vector<std::optional<uint64_t>> coded_sizes;
};

// The chunks of one kind of data, and what was measured of them.
struct Column {
  DataSet set;
  std::vector<Signal> chunks;
  std::vector<Curve> curves;
};

// Whole chunks, spread evenly.
std::vector<Signal> Pick(const DataSet& set, size_t count) {
  std::vector<Signal> whole;
  for (const Signal& chunk : set.chunks) {
    if (chunk.bytes.size() == kChunkSize) whole.push_back(chunk);
  }
  if (whole.size() <= count) return whole;
  std::vector<Signal> picked;
  for (size_t i = 0; i < count; ++i) picked.push_back(whole[i * whole.size() / count]);
  return picked;
}

// The first bytes of each chunk; of pixels whole rows, or a part of the first row. None where there
// is no such picture.
std::vector<Signal> Prefixes(const std::vector<Signal>& chunks, size_t length) {
  std::vector<Signal> prefixes;
  for (Signal chunk : chunks) {
    chunk.bytes = chunk.bytes.first(length);
    if (chunk.kind == Signal::Kind::kPixels) {
      chunk.width = std::min(chunk.width, static_cast<uint32_t>(length));
      chunk.height = static_cast<uint32_t>(length) / chunk.width;
      if (size_t{chunk.width} * chunk.height != length) return {};
    }
    prefixes.push_back(chunk);
  }
  return prefixes;
}

std::vector<ByteSpan> BytesOf(const std::vector<Signal>& chunks, size_t length) {
  std::vector<ByteSpan> bytes;
  for (const Signal& chunk : chunks) bytes.push_back(chunk.bytes.first(length));
  return bytes;
}

Result<Curve> Measure(const Coder& coder, const std::vector<Signal>& chunks, int threads) {
  Curve curve{coder.name(), {}};
  Signal like = chunks[0];
  like.bytes = {};
  LMZ_ASSIGN(const uint64_t header, HeaderSize(coder, like));
  for (const size_t length : kLengths) {
    const std::vector<Signal> prefixes = Prefixes(chunks, length);
    if (prefixes.empty()) {
      curve.coded_sizes.emplace_back();
      continue;
    }
    LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizes(coder, prefixes, threads));
    const auto total = ChunkedSize(sizes, header);
    if (!total) return Status(Code::kInternal, coder.name() + ": its header is no header");
    curve.coded_sizes.emplace_back(*total);
  }
  return curve;
}

// The network, of bytes or of tokens, without the mixer.
Result<Curve> MeasureAlone(const BenchModel& model, const std::vector<Signal>& chunks,
                           int threads) {
  Curve curve{model.NameAlone(), {}};
  for (const size_t length : kLengths) {
    const std::vector<ByteSpan> prefixes = BytesOf(chunks, length);
    LMZ_ASSIGN(
        const std::vector<uint64_t> sizes,
        model.network != nullptr
            ? VerifiedSizesAlone(*model.network, prefixes, threads)
            : VerifiedTokenSizesAlone(*model.model->as_token_predictor(), prefixes, threads));
    curve.coded_sizes.emplace_back(std::accumulate(sizes.begin(), sizes.end(), uint64_t{0}));
  }
  return curve;
}

double BitsPerByte(uint64_t coded_size, size_t length, size_t chunks) {
  return 8 * static_cast<double>(coded_size) / static_cast<double>(length * chunks);
}

// A row for each length that was measured, with what the bytes since the length before took.
std::string Csv(const std::vector<Column>& columns) {
  std::string text = "coder,data,length,chunks,coded_size,bits_per_byte,bits_per_byte_since_last\n";
  for (const Column& column : columns) {
    const size_t chunks = column.chunks.size();
    for (const Curve& curve : column.curves) {
      uint64_t before = 0;
      size_t begin = 0;
      for (size_t i = 0; i < std::size(kLengths); ++i) {
        if (!curve.coded_sizes[i]) continue;
        const uint64_t size = *curve.coded_sizes[i];
        const double added = static_cast<double>(size) - static_cast<double>(before);
        text += CsvField(curve.name) + "," + column.set.name + "," + std::to_string(kLengths[i]) +
                "," + std::to_string(chunks) + "," + std::to_string(size) + "," +
                Fixed(BitsPerByte(size, kLengths[i], chunks), 4) + "," +
                Fixed(8 * added / static_cast<double>((kLengths[i] - begin) * chunks), 4) + "\n";
        before = size;
        begin = kLengths[i];
      }
    }
  }
  return text;
}

std::string Table(const Column& column) {
  Row head = {column.set.name + ", bits per byte of a prefix of this length"};
  for (const Curve& curve : column.curves) head.push_back(curve.name);
  std::vector<Row> rows;
  for (size_t i = 0; i < std::size(kLengths); ++i) {
    Row row = {Grouped(kLengths[i])};
    for (const Curve& curve : column.curves) {
      row.push_back(
          curve.coded_sizes[i]
              ? Fixed(BitsPerByte(*curve.coded_sizes[i], kLengths[i], column.chunks.size()), 3)
              : "–");
    }
    rows.push_back(row);
  }
  return MarkdownTable(head, rows);
}

Plot Figure(const Column& column) {
  Plot plot = {.title = column.set.name + ": bits per byte by length of the prefix",
               .x_label = "prefix length in bytes",
               .y_label = "bits per byte",
               .x_base = 2,
               .lines = {}};
  for (const Curve& curve : column.curves) {
    PlotLine line{.points = {}, .labels = {curve.name}};
    for (size_t i = 0; i < std::size(kLengths); ++i) {
      if (!curve.coded_sizes[i]) continue;
      line.points.emplace_back(
          kLengths[i], BitsPerByte(*curve.coded_sizes[i], kLengths[i], column.chunks.size()));
    }
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

Status AddColumn(const std::string& path, size_t count, Result<DataSet> set,
                 std::vector<Column>& columns) {
  if (!set.ok()) return set.status();
  Column& column = columns.emplace_back(Column{std::move(set.value()), {}, {}});
  column.chunks = Pick(column.set, count);
  if (!column.chunks.empty()) return OkStatus();
  return Status(Code::kInvalidArgument, path + ": there is no chunk of 2,048 bytes");
}

// One for each kind of data that is named.
Result<std::vector<Column>> Columns(const ContextOptions& options) {
  std::vector<Column> columns;
  if (!options.text.empty()) {
    LMZ_TRY(AddColumn(options.text, options.chunks, LoadText(options.text, SIZE_MAX), columns));
  }
  if (!options.image.empty()) {
    LMZ_TRY(
        AddColumn(options.image, options.chunks, LoadPatches(options.image, SIZE_MAX), columns));
  }
  if (!options.audio.empty()) {
    LMZ_TRY(AddColumn(options.audio, options.chunks,
                      LoadSpeech(options.audio, SIZE_MAX, options.is_resampled), columns));
  }
  if (!columns.empty()) return columns;
  return Status(Code::kInvalidArgument, "context: name data with --text, --image or --audio");
}

// gzip, then each network alone and with the mixer. Those of tokens have no mixer here.
Status MeasureColumn(const ContextOptions& options, const std::vector<BenchModel>& models,
                     const Coder& gzip, const Coders& lmz_coders, Column& column) {
  LMZ_ASSIGN(Curve curve, Measure(gzip, column.chunks, options.threads));
  column.curves.push_back(std::move(curve));
  for (size_t i = 0; i < models.size(); ++i) {
    LMZ_ASSIGN(Curve alone, MeasureAlone(models[i], column.chunks, options.threads));
    column.curves.push_back(std::move(alone));
    if (models[i].network == nullptr) continue;
    LMZ_ASSIGN(Curve both, Measure(*lmz_coders[i + 1], column.chunks, options.threads));
    column.curves.push_back(std::move(both));
  }
  return OkStatus();
}

std::string Provenance(const ContextOptions& options, const std::vector<BenchModel>& models,
                       const Coder& gzip, const std::vector<Column>& columns) {
  std::string text =
      Machine(options.threads) + "; " + LmzWithModels(models) + ", " + gzip.version();
  for (const Column& column : columns) {
    text += "; " + column.set.name + ": " + std::to_string(column.chunks.size()) + " chunks of " +
            column.set.what + ", XXH3-128 " + HashText(column.set.bytes);
  }
  return text + ".";
}

// The model of the level, those in files, those of tokens.
Result<std::vector<BenchModel>> ModelsFor(const ContextOptions& options) {
  LMZ_ASSIGN(std::vector<BenchModel> models, LoadModels(options.models, options.max_level));
  std::erase_if(models, [&](const BenchModel& model) {
    return model.level != options.level && model.level != 0;
  });
  if (std::none_of(models.begin(), models.end(),
                   [&](auto& model) { return model.level == options.level; })) {
    return Status(Code::kInvalidArgument,
                  "level " + std::to_string(options.level) + " has no model here");
  }
  LMZ_ASSIGN(const std::vector<BenchModel> llms, LoadLanguageModels(options.llms));
  models.insert(models.end(), llms.begin(), llms.end());
  return models;
}

}  // namespace

Status RunContext(const ContextOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, options.csv, "", options.svg}));
  LMZ_ASSIGN(std::vector<Column> columns, Columns(options));
  LMZ_ASSIGN(const std::vector<BenchModel> models, ModelsFor(options));
  std::vector<BenchModel> of_bytes = models;
  std::erase_if(of_bytes, [](const BenchModel& model) { return model.network == nullptr; });
  Coders coders, lmz_coders;
  AddStreamCoders(coders);
  AddLmzCoders(of_bytes, lmz_coders);
  std::vector<Plot> plots;
  std::string tables;
  for (Column& column : columns) {
    LMZ_TRY(MeasureColumn(options, models, *coders[0], lmz_coders, column));
    plots.push_back(Figure(column));
    if (!tables.empty()) tables += '\n';
    tables += Table(column);
  }
  const std::string provenance = Provenance(options, models, *coders[0], columns);
  const std::string text =
      provenance +
      " Every prefix was coded independently and decoded; headers count once. Pixels are coded in "
      "whole rows of 64, so lmz has no picture of 96 bytes.\n\n" +
      FigureLink("Bits per byte by length of the prefix", options.svg, options.into) + tables;
  return FirstFailure({WriteIfNamed(options.csv, CsvComment(provenance) + Csv(columns)),
                       WriteSvg(plots, options.svg),
                       WriteSection(text, options.section, options.into)});
}

}  // namespace lmz::bench
