// Every truncation and every single-bit flip of whole files: damage_sweep FILE... Says for each
// file how many damaged copies were decoded; exit status 1 when one of them gave anything but an
// error of the input or the right bytes. Files may need the tiny test model.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/damage.h"
#include "tests/tiny_model.h"

namespace {

using namespace lmz;

// What a small file may cost to decode, whatever it says.
const DecompressOptions kLimits = {.models = testing::TinyModels(),
                                   .memory_limit = uint64_t{1} << 26,
                                   .output_limit = uint64_t{1} << 20};

std::string Sweep(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes coded(std::istreambuf_iterator<char>(file), {});
  Bytes raw;
  const Status status = testing::DecompressTo(coded, kLimits, raw);
  if (!status.ok()) return "it does not decode: " + status.message();
  const std::string violation = testing::ViolationOfTruncations(coded, raw, kLimits);
  return violation.empty() ? testing::ViolationOfBitFlips(coded, raw, kLimits) : violation;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE...\n", argv[0]);
    return 2;
  }
  int bad = 0;
  uintmax_t copies = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string violation = Sweep(argv[i]);
    if (violation.empty()) {
      std::ifstream file(argv[i], std::ios::binary | std::ios::ate);
      copies += 9 * static_cast<uintmax_t>(file.tellg());
      continue;
    }
    std::printf("%s: %s\n", argv[i], violation.c_str());
    ++bad;
  }
  std::printf("%d files, %ju damaged copies decoded, %d files with a violation\n", argc - 1, copies,
              bad);
  return bad == 0 ? 0 : 1;
}
