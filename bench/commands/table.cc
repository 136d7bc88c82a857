#include "bench/commands/table.h"

#include <algorithm>
#include <cstdio>

#include "bench/commands/table_sizes.h"
#include "bench/measure/input.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"
#include "bench/report/outputs.h"

namespace lmz::bench {

namespace {

using Sizes = std::vector<std::optional<CodedSize>> TableRow::*;

std::string Percent(std::optional<double> rate) {
  return rate ? Fixed(100 * *rate, 2) : "–";
}

bool HasAny(const TableRow& row, Sizes sizes) {
  return std::any_of((row.*sizes).begin(), (row.*sizes).end(), [](auto& s) { return !!s; });
}

// The data sets that any row has a size of.
std::vector<size_t> Columns(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows,
                            Sizes sizes) {
  std::vector<size_t> columns;
  for (size_t s = 0; s < sets.size(); ++s) {
    if (std::any_of(rows.begin(), rows.end(), [&](auto& row) { return !!(row.*sizes)[s]; })) {
      columns.push_back(s);
    }
  }
  return columns;
}

// All rows with their raw rates.
std::string RawTable(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows,
                     Sizes sizes) {
  const std::vector<size_t> columns = Columns(sets, rows, sizes);
  Row head = {"% of the raw size"};
  for (const size_t s : columns) head.push_back(sets[s].name);
  std::vector<Row> lines;
  for (const TableRow& row : rows) {
    Row line = {row.coder};
    for (const size_t s : columns) {
      const auto& size = (row.*sizes)[s];
      line.push_back(size ? Percent(RawRate(*size)) : "–");
    }
    if (HasAny(row, sizes)) lines.push_back(line);
  }
  return MarkdownTable(head, lines);
}

// The rows with a model, which counts: as it is stored, and as the paper counts.
std::string AdjustedTable(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows,
                          Sizes sizes) {
  const std::vector<size_t> columns = Columns(sets, rows, sizes);
  Row head = {"% of the raw size", "model bytes", "parameters"};
  for (const size_t s : columns) head.push_back(sets[s].name + " + model");
  for (const size_t s : columns) head.push_back(sets[s].name + " + 2 B/parameter");
  std::vector<Row> lines;
  for (const TableRow& row : rows) {
    if (row.model_size == 0 || !HasAny(row, sizes)) continue;
    Row line = {row.coder, Grouped(row.model_size), Grouped(row.parameters)};
    for (const size_t s : columns) {
      const auto& size = (row.*sizes)[s];
      line.push_back(size ? Percent(AdjustedRate(*size, row.model_size)) : "–");
    }
    for (const size_t s : columns) {
      const auto& size = (row.*sizes)[s];
      line.push_back(size ? Percent(PaperAdjustedRate(*size, row.parameters)) : "–");
    }
    lines.push_back(line);
  }
  return MarkdownTable(head, lines);
}

// The row with the lowest rate on set `s` among those without a model that `is_wanted` picks.
template <class Pick>
const TableRow* Best(const std::vector<TableRow>& rows, Sizes sizes, size_t s, Pick is_wanted) {
  const TableRow* best = nullptr;
  for (const TableRow& row : rows) {
    const auto& size = (row.*sizes)[s];
    if (!size || row.model_size != 0 || !is_wanted(row)) continue;
    if (best == nullptr || size->coded_size < (best->*sizes)[s]->coded_size) best = &row;
  }
  return best;
}

bool IsLmz(const TableRow& row) {
  return row.coder.starts_with("lmz");
}

// From which size a model pays on text, the first set. Empty without text.
std::string BreakEvenTable(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows,
                           Sizes sizes) {
  if (sets[0].name != "text") return "";
  const TableRow* rival = Best(rows, sizes, 0, [](auto& row) { return !IsLmz(row); });
  const TableRow* fast = Best(rows, sizes, 0, IsLmz);
  if (rival == nullptr || fast == nullptr) return "";
  std::vector<Row> lines;
  for (const TableRow& row : rows) {
    if (row.model_size == 0 || !(row.*sizes)[0]) continue;
    Row line = {row.coder};
    for (const TableRow* other : {rival, fast}) {
      const CodedSize coded = *(row.*sizes)[0];
      const auto found = FindBreakEven({coded.raw_size}, {coded.coded_size},
                                       {(other->*sizes)[0]->coded_size}, row.model_size);
      line.push_back(BreakEvenText(found, coded.raw_size));
    }
    lines.push_back(line);
  }
  return MarkdownTable(
      {"break-even size in bytes of such text",
       "against " + rival->coder + ", the best other coder", "against " + fast->coder},
      lines);
}

std::string Csv(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows) {
  std::string text = "coder,version,way,data,raw_size,coded_size,model_size,parameters\n";
  for (const TableRow& row : rows) {
    for (const auto& [way, sizes] : {std::pair<const char*, Sizes>{"whole", &TableRow::whole},
                                     {"chunks", &TableRow::chunked}}) {
      for (size_t s = 0; s < sets.size(); ++s) {
        const auto& size = (row.*sizes)[s];
        if (!size) continue;
        text += CsvField(row.coder) + "," + CsvField(row.version) + "," + way + "," + sets[s].name +
                "," + std::to_string(size->raw_size) + "," + std::to_string(size->coded_size) +
                "," + std::to_string(row.model_size) + "," + std::to_string(row.parameters) + "\n";
      }
    }
  }
  return text;
}

std::string Provenance(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows,
                       const std::vector<BenchModel>& models, int threads) {
  std::string text = Machine(threads) + ". Libraries: ";
  std::vector<std::string> versions = {LmzVersion()};
  for (const TableRow& row : rows) {
    const bool is_known =
        std::find(versions.begin(), versions.end(), row.version) != versions.end();
    if (row.model_size == 0 && !is_known) versions.push_back(row.version);
  }
  for (size_t i = 0; i < versions.size(); ++i) text += (i == 0 ? "" : ", ") + versions[i];
  text += ".\n\n";
  for (const BenchModel& model : models) {
    text += "- Model `" + model.name + "`: " + model.id + ", " + Grouped(model.file_size) +
            " bytes, " + Grouped(model.parameters) + " parameters.\n";
  }
  for (const DataSet& set : sets) {
    text += "- " + set.name + ": " + set.what + ", " + Grouped(set.bytes.size()) +
            " bytes, XXH3-128 " + HashText(set.bytes) + ".\n";
    for (const std::string& note : set.notes) text += "  - " + note + "\n";
  }
  return text;
}

// What the rows of models of tokens mean.
constexpr char kAboutTokens[] =
    "\nA model of tokens gets bytes as they are: each byte value is a token, or part of one. "
    "\"Halved\": "
    "the value of a byte divided by two is coded instead, as in the paper, and the lost bit is "
    "stored "
    "(12.5 % of the size). \"100 likeliest\" is no code: only the 100 likeliest tokens of a step "
    "have a "
    "probability, as the paper has it for its large models; any other counts as its bytes, though "
    "nothing would tell a decoder.\n";

std::string Report(const std::vector<DataSet>& sets, const std::vector<TableRow>& rows,
                   bool has_tokens) {
  std::string text =
      "\nAll output was decoded and compared. A model counts once. Image coders get other data as "
      "gray rows of 64 pixels, FLAC gets it as 8-bit mono samples at 16 kHz. lmz gets patches as "
      "PGM "
      "files and samples as WAV files, and pays for their headers. Data that lmz codes entirely "
      "with "
      "its image and audio codecs, which use no model, is coded once and counts at every level; "
      "the "
      "size of the model is added all the same.\n";
  if (has_tokens) text += kAboutTokens;
  text += "\n### Whole data\n\n" + RawTable(sets, rows, &TableRow::whole) + "\n" +
          AdjustedTable(sets, rows, &TableRow::whole);
  const std::string whole_sizes = BreakEvenTable(sets, rows, &TableRow::whole);
  if (!whole_sizes.empty()) {
    text += "\n" + whole_sizes +
            "\nProjected sizes assume the rates of this table. They are lower bounds, because the "
            "advantage of a model over coders without one shrinks as the data grows.\n";
  }
  if (Columns(sets, rows, &TableRow::chunked).empty()) return text;
  text +=
      "\n### Chunks of 2,048 bytes, each coded independently\n\nHeaders count once for all chunks, "
      "as in the paper: for all but the first chunk, the coded size of a single zero byte (pixel, "
      "sample) is subtracted. A network alone writes no header; its decoder is given the size of "
      "the "
      "chunk.\n\n" +
      RawTable(sets, rows, &TableRow::chunked) + "\n" +
      AdjustedTable(sets, rows, &TableRow::chunked);
  const std::string chunk_sizes = BreakEvenTable(sets, rows, &TableRow::chunked);
  if (!chunk_sizes.empty()) {
    text +=
        "\n" + chunk_sizes +
        "\nProjected sizes assume the rates of this table. The rate of independently coded chunks "
        "does not depend on how many there are.\n";
  }
  return text;
}

Result<std::vector<DataSet>> LoadSets(const TableOptions& options) {
  std::vector<DataSet> sets;
  std::string reasons;
  const auto add = [&](Result<DataSet> loaded) -> Status {
    LMZ_ASSIGN(DataSet set, std::move(loaded));
    // Some of the libraries count in 32 bits.
    if (set.bytes.size() > size_t{1} << 30) {
      return Status(Code::kInvalidArgument, set.name + " has more than 1 GiB; use --limit");
    }
    if (!set.bytes.empty()) {
      sets.push_back(std::move(set));
      return OkStatus();
    }
    std::string why;
    for (const std::string& note : set.notes) why += (why.empty() ? "" : "; ") + note;
    std::fprintf(stderr, "the column %s is left out: %s\n", set.name.c_str(), why.c_str());
    reasons += "; " + set.name + ": " + why;
    return OkStatus();
  };
  if (!options.text.empty()) LMZ_TRY(add(LoadText(options.text, options.limit)));
  if (!options.image.empty()) LMZ_TRY(add(LoadPatches(options.image, options.limit)));
  if (!options.audio.empty())
    LMZ_TRY(add(LoadSpeech(options.audio, options.limit, options.is_resampled)));
  if (options.random_size != 0) {
    LMZ_TRY(add(RandomData(std::min(options.random_size, options.limit))));
  }
  if (!options.image.empty()) LMZ_TRY(add(LoadPictures(options.image, options.limit)));
  if (!options.audio.empty()) LMZ_TRY(add(LoadSounds(options.audio, options.limit)));
  if (sets.empty()) {
    return Status(Code::kInvalidArgument, "there is nothing to measure" + reasons);
  }
  return sets;
}

}  // namespace

Status RunTable(const TableOptions& options) {
  LMZ_TRY(CheckOutputs({options.into, options.section, options.csv, "", ""}));
  LMZ_ASSIGN(const std::vector<DataSet> sets, LoadSets(options));
  LMZ_ASSIGN(std::vector<BenchModel> models, LoadModels(options.models, options.max_level));
  LMZ_ASSIGN(const std::vector<BenchModel> llms, LoadLanguageModels(options.llms));
  models.insert(models.end(), llms.begin(), llms.end());
  Coders coders;
  AddStreamCoders(coders);
  AddImageCoders(coders);
  AddAudioCoders(coders);
  AddLmzCoders(models, coders);
  Journal journal;
  if (!options.state.empty()) {
    LMZ_ASSIGN(journal, Journal::Open(options.state));
  }
  LMZ_ASSIGN(const std::vector<TableRow> rows,
             MeasureTable(sets, coders, models, options.threads, journal));
  const std::string provenance = Provenance(sets, rows, models, options.threads);
  return FirstFailure({WriteIfNamed(options.csv, CsvComment(provenance) + Csv(sets, rows)),
                       WriteSection(provenance + Report(sets, rows, !llms.empty()), options.section,
                                    options.into)});
}

}  // namespace lmz::bench
