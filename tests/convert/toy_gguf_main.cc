// usage: toy_gguf KIND FILE
//
// Writes a small GGUF file (toy_gguf.h). For tests of programs.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "tests/convert/toy_gguf.h"

int main(int argc, char** argv) {
  const auto& kinds = lmz::testing::ToyKinds();
  if (argc != 3 || std::find(kinds.begin(), kinds.end(), argv[1]) == kinds.end()) {
    std::fprintf(stderr, "usage: toy_gguf KIND FILE\n");
    return 2;
  }
  const lmz::Bytes file = lmz::testing::ToyGguf(argv[1]);
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  return out.flush().good() ? 0 : 1;
}
