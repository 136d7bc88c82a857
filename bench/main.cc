// lmz-bench: lmz beside its peers. Results go to standard output, words to standard error.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "environment.h"
#include "files.h"
#include "table.h"

namespace lmz::bench {
namespace {

void AddTable(CLI::App& app, TableOptions& options) {
  CLI::App* table = app.add_subcommand("table", "the paper's table: rates, raw and adjusted");
  table->add_option("--text", options.text, "a file, or a folder of files");
  table->add_option("--image", options.image, "a folder of PNG files");
  table->add_option("--audio", options.audio, "a folder of WAV and FLAC files");
  table->add_option("--random", options.random_size, "random bytes; 0: none")
      ->capture_default_str();
  table->add_option("--limit", options.limit, "use no more bytes of each prepared column");
  table->add_option("-T,--threads", options.threads, "threads")->capture_default_str();
  table->add_option("--model", options.models, "a model file beside the built-in ones");
  table->add_option("--state", options.state, "keep finished sizes here, and skip them");
  table->add_option("--csv", options.csv, "write all sizes here");
  table->add_option("--into", options.into, "replace the generated section of this document");
  table->add_option("--section", options.section, "which section")->capture_default_str();
}

void AddFiles(CLI::App& app, FilesOptions& options) {
  CLI::App* files = app.add_subcommand("files", "lmz beside what is installed, on any files");
  files->add_option("PATH", options.paths, "files, and folders whose files are a group")
      ->required();
  files->add_option("--lmz", options.lmz, "the program lmz; else the one built with this program");
  files->add_option("--only", options.only, "only the compressor of this name; more than once");
  files->add_option("--runs", options.runs, "times to run each; the fastest counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  files->add_flag("--totals", options.totals, "nothing but the total of each path");
  files->add_option("--targets", options.targets, "a CSV file of sizes to reach");
  files->add_option("--state", options.state, "keep finished measurements here, and skip them");
  files->add_option("--csv", options.csv, "write all measurements here");
  files->add_option("--json", options.json, "the same as JSON");
  files->add_option("--into", options.into, "replace the generated section of this document");
  files->add_option("--section", options.section, "which section")->capture_default_str();
}

int Run(int argc, char** argv) {
  CLI::App app("Measures lmz beside other compressors. Every code is decoded and compared.");
  app.name("lmz-bench");
  app.set_version_flag("--version", LmzVersion());
  app.require_subcommand(1);
  TableOptions table;
  table.threads = ProcessorCount();
  AddTable(app, table);
  FilesOptions files;
  AddFiles(app, files);
  CLI11_PARSE(app, argc, argv);
  Status status;
  if (app.got_subcommand("table")) status = RunTable(table);
  if (app.got_subcommand("files")) status = RunFiles(files);
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
    return 1;
  }
}
