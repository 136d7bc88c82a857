// Runs a fuzz target over the files of a corpus: replay FOLDER. Each file is also tried cut short
// and with single bits changed, so that a few seeds go a long way without a fuzzing engine.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace {

constexpr size_t kVariants = 8;  // of each kind and file: keeps the slowest target within seconds

void RunVariants(std::vector<uint8_t> input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
  const size_t stride = input.size() / kVariants + 1;
  for (size_t i = 0; i < input.size(); i += stride) {
    const auto bit = static_cast<uint8_t>(1u << (i % 8));
    LLVMFuzzerTestOneInput(input.data(), i);
    input[i] ^= bit;
    LLVMFuzzerTestOneInput(input.data(), input.size());
    input[i] ^= bit;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  size_t files = 0;
  std::error_code no_folder;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1], no_folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    RunVariants({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
    ++files;
  }
  std::printf("%zu files\n", files);
  return files == 0 ? 1 : 0;
}
