// lmz-bench: lmz beside its peers. Results go to standard output, words to standard error.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>

#include "bench/coders/peers.h"
#include "bench/commands/figures.h"
#include "bench/commands/files.h"
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
  command.add_option("--into", options.into, "replace the generated section of this document");
  command.add_option("--section", options.section, "which section")->capture_default_str();
}

void AddLmz(CLI::App& command, std::string& lmz) {
  command.add_option("--lmz", lmz, "the program lmz; else the one built with this program");
}

// What the commands take that run programs.
template <class Options>
void AddRuns(CLI::App& command, Options& options) {
  AddLmz(command, options.lmz);
  command.add_option("--runs", options.runs, "times to run each; the fastest counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

void AddThreads(CLI::App& command, int& threads) {
  command.add_option("-T,--threads", threads, "threads")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

void AddModels(CLI::App& command, std::vector<std::string>& models) {
  command
      .add_option("--model", models,
                  "a model file beside the built-in ones, more than once; large.lmm is level 4, as "
                  "it is where it is installed")
      ->allow_extra_args(false);
}

void AddTable(CLI::App& app, TableOptions& options) {
  CLI::App* table = app.add_subcommand("table", "the paper's table: rates, raw and adjusted");
  table->add_option("--text", options.text, "a file, or a folder of files");
  table->add_option("--image", options.image, "a folder of PNG files");
  table->add_option("--audio", options.audio, "a folder of WAV and FLAC files");
  table->add_option("--random", options.random_size, "random bytes; 0: none")
      ->capture_default_str();
  table
      ->add_option(
          "--limit", options.limit,
          "use no more bytes of each prepared column, but at least a chunk, of pictures and "
          "recordings a file")
      ->check(CLI::Range(size_t{1}, kMaxSize));
  table->add_flag("--resample", options.is_resampled,
                  "bring audio of more than 16 kHz to 16 kHz instead of leaving it out there");
  AddThreads(*table, options.threads);
  AddModels(*table, options.models);
  table->add_option("--state", options.state, "keep finished sizes here, and skip them");
  table->add_option("--csv", options.csv, "write all sizes here");
  AddSection(*table, options);
}

void AddFiles(CLI::App& app, FilesOptions& options) {
  CLI::App* files = app.add_subcommand("files",
                                       "lmz beside what is installed, on any files; a compressor "
                                       "that fails is left out, and the exit status is 1 at the "
                                       "end");
  files->add_option("PATH", options.paths, "files, and folders whose files are a group")
      ->required();
  AddRuns(*files, options);
  AddModels(*files, options.models);
  files->add_option("--only", options.only, "only the compressor of this name; more than once")
      ->allow_extra_args(false);
  files->add_flag("--totals", options.totals, "nothing but the total of each path");
  files->add_option("--targets", options.targets, "a CSV file of sizes to reach");
  files->add_option("--state", options.state, "keep finished measurements here, and skip them");
  files->add_option("--csv", options.csv, "write all measurements here");
  files->add_option("--json", options.json, "the same as JSON");
  AddSection(*files, options);
}

void AddSmall(CLI::App& app, SmallOptions& options) {
  CLI::App* small = app.add_subcommand("small", "lmz on many files of 1 KB");
  small->add_option("PATH", options.paths, "files and folders to take them from")->required();
  AddRuns(*small, options);
  small->add_option("--level", options.level, "the level")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  small->add_option("--count", options.count, "how many files")
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
  CLI::App* origin =
      app.add_subcommand("origin", "what a table says about its processor, lmz, models and data");
  origin->add_option("FILE", options.path, "the data")->required();
  AddLmz(*origin, options.lmz);
  AddModels(*origin, options.models);
}

Status RunOrigin(const OriginOptions& options) {
  LMZ_ASSIGN(const Bytes data, ReadFile(options.path));
  const std::vector<Peer> peers = AllPeers(FindLmz(options.lmz), options.models);
  std::string text = Machine(0) + "; lmz " + VersionOf(peers[0]);
  for (const ModelName& model : ModelsOf(peers)) text += ", model `" + model.name + "` " + model.id;
  const std::string name = std::filesystem::path(options.path).filename().string();
  return Deliver(text + "; " + DataOrigin(name, data) + ".\n", "", "");
}

struct InsertOptions {
  std::string into;
  std::string section;
};

void AddInsert(CLI::App& app, InsertOptions& options) {
  CLI::App* insert = app.add_subcommand(
      "insert", "what comes on standard input as a generated section of a document");
  insert->add_option("--into", options.into, "the document")->required();
  insert->add_option("--section", options.section, "which section")->required();
}

Status RunInsert(const InsertOptions& options) {
  LMZ_ASSIGN(const Bytes text, ReadFile("/dev/stdin"));
  if (text.empty()) {
    return Status(Code::kInvalidArgument,
                  "insert: nothing came on standard input; " + options.into + " is as it was");
  }
  return Deliver({text.begin(), text.end()}, options.section, options.into);
}

// What both figures take.
void AddFigure(CLI::App& figure, FigureOptions& options) {
  figure.add_option("--text", options.text, "a file, or a folder of files")->required();
  AddThreads(figure, options.threads);
  AddModels(figure, options.models);
  figure.add_option("--csv", options.csv, "write all numbers here");
  figure.add_option("--svg", options.svg, "draw the figure here, with gnuplot");
  AddSection(figure, options);
}

void AddFigures(CLI::App& app, ContextOptions& context, ScalingOptions& scaling) {
  context.section = "context";
  context.threads = ProcessorCount();
  CLI::App* first =
      app.add_subcommand("context", "bits per byte against the length of what is coded");
  AddFigure(*first, context);
  first->add_option("--chunks", context.chunks, "how many chunks")
      ->check(CLI::Range(size_t{1}, kMaxSize))
      ->capture_default_str();
  first->add_option("--level", context.level, "whose model")
      ->check(CLI::Range(1, 4))
      ->capture_default_str();
  scaling.section = "scaling";
  scaling.threads = ProcessorCount();
  CLI::App* second = app.add_subcommand("scaling", "adjusted rate against the size of the model");
  AddFigure(*second, scaling);
  second->add_option("--state", scaling.state, "keep finished sizes here, and skip them");
  second->add_option("--size", scaling.sizes, "a size of data in bytes; more than once")
      ->check(CLI::Range(uint64_t{1}, uint64_t{kMaxSize}))
      ->allow_extra_args(false);
}

int Run(int argc, char** argv) {
  CLI::App app("Measures lmz beside other compressors. Every code is decoded and compared.");
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
    std::fprintf(stderr, "lmz-bench: there is not enough memory\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lmz-bench: %s\n", error.what());
  }
  return 1;
}
