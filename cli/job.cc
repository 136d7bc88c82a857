#include "cli/job.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "cli/io/descriptor.h"
#include "cli/io/input_file.h"
#include "cli/io/output_file.h"
#include "cli/io/standard_streams.h"
#include "cli/output_name.h"
#include "cli/salvage_job.h"
#include "cli/show/progress.h"
#include "cli/show/report.h"
#include "cli/stream_options.h"
#include "cli/verifier.h"
#include "stream/compress.h"

namespace lmz::cli {

namespace {

constexpr const char* kNoOutput = "no output was kept";

// What one job works with.
struct Job {
  const Options& options;
  const Models& models;
  const std::string& file;
  InputFile& input;
  ProgressLine& line;
  Status salvaged;  // the worst that was found wrong with what --salvage restored
};

Result<Progress> RunPipeline(Job& job, Sink& sink) {
  const auto& [options, models, file, input, line, salvaged] = job;
  line.BeginFile(input.name(), input.size());
  const ProgressFunction update = [&line = job.line](const Progress& progress) {
    line.Update(progress);
    return true;
  };
  DecompressOptions decompress = DecompressOptionsOf(options, models);
  if (options.mode == Mode::kCompress) {
    CompressOptions compress = CompressOptionsOf(options, models.encoder, models.device);
    compress.content_size = input.size();
    compress.progress = update;
    if (!options.verify) return Compress(input, sink, compress);
    decompress.threads = 1;
    decompress.output_limit = UINT64_MAX;
    Verifier verifier(input, sink, decompress);
    LMZ_ASSIGN(const Progress done, Compress(verifier, verifier, compress));
    LMZ_TRY(verifier.Finish());
    return done;
  }
  decompress.progress = update;
  if (options.salvage) return RunSalvage(decompress, options.silent, input, sink, job.salvaged);
  decompress.writes_early = options.mode == Mode::kDecompress && !WritesFile(options, input.name());
  return Decompress(input, sink, decompress);
}

Status Overwritten(const InputFile& input, const char* output) {
  return Status(Code::kIo, input.name() + ": was overwritten while it was read; " + output +
                               "; try again when no program writes to it");
}

Status Grown(const InputFile& input) {
  return Status(Code::kIo, input.name() + ": grew while it was read; only the " +
                               std::to_string(input.read_size()) +
                               " bytes present when it was opened were processed");
}

// After the pipeline ended with `status`: whether the input changed meanwhile. A change explains a
// failure, except for those of the streams. `output` says what to do with the output.
Result<InputFile::Change> CheckInput(InputFile& input, const Status& status, const char* output) {
  if (status.code() == Code::kIo) return status;
  LMZ_ASSIGN(const InputFile::Change change, input.FindChange(false));
  if (change == InputFile::Change::kOverwritten) return Overwritten(input, output);
  LMZ_TRY(status);
  return change;
}

// Removes the input once its output is safe, unless it is not what was read any more.
Status RemoveInput(InputFile& input, OutputFile& output) {
  LMZ_TRY(input.CheckName());
  LMZ_ASSIGN(const InputFile::Change change, input.FindChange(true));
  switch (change) {
    case InputFile::Change::kNone:
      return input.RemoveName();
    case InputFile::Change::kTouched:
      return Status(Code::kIo, input.name() +
                                   ": its timestamps, permissions or links changed while it was "
                                   "read, so it was not removed; the output is complete");
    case InputFile::Change::kGrown:
      return Status(Code::kIo, Grown(input).message() + ", and it was not removed");
    case InputFile::Change::kOverwritten:
      output.Withdraw();
      return Overwritten(input, kNoOutput);
  }
  return OkStatus();
}

// Compressing a file onto its own end would never finish.
Status CheckStdoutIsNotInput(const InputFile& input) {
  struct stat out = {};
  const struct stat& in = input.attributes();
  if (fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) && out.st_dev == in.st_dev &&
      out.st_ino == in.st_ino) {
    return Status(Code::kIo, input.name() + ": is both input and output");
  }
  return OkStatus();
}

Status MakeFolderOf(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  return error ? Status(Code::kIo, path + ": its folder cannot be made: " + error.message())
               : OkStatus();
}

Result<Progress> RunToFile(Job& job) {
  const Options& options = job.options;
  InputFile& input = job.input;
  LMZ_ASSIGN(const std::string name, OutputName(options, job.file));
  if (options.remove_input) LMZ_TRY(input.CheckRemovable(options.force));
  if (!options.output_folder.empty()) LMZ_TRY(MakeFolderOf(name));
  OutputRules rules;
  rules.may_replace = options.force;
  rules.is_chosen = !options.output.empty();
  rules.sparse = options.sparse;
  rules.must_be_file = options.remove_input;
  rules.terminal_ok = options.force || options.mode == Mode::kDecompress;
  LMZ_ASSIGN(const std::unique_ptr<OutputFile> output,
             OutputFile::Create(name, input.attributes(), rules));
  Result<Progress> done = RunPipeline(job, *output);
  auto change = InputFile::Change::kNone;
  if (!options.salvage) {  // which does not read it through
    LMZ_ASSIGN(change, CheckInput(input, done.status(), kNoOutput));
  }
  LMZ_TRY(done.status());
  LMZ_TRY(output->Commit());
  if (options.remove_input) {
    LMZ_TRY(RemoveInput(input, *output));
  } else if (change == InputFile::Change::kGrown) {
    return Grown(input);
  }
  return done;
}

// To standard output, or nowhere.
Result<Progress> RunToSink(Job& job, Sink& sink, const char* output) {
  Result<Progress> done = RunPipeline(job, sink);
  if (job.options.salvage) return done;
  LMZ_ASSIGN(const InputFile::Change change, CheckInput(job.input, done.status(), output));
  if (change == InputFile::Change::kGrown) return Grown(job.input);
  return done;
}

Result<Progress> RunOn(Job& job) {
  if (WritesFile(job.options, job.file)) return RunToFile(job);
  if (job.options.mode == Mode::kTest) {
    NullSink sink;
    return RunToSink(job, sink, kNoOutput);
  }
  LMZ_TRY(CheckStandardOutput());
  LMZ_TRY(CheckStdoutIsNotInput(job.input));
  StdoutSink sink;
  return RunToSink(job, sink, "discard the output");
}

}  // namespace

Result<Progress> RunJob(const Options& options, const Models& models, const std::string& file,
                        ProgressLine& line) {
  const auto accept = DerivesName(options, file) && !options.force
                          ? InputFile::Accept::kRegular
                          : InputFile::Accept::kAnyReadable;
  LMZ_ASSIGN(const std::unique_ptr<InputFile> input, InputFile::Open(file, accept));
  Job job{options, models, file, *input, line, OkStatus()};
  Result<Progress> done = RunOn(job);
  if (!done.ok()) return NameFile(done.status(), input->name());
  if (job.salvaged.ok()) return done;
  return Status(job.salvaged.code(), input->name() + ": was not restored completely; see above");
}

Status RunList(const std::string& file, FrameVisitor& visitor) {
  LMZ_ASSIGN(const std::unique_ptr<InputFile> input,
             InputFile::Open(file, InputFile::Accept::kAnyReadable));
  const Status listed = NameFile(List(*input, visitor), input->name());
  return CheckInput(*input, listed, "its contents are unknown").status();
}

}  // namespace lmz::cli
