// The entry point that libFuzzer and replay.cc call.
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  lmz::fuzz::FuzzOne({data, size});
  return 0;
}
