// Size and speed of the text codec against the number of lanes and groups, as CSV on standard
// output: lanes_bench FILE [MAX_SIZE [THREADS]]. Pieces of 16 KB to 4 MB, up to MAX_SIZE, are taken
// from the beginning of FILE; every code is decoded and compared. The rate is that of encoding and
// decoding together, by the processor time of one thread or by the clock for several.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include "codec/block.h"
#include "model/catalog.h"

namespace lmz {
namespace {

double Now(int threads) {
  if (threads == 1) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// False when something failed, which was then said.
bool Measure(ByteSpan raw, const BlockChoice& choice, int threads) {
  const BlockResources resources = {.threads = threads};
  Bytes payload;
  const double start = Now(threads);
  const Result<BlockHeader> header = EncodeBlock(raw, choice, payload, resources);
  Bytes restored(raw.size());
  const Status status =
      header.ok() ? DecodeBlock(header.value(), payload, restored, resources) : header.status();
  const double seconds = Now(threads) - start;
  if (!status.ok() || !std::equal(raw.begin(), raw.end(), restored.begin())) {
    std::fprintf(stderr, "lanes_bench: %s\n", status.message().c_str());
    return false;
  }
  std::printf("%zu,%d,%d,%zu,%.2f\n", raw.size(), choice.lanes, choice.groups, payload.size(),
              2e-3 * static_cast<double>(raw.size()) / seconds);
  std::fflush(stdout);
  return true;
}

int Run(const char* path, size_t max_size, int threads) {
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes(std::istreambuf_iterator<char>(file), {});
  const auto model = FindModelOfLevel(3);
  if (!model.ok() || bytes.empty()) {
    std::fprintf(stderr, "lanes_bench: cannot read %s\n", path);
    return 1;
  }
  std::printf("raw_size,lanes,groups,coded_size,kilobytes_per_second\n");
  for (const size_t size :
       {size_t{16} << 10, size_t{256} << 10, size_t{1} << 20, size_t{4} << 20}) {
    if (size > max_size) break;
    const ByteSpan raw = ByteSpan(bytes).first(std::min(size, bytes.size()));
    for (const int groups : {1, 2, 4}) {
      for (int lanes = groups; lanes <= 64; lanes *= 2) {
        const BlockChoice choice = {.codec = CodecId::kText,
                                    .model = model.value().get(),
                                    .lanes = static_cast<uint8_t>(lanes),
                                    .groups = static_cast<uint8_t>(groups)};
        if (!Measure(raw, choice, threads)) return 1;
      }
    }
    if (raw.size() == bytes.size()) break;
  }
  return 0;
}

}  // namespace
}  // namespace lmz

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: lanes_bench FILE [MAX_SIZE [THREADS]]\n");
    return 2;
  }
  const auto number = [&](int i, size_t otherwise) {
    return argc > i ? static_cast<size_t>(std::atoll(argv[i])) : otherwise;
  };
  return lmz::Run(argv[1], number(2, SIZE_MAX), static_cast<int>(number(3, 1)));
}
