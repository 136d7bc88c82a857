// lmz-bench: compares lmz with other compressors. Results go to standard output, messages to
// standard error.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>

#include "bench/coders/peers.h"
#include "bench/commands/figures.h"
#include "bench/commands/files.h"
#include "bench/commands/generate.h"
#include "bench/commands/small.h"
#include "bench/commands/table.h"
#include "bench/measure/input.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"

namespace lmz::bench {
namespace {

// Of sizes in options. Below zero a number is read as one beyond this.
constexpr size_t kMaxSize = size_t{1} << 40;

// Where what is printed can go instead.
template <class Options>
void AddSection(CLI::App& command, Options& options) {
  command.add_option("--into", options.into, "replace the generated section in this document");
  command.add_option("--section", options.section, "name of the section")->capture_default_str();
}

void AddLmz(CLI::App& command, std::string& lmz) {
  command.add_option("--lmz", lmz, "path of lmz (default: the one built with lmz-bench)");
}

// What the commands take that run programs.
template <class Options>
void AddRuns(CLI::App& command, Options& options) {
  AddLmz(command, options.lmz);
  command.add_option("--runs", options.runs, "runs per measurement; the fastest counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

void AddThreads(CLI::App& command, int& threads) {
  command.add_option("-T,--threads", threads, "number of threads")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

void AddModels(CLI::App& command, std::vector<std::string>& models) {
  command
      .add_option("--model", models,
                  "a model file in addition to the models of the levels; may be repeated")
      ->allow_extra_args(false);
}

void AddLanguageModels(CLI::App& command, std::vector<std::string>& llms) {
  command
      .add_option("--llm", llms,
                  "a model file of a model of tokens, see lmz-convert; may be repeated. Slow: keep "
                  "the data small")
      ->allow_extra_args(false);
}

void AddMaxLevel(CLI::App& command, int& max_level) {
  command.add_option("--max-level", max_level, "highest level of lmz to measure")
      ->check(CLI::Range(0, MaxLevel()))
      ->capture_default_str();
}

void AddTable(CLI::App& app, TableOptions& options) {
  CLI::App* table =
      app.add_subcommand("table", "the table of Delétang et al. (2024): raw and adjusted rates");
  table->add_option("--text", options.text, "a file, or a directory of files");
  table->add_option("--image", options.image, "a directory of PNG files");
  table->add_option("--audio", options.audio, "a directory of WAV and FLAC files");
  table->add_option("--random", options.random_size, "number of random bytes, 0 for none")
      ->capture_default_str();
  table
      ->add_option(
          "--limit", options.limit,
          "limit each prepared column to this many bytes, but at least one chunk, or one file of "
          "pictures and recordings")
      ->check(CLI::Range(size_t{1}, kMaxSize));
  table->add_flag("--resample", options.is_resampled,
                  "resample audio above 16 kHz to 16 kHz instead of skipping it");
  AddThreads(*table, options.threads);
  AddModels(*table, options.models);
  AddLanguageModels(*table, options.llms);
  AddMaxLevel(*table, options.max_level);
  table->add_option("--state", options.state, "save finished sizes to this file and reuse them");
  table->add_option("--csv", options.csv, "write all sizes to this CSV file");
  AddSection(*table, options);
}

void AddFiles(CLI::App& app, FilesOptions& options) {
  CLI::App* files = app.add_subcommand("files",
                                       "compare lmz with the installed compressors on any files. A "
                                       "compressor that fails is skipped, and the exit status is "
                                       "then 1");
  files->add_option("PATH", options.paths, "files, and directories whose files form a group")
      ->required();
  AddRuns(*files, options);
  AddModels(*files, options.models);
  files->add_option("--only", options.only, "run only the compressor of this name; may be repeated")
      ->allow_extra_args(false);
  files->add_flag("--totals", options.totals, "report only the total of each path");
  files->add_flag("--levels", options.levels,
                  "report only what to expect of each compressor: speed, memory, time for 1 GB");
  files->add_option("--svg", options.svg, "draw size against speed to this SVG file, with gnuplot");
  files->add_option("--targets", options.targets, "a CSV file of target sizes");
  files->add_option("--state", options.state,
                    "save finished measurements to this file and reuse them");
  files->add_option("--csv", options.csv, "write all measurements to this CSV file");
  files->add_option("--json", options.json, "write all measurements to this JSON file");
  AddSection(*files, options);
}

void AddSmall(CLI::App& app, SmallOptions& options) {
  CLI::App* small = app.add_subcommand("small", "measure lmz on many files of 1 KiB");
  small->add_option("PATH", options.paths, "files and directories to cut them from")->required();
  AddRuns(*small, options);
  small->add_option("--level", options.level, "compression level")
      ->check(CLI::Range(0, MaxLevel()))
      ->capture_default_str();
  small->add_option("--count", options.count, "number of files")
      ->check(CLI::Range(2, 10000))
      ->capture_default_str();
  AddSection(*small, options);
}

struct OriginOptions {
  std::string path;
  std::string lmz;
  std::vector<std::string> models;
};

void AddOrigin(CLI::App& app, OriginOptions& options) {
  CLI::App* origin = app.add_subcommand(
      "origin", "print the provenance line of a table: processor, lmz, models, data");
  origin->add_option("FILE", options.path, "the data file")->required();
  AddLmz(*origin, options.lmz);
  AddModels(*origin, options.models);
}

Status RunOrigin(const OriginOptions& options) {
  LMZ_ASSIGN(const Bytes data, ReadFile(options.path));
  const std::vector<Peer> peers = AllPeers(FindLmz(options.lmz), options.models);
  std::string text = Machine(0) + "; lmz " + VersionOf(peers[0]);
  for (const ModelName& model : ModelsOf(peers)) text += ", model `" + model.name + "` " + model.id;
  const std::string name = std::filesystem::path(options.path).filename().string();
  return WriteSection(text + "; " + DataOrigin(name, data) + ".\n", "", "");
}

struct InsertOptions {
  std::string into;
  std::string section;
};

void AddInsert(CLI::App& app, InsertOptions& options) {
  CLI::App* insert =
      app.add_subcommand("insert", "replace a generated section of a document by standard input");
  insert->add_option("--into", options.into, "the document")->required();
  insert->add_option("--section", options.section, "name of the section")->required();
}

Status RunInsert(const InsertOptions& options) {
  LMZ_ASSIGN(const Bytes text, ReadFile("/dev/stdin"));
  if (text.empty()) {
    return Status(Code::kInvalidArgument,
                  "insert: standard input is empty; " + options.into + " was not changed");
  }
  return WriteSection({text.begin(), text.end()}, options.section, options.into);
}

// What both figures take.
void AddFigure(CLI::App& figure, FigureOptions& options) {
  figure.add_option("--text", options.text, "a file, or a directory of files");
  AddThreads(figure, options.threads);
  AddModels(figure, options.models);
  AddMaxLevel(figure, options.max_level);
  figure.add_option("--csv", options.csv, "write all numbers to this CSV file");
  figure.add_option("--svg", options.svg, "draw the figure to this SVG file, with gnuplot");
  AddSection(figure, options);
}

void AddFigures(CLI::App& app, ContextOptions& context, ScalingOptions& scaling) {
  context.section = "context";
  context.threads = ProcessorCount();
  CLI::App* first =
      app.add_subcommand("context", "bits per byte by prefix length, as in Delétang et al. (2024)");
  AddFigure(*first, context);
  first->add_option("--image", context.image, "a directory of PNG files");
  first->add_option("--audio", context.audio, "a directory of WAV and FLAC files");
  first->add_flag("--resample", context.is_resampled,
                  "resample audio above 16 kHz to 16 kHz instead of skipping it");
  AddLanguageModels(*first, context.llms);
  first->add_option("--chunks", context.chunks, "number of chunks")
      ->check(CLI::Range(size_t{1}, kMaxSize))
      ->capture_default_str();
  first->add_option("--level", context.level, "level whose model is used")
      ->check(CLI::Range(1, MaxLevel()))
      ->capture_default_str();
  scaling.section = "scaling";
  scaling.threads = ProcessorCount();
  CLI::App* second =
      app.add_subcommand("scaling", "adjusted rate by model size, as in Delétang et al. (2024)");
  AddFigure(*second, scaling);
  second->get_option("--text")->required();
  second->add_option("--state", scaling.state, "save finished sizes to this file and reuse them");
  second->add_option("--size", scaling.sizes, "a data size in bytes; may be repeated")
      ->check(CLI::Range(uint64_t{1}, uint64_t{kMaxSize}))
      ->allow_extra_args(false);
}

void AddGenerate(CLI::App& app, GenerateOptions& options) {
  CLI::App* generate = app.add_subcommand(
      "generate",
      "continue text, pictures and sound with what gzip, lmz and models expect, as in Delétang et "
      "al. (2024)");
  generate->add_option("--text", options.text, "a file, or a directory of files");
  generate->add_option("--image", options.image, "a PNG file, or a directory of them");
  generate->add_option("--audio", options.audio, "a WAV or FLAC file, or a directory of them");
  generate->add_option("--bytes", options.bytes, "bytes of text to generate")
      ->check(CLI::Range(size_t{1}, size_t{100000}))
      ->capture_default_str();
  generate->add_option("--rows", options.rows, "rows of pixels to generate, of 96")
      ->check(CLI::Range(size_t{1}, size_t{kPictureRows - 1}))
      ->capture_default_str();
  generate->add_option("--samples", options.samples, "samples of sound to generate, at 16 kHz")
      ->check(CLI::Range(size_t{1}, size_t{100000}))
      ->capture_default_str();
  generate->add_option("--seed", options.seed, "other random bits")->capture_default_str();
  generate->add_option("--level", options.level, "level whose model is used, 0 for none")
      ->check(CLI::Range(0, MaxLevel()))
      ->capture_default_str();
  AddThreads(*generate, options.threads);
  AddModels(*generate, options.models);
  AddLanguageModels(*generate, options.llms);
  generate->add_option("--folder", options.folder, "write the samples to files in this folder");
  generate->add_option("--svg", options.svg, "draw all of them to this SVG file");
  AddSection(*generate, options);
}

int Run(int argc, char** argv) {
  CLI::App app("Compares lmz with other compressors. All output is decoded and compared.");
  app.name("lmz-bench");
  app.set_version_flag("--version", LmzVersion());
  app.require_subcommand(0, 1);  // so that an unknown one is named
  TableOptions table;
  table.threads = ProcessorCount();
  AddTable(app, table);
  FilesOptions files;
  AddFiles(app, files);
  ContextOptions context;
  ScalingOptions scaling;
  AddFigures(app, context, scaling);
  GenerateOptions generate;
  generate.threads = ProcessorCount();
  AddGenerate(app, generate);
  SmallOptions small;
  AddSmall(app, small);
  OriginOptions origin;
  AddOrigin(app, origin);
  InsertOptions insert;
  AddInsert(app, insert);
  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) throw CLI::RequiredError::Subcommand(1);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  Status status;
  if (app.got_subcommand("table")) status = RunTable(table);
  if (app.got_subcommand("files")) status = RunFiles(files);
  if (app.got_subcommand("context")) status = RunContext(context);
  if (app.got_subcommand("scaling")) status = RunScaling(scaling);
  if (app.got_subcommand("generate")) status = RunGenerate(generate);
  if (app.got_subcommand("small")) status = RunSmall(small);
  if (app.got_subcommand("origin")) status = RunOrigin(origin);
  if (app.got_subcommand("insert")) status = RunInsert(insert);
  if (!status.ok()) std::fprintf(stderr, "lmz-bench: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  try {
    return lmz::bench::Run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "lmz-bench: out of memory\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lmz-bench: %s\n", error.what());
  }
  return 1;
}
