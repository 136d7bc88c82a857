// usage: toy_gguf KIND FILE, or toy_gguf 7b LAYERS FILE
//
// Writes a small GGUF file, or one with the widths of Llama 2 7B that is a hole (toy_gguf.h). For
// tests of programs.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/convert/toy_gguf.h"

namespace {

bool Write(const char* path, const lmz::Bytes& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  return out.flush().good();
}

bool WriteHollow(const char* path, int layers) {
  const lmz::testing::HollowGguf file = lmz::testing::Hollow7B(static_cast<uint32_t>(layers));
  std::error_code error;
  if (!Write(path, file.header)) return false;
  std::filesystem::resize_file(path, file.size, error);
  return !error;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) return Write(argv[2], lmz::testing::ToyGguf(argv[1])) ? 0 : 1;
  if (argc == 4 && std::string(argv[1]) == "7b") {
    return WriteHollow(argv[3], std::atoi(argv[2])) ? 0 : 1;
  }
  std::fprintf(stderr, "usage: toy_gguf KIND FILE, or toy_gguf 7b LAYERS FILE\n");
  return 2;
}
