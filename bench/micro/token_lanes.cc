// What lanes cost and bring the token codec, as Markdown on standard output:
//
//   token_lanes [--threads N] [--decode BYTES] MODEL.lmm FILE[:COUNT] [LANES]...
//
// A row for each number of lanes (default: 1 2 4 8 16): the payload of FILE, or of its first COUNT
// bytes, with the second opinion that the planner gives the codec, and the time of coding it and of
// decoding it again, which must give the same. --decode: stop after so many bytes of the first
// lane. Rates are by the clock and by the processor time of all threads; the last column is the
// most memory that the process has taken so far.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "bench/measure/input.h"
#include "codec/token/token.h"
#include "model/library.h"

namespace lmz::bench {
namespace {

struct Times {
  double clock = 0;
  double processor = 0;
};

class Watch {
 public:
  Times Read() const { return {Clock() - clock_, Processor() - processor_}; }

 private:
  static double Clock() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  }
  static double Processor() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
  double clock_ = Clock();
  double processor_ = Processor();
};

struct Options {
  int threads = 2;
  uint64_t decoded = UINT64_MAX;  // of the first lane
};

uint64_t PeakMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) >> 10;
}

void PrintRates(uint64_t size, const Times& times) {
  const double bytes = static_cast<double>(size);
  std::printf(" %.2f | %.2f |", 1e-3 * bytes / times.clock, 1e-3 * bytes / times.processor);
}

// Decodes as much as `options` want; returns how much that was.
Result<uint64_t> Decode(ByteSpan payload, ByteSpan raw, BlockResources resources,
                        const Options& options, int lanes) {
  Bytes back(raw.size());
  uint64_t of_first = 0;
  resources.decoded = [&](uint64_t bytes) {
    of_first = bytes;
    return bytes < options.decoded;
  };
  const Result<uint32_t> decoded = DecodeToken(payload, resources, back);
  const bool is_stopped = !decoded.ok() && decoded.status().code() == Code::kCancelled;
  if (!decoded.ok() && !is_stopped) return decoded.status();
  const bool is_same =
      is_stopped
          ? std::equal(back.begin(), back.begin() + static_cast<ptrdiff_t>(of_first), raw.begin())
          : std::ranges::equal(back, raw);
  if (!is_same) return Status(Code::kDamaged, "restored wrongly");
  return is_stopped ? of_first * static_cast<uint64_t>(lanes) : raw.size();
}

Status PrintRow(ByteSpan raw, const TokenOptions& token, const BlockResources& resources,
                const Options& options) {
  Bytes payload;
  const Watch encoding;
  const Result<uint32_t> coded = EncodeToken(raw, token, resources, payload);
  if (!coded.ok()) return coded.status();
  std::printf("| %d | %zu | %.4f |", token.lanes, payload.size(),
              8.0 * static_cast<double>(payload.size()) / static_cast<double>(raw.size()));
  PrintRates(raw.size(), encoding.Read());
  std::fflush(stdout);
  const Watch decoding;
  LMZ_ASSIGN(const uint64_t size, Decode(payload, raw, resources, options, token.lanes));
  PrintRates(size, decoding.Read());
  std::printf(" %llu |\n", static_cast<unsigned long long>(PeakMebibytes()));
  std::fflush(stdout);
  return OkStatus();
}

Status Run(const Options& options, const std::string& model_path, std::string path,
           std::vector<int> lanes) {
  LMZ_ASSIGN(const SharedModel model, LoadModelFile(model_path));
  if (model->as_token_predictor() == nullptr) {
    return Status(Code::kInvalidArgument, "not a model of tokens").At(model_path);
  }
  const size_t colon = path.rfind(':');
  const size_t count = colon == std::string::npos ? SIZE_MAX : std::stoul(path.substr(colon + 1));
  path.resize(std::min(colon, path.size()));
  LMZ_ASSIGN(Bytes raw, ReadFile(path));
  raw.resize(std::min(raw.size(), count));
  if (raw.empty()) return Status(Code::kInvalidArgument, "it is empty").At(path);
  ModelLibrary models;
  models.Add(model);
  LMZ_ASSIGN(const SharedModel second, models.OfName("base"));
  const BlockResources resources = {.threads = options.threads, .models = &models};
  std::printf("%zu bytes, %d threads\n\n", raw.size(), options.threads);
  std::puts(
      "| lanes | bytes | bits per byte | coding, KB/s | by processor time | decoding, KB/s | by "
      "processor time | MiB |\n"
      "|---:|---:|---:|---:|---:|---:|---:|---:|");
  if (lanes.empty()) lanes = {1, 2, 4, 8, 16};
  for (const int number : lanes) {
    LMZ_TRY(PrintRow(raw,
                     {.model = model->as_token_predictor(),
                      .second = second->as_byte_predictor(),
                      .lanes = static_cast<uint8_t>(number)},
                     resources, options));
  }
  return OkStatus();
}

int Main(std::vector<std::string> arguments) {
  Options options;
  while (arguments.size() > 1 && arguments[0].starts_with("--")) {
    if (arguments[0] == "--threads") options.threads = std::atoi(arguments[1].c_str());
    if (arguments[0] == "--decode") options.decoded = std::stoull(arguments[1]);
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.size() < 2) {
    std::fputs(
        "usage: token_lanes [--threads N] [--decode BYTES] MODEL.lmm FILE[:COUNT] [LANES]...\n",
        stderr);
    return 2;
  }
  std::vector<int> lanes;
  for (size_t i = 2; i < arguments.size(); ++i) lanes.push_back(std::atoi(arguments[i].c_str()));
  const Status status = Run(options, arguments[0], arguments[1], lanes);
  if (!status.ok()) std::fprintf(stderr, "token_lanes: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  return lmz::bench::Main({argv + 1, argv + argc});
}
