#include "cli/run.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_errors.h"
#include "cli/benchmark.h"
#include "cli/io/descriptor.h"
#include "cli/job.h"
#include "cli/models.h"
#include "cli/name_list.h"
#include "cli/output_name.h"
#include "cli/show/list.h"
#include "cli/show/message.h"
#include "cli/show/progress.h"
#include "cli/show/report.h"
#include "cli/show/summary.h"
#include "cli/tree.h"

namespace lmz::cli {

namespace {

using Clock = std::chrono::steady_clock;

std::string ShownName(const std::string& file) {
  return file == "-" ? "(stdin)" : file;
}

std::string NoMemoryFor(const std::string& file) {
  return file + ": not enough memory; try a smaller --block-size or fewer --threads";
}

// With an output directory, files of different folders may have the same output: the first one
// gets it.
void LeaveOutClashes(const Options& options, std::vector<std::string>& files, ExitCode& worst) {
  std::map<std::string, std::string> inputs;  // by output
  std::erase_if(files, [&](const std::string& file) {
    const Result<std::string> output = OutputName(options, file);
    if (!output.ok() || !WritesFile(options, file)) return false;  // it says so in its turn
    const auto [first, is_new] = inputs.emplace(output.value(), file);
    if (is_new) return false;
    const Status clash(Code::kIo, file + ": skipped; its output " + output.value() +
                                      " is that of " + first->second);
    worst = std::max(worst, Report(clash, options.silent));
    return true;
  });
}

// The files that `options` name, those in lists and in directories included.
std::vector<std::string> FindFiles(const Options& options, ExitCode& worst) {
  std::vector<std::string> files;
  for (const std::string& file : NamedFiles(options, worst)) {
    if (!options.recursive) {
      files.push_back(file);
    } else {
      worst = std::max(worst, Report(AddTree(file, options, files), options.silent));
    }
  }
  if (!options.output_folder.empty()) LeaveOutClashes(options, files, worst);
  return files;
}

// For the progress of several files; a single one says its size when it is opened.
std::vector<std::optional<uint64_t>> FileSizes(const std::vector<std::string>& files) {
  std::vector<std::optional<uint64_t>> sizes(files.size());
  for (size_t i = 0; files.size() > 1 && i < files.size(); ++i) {
    struct stat found = {};
    if (files[i] == "-") continue;
    if (stat(files[i].c_str(), &found) != 0 || S_ISDIR(found.st_mode)) {
      sizes[i] = 0;  // an error is all that it will give
    } else if (S_ISREG(found.st_mode)) {
      sizes[i] = static_cast<uint64_t>(found.st_size);
    }
  }
  return sizes;
}

void WarnOfDevice(const std::string& failure, bool is_silent) {
  if (!is_silent) WriteToStderr("lmz: GPU: " + failure + "; the CPU does its work\n");
}

// The sum of all jobs of a run.
struct Total {
  Progress progress;
  size_t count = 0;  // of those that succeeded
};

// Reports on a job that began at `start`, and adds it to the total.
ExitCode FinishJob(const Options& options, const std::string& file, const Result<Progress>& done,
                   Clock::time_point start, Total& total) {
  if (!done.ok()) return Report(done.status(), options.silent);
  ++total.count;
  total.progress.raw_bytes += done.value().raw_bytes;
  total.progress.coded_bytes += done.value().coded_bytes;
  if (options.verbose) {
    WriteToStderr(SummaryText(options.mode, ShownName(file), done.value(), Clock::now() - start));
  }
  return ExitCode::kSuccess;
}

ExitCode RunJobs(const Options& options, const Models& models,
                 const std::vector<std::string>& files) {
  const auto measure = options.mode == Mode::kCompress ? ProgressLine::Measure::kRawBytes
                                                       : ProgressLine::Measure::kCodedBytes;
  ProgressLine line(measure, FileSizes(files),
                    options.progress.value_or(!options.quiet && ProgressIsVisible()));
  ExitCode worst = ExitCode::kSuccess;
  Total total;
  const auto begin = Clock::now();
  for (const std::string& file : files) {
    const auto start = Clock::now();
    const auto done = WithMemoryErrors([&] { return RunJob(options, models, file, line); },
                                       NoMemoryFor(file).c_str());
    line.EndFile();
    worst = std::max(worst, FinishJob(options, file, done, start, total));
  }
  const std::string failure = models.device != nullptr ? models.device->failure() : "";
  if (!failure.empty()) WarnOfDevice(failure, options.silent);
  if (options.verbose && files.size() > 1) {
    const bool is_all = total.count == files.size();
    const std::string name = (is_all ? "" : std::to_string(total.count) + " of ") +
                             std::to_string(files.size()) + " files";
    WriteToStderr(SummaryText(options.mode, name, total.progress, Clock::now() - begin));
  }
  return worst;
}

// Lists a file, whose blocks go to `visitor`, and reports what was wrong with it.
Status ListOne(const Options& options, const std::string& file, FrameVisitor& visitor,
               ExitCode& worst) {
  const Status status =
      WithMemoryErrors([&] { return RunList(file, visitor); }, NoMemoryFor(file).c_str());
  worst = std::max(worst, Report(status, options.silent));
  return status;
}

ExitCode ListAsTable(const Options& options, const std::vector<std::string>& files) {
  ExitCode worst = ExitCode::kSuccess;
  std::vector<ListedFile> listed;
  for (const std::string& file : files) {
    ListedFile entry(ShownName(file), options.verbose);
    if (ListOne(options, file, entry, worst).ok()) listed.push_back(std::move(entry));
  }
  if (listed.empty()) return worst;
  return std::max(worst, PrintText(ListTable(listed, options.verbose), options.silent));
}

ExitCode ListAsJson(const Options& options, const std::vector<std::string>& files) {
  ExitCode worst = ExitCode::kSuccess;
  StdoutSink sink;
  JsonList json(sink);
  for (const std::string& file : files) {
    json.BeginFile(ShownName(file));
    const Status status = ListOne(options, file, json, worst);
    if (json.has_failed()) return worst;
    const Status written = json.EndFile(status);
    if (!written.ok()) return std::max(worst, Report(written, options.silent));
  }
  return std::max(worst, Report(json.End(), options.silent));
}

// Where models run; null: on the CPU, with a word when another device was asked for.
std::shared_ptr<Device> DeviceOf(const Options& options) {
  Result<std::shared_ptr<Device>> device = OpenDevice(options.device);
  if (device.ok()) return std::move(device).value();
  WarnOfDevice(device.status().message(), options.silent);
  return nullptr;
}

}  // namespace

ExitCode RunFiles(const Options& options) {
  Result<Models> models = LoadModels(options);
  if (!models.ok()) return Report(models.status(), options.silent);
  const bool codes = options.mode == Mode::kCompress || options.mode == Mode::kDecompress ||
                     options.mode == Mode::kTest;
  if (codes) models.value().device = DeviceOf(options);
  ExitCode worst = ExitCode::kSuccess;
  const std::vector<std::string> files = FindFiles(options, worst);
  switch (options.mode) {
    case Mode::kList:
      return std::max(worst,
                      options.json ? ListAsJson(options, files) : ListAsTable(options, files));
    case Mode::kBenchmark:
      return std::max(worst, RunBenchmarks(options, models.value(), files));
    default:
      return std::max(worst, RunJobs(options, models.value(), files));
  }
}

}  // namespace lmz::cli
