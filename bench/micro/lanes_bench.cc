// Size and speed of the text codec against the number of lanes and groups, as Markdown on standard
// output: lanes_bench FILE [MAX_SIZE [THREADS [LEVEL, 1 to 3]]]. Pieces of 16 KiB to 4 MiB, up to
// MAX_SIZE, are taken from the beginning of FILE; every code is decoded and compared. The rate is
// that of encoding and decoding together, by the processor time of one thread or by the clock for
// several.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "bench/coders/lmz_coder.h"
#include "bench/measure/input.h"
#include "bench/report/environment.h"
#include "codec/block.h"

namespace lmz::bench {
namespace {

double Now(int threads) {
  if (threads == 1) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Measured {
  size_t coded_size;
  double kilobytes_per_second;
};

Result<Measured> Measure(ByteSpan raw, const BlockChoice& choice, int threads) {
  const BlockResources resources = {.threads = threads};
  Bytes payload;
  const double start = Now(threads);
  LMZ_ASSIGN(const BlockHeader header, EncodeBlock(raw, choice, payload, resources));
  Bytes restored(raw.size());
  LMZ_TRY(DecodeBlock(header, payload, restored, resources));
  const double seconds = Now(threads) - start;
  if (!std::ranges::equal(raw, restored)) return Status(Code::kDamaged, "restored wrongly");
  return Measured{payload.size(), 2e-3 * static_cast<double>(raw.size()) / seconds};
}

// One table: a row for each number of lanes, a column for each number of groups.
Status PrintTable(ByteSpan raw, const Predictor& model, int threads) {
  std::printf("\n| %zu bytes: lanes | 1 group | 2 groups | 4 groups |\n|---:|---:|---:|---:|\n",
              raw.size());
  for (int lanes = 1; lanes <= 64; lanes *= 2) {
    std::printf("| %d |", lanes);
    for (const int groups : {1, 2, 4}) {
      if (groups > lanes) {
        std::printf(" |");
        continue;
      }
      const BlockChoice choice = {.options = TextOptions{.model = &model,
                                                         .lanes = static_cast<uint8_t>(lanes),
                                                         .groups = static_cast<uint8_t>(groups)}};
      LMZ_ASSIGN(const Measured measured, Measure(raw, choice, threads));
      std::printf(" %zu, %.0f KB/s |", measured.coded_size, measured.kilobytes_per_second);
      std::fflush(stdout);
    }
    std::printf("\n");
  }
  return OkStatus();
}

Status Run(const char* path, size_t max_size, int threads, int level) {
  LMZ_ASSIGN(const Bytes bytes, ReadFile(path));
  if (bytes.empty()) return Status(Code::kInvalidArgument, "it is empty").At(path);
  LMZ_ASSIGN(const BenchModel model, LoadModelOfLevel(level));
  std::printf("%s; %s; %s.\n", Machine(threads).c_str(), LmzWithModels({model}).c_str(),
              DataOrigin(std::filesystem::path(path).filename().string(), bytes).c_str());
  for (const size_t size :
       {size_t{16} << 10, size_t{256} << 10, size_t{1} << 20, size_t{4} << 20}) {
    if (size > max_size) break;
    const ByteSpan raw = ByteSpan(bytes).first(std::min(size, bytes.size()));
    LMZ_TRY(PrintTable(raw, *model.network, threads));
    if (raw.size() == bytes.size()) break;
  }
  return OkStatus();
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  if (argc < 2 || argc > 5) {
    std::fprintf(stderr, "usage: lanes_bench FILE [MAX_SIZE [THREADS [LEVEL]]]\n");
    return 2;
  }
  const auto number = [&](int i, int64_t otherwise) {
    return argc > i ? std::atoll(argv[i]) : otherwise;
  };
  const lmz::Status status =
      lmz::bench::Run(argv[1], static_cast<size_t>(number(2, int64_t{4} << 20)),
                      static_cast<int>(number(3, 1)), static_cast<int>(number(4, 3)));
  if (!status.ok()) std::fprintf(stderr, "lanes_bench: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
