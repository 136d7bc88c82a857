#include "cli/benchmark.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>

#include "base/memory_errors.h"
#include "cli/io/input_file.h"
#include "cli/show/format.h"
#include "cli/show/message.h"
#include "cli/show/report.h"
#include "cli/stream_options.h"

namespace lmz::cli {

namespace {

// So much of a file takes seconds at the slowest level.
constexpr uint64_t kMostBytes = uint64_t{256} << 10;

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// "  -3", six columns of figures behind it.
std::string Row(const std::string& level, ByteSpan raw, const Bytes& coded, double encode_seconds,
                double decode_seconds) {
  const auto kilobytes = [&raw](double seconds) {
    return static_cast<double>(raw.size()) / 1000 / std::max(seconds, 1e-9);
  };
  char line[160];
  std::snprintf(line, sizeof line, "%-8s%12zu%10s%10s%14.1f%14.1f\n", level.c_str(), coded.size(),
                FormatRatio(raw.size(), coded.size()).c_str(),
                FormatBitsPerByte(raw.size(), coded.size()).c_str(), kilobytes(encode_seconds),
                kilobytes(decode_seconds));
  return line;
}

Result<std::string> Measure(const Options& options, const Models& models, const SharedModel& model,
                            const std::string& level, const Bytes& raw) {
  CompressOptions compress = CompressOptionsOf(options, model);
  compress.content_size = raw.size();
  Bytes coded;
  MemorySink coded_sink(coded);
  Status status;
  const double encode_seconds = SecondsOf([&] {
    MemorySource source(raw);
    status = Compress(source, coded_sink, compress).status();
  });
  LMZ_TRY(status);
  const DecompressOptions decompress = DecompressOptionsOf(options, models);
  Bytes decoded;
  MemorySink decoded_sink(decoded);
  const double decode_seconds = SecondsOf([&] {
    MemorySource source(coded);
    status = Decompress(source, decoded_sink, decompress).status();
  });
  LMZ_TRY(status);
  if (decoded != raw) return Status(Code::kInternal, "decoding gave other bytes");
  return Row(level, raw, coded, encode_seconds, decode_seconds);
}

Result<Bytes> Beginning(const std::string& file, std::string& heading) {
  LMZ_ASSIGN(const std::unique_ptr<InputFile> input,
             InputFile::Open(file, InputFile::Accept::kAnyReadable));
  Bytes raw;
  LMZ_TRY(ReadGrowing(*input, kMostBytes, raw));
  heading = Printable(input->name()) + ": ";
  if (raw.size() == kMostBytes && input->size() != kMostBytes) heading += "the first ";
  heading += std::to_string(raw.size()) + " bytes";
  return raw;
}

Status RunBenchmark(const Options& options, const Models& models, const std::string& file) {
  std::string heading;
  LMZ_ASSIGN(const Bytes raw, Beginning(file, heading));
  heading += ", " + std::to_string(options.threads);
  heading += options.threads == 1 ? " thread\n" : " threads\n";
  LMZ_TRY(
      WriteText(heading + "Level     Compressed     Ratio Bits/byte Encode kB/s   Decode kB/s\n"));
  const auto measure = [&](const SharedModel& model, const std::string& level) -> Status {
    LMZ_ASSIGN(const std::string row, Measure(options, models, model, level, raw));
    return WriteText(row);
  };
  if (!options.model.empty()) return measure(models.encoder, models.encoder->card().name);
  for (int level = options.has_level ? options.level : 0;
       level <= (options.has_level ? options.level : MaxLevel()); ++level) {
    const Result<SharedModel> model = models.known->OfLevel(level);
    if (!model.ok() && model.status().code() == Code::kModelMissing && !options.has_level) continue;
    LMZ_TRY(model.status());
    LMZ_TRY(measure(model.value(), std::string("-").append(std::to_string(level))));
  }
  return OkStatus();
}

}  // namespace

ExitCode RunBenchmarks(const Options& options, const Models& models,
                       const std::vector<std::string>& files) {
  ExitCode worst = ExitCode::kSuccess;
  for (const std::string& file : files) {
    const Status status = WithMemoryErrors([&] { return RunBenchmark(options, models, file); },
                                           "not enough memory for the file");
    worst = std::max(worst, Report(NameFile(status, file), options.silent));
  }
  return worst;
}

}  // namespace lmz::cli
