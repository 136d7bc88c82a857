// usage: model_bits MODEL.lmm [--lanes N] FILE...
//
// Prints the bits per byte that the network alone needs for each file, and its speed.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "model/glr/kernels/network_kernels.h"
#include "model/library.h"

namespace lmz::train {
namespace {

Result<Bytes> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Bytes bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) return Status(Code::kIo, "cannot read " + path);
  return bytes;
}

double Bits(const uint32_t* weights, uint8_t byte) {
  uint64_t total = 0;
  for (int i = 0; i < kByteValues; ++i) total += weights[i];
  return std::log2(static_cast<double>(total) / weights[byte]);
}

// The file in `lanes` equal parts, each from a fresh state; left-over bytes are not read.
Status Measure(const Predictor& model, const std::string& path, const Bytes& bytes, int lanes) {
  const size_t steps = bytes.size() / static_cast<size_t>(lanes);
  const auto session = model.Begin({.lanes = lanes, .workers = 1, .lanes_per_step = lanes});
  Bytes input(static_cast<size_t>(lanes), 0);
  std::vector<uint32_t> weights(input.size() * kByteValues);
  double bits = 0;
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < steps; ++i) {
    LMZ_TRY(session->Step(0, 0, lanes, input.data(), weights.data()));
    for (size_t lane = 0; lane < input.size(); ++lane) {
      input[lane] = bytes[lane * steps + i];
      bits += Bits(&weights[lane * kByteValues], input[lane]);
    }
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  const double count = static_cast<double>(steps * input.size());
  std::printf("%s: %.0f bytes, %.5f bits per byte, %.1f KB/s (%s, %d lanes)\n", path.c_str(), count,
              bits / count, count / 1000 / time.count(),
              BestBuild(NetworkBuilds(), ActiveFeatures()).set.name, lanes);
  return OkStatus();
}

Status Run(const std::vector<std::string>& arguments) {
  LMZ_ASSIGN(const SharedModel file, LoadModelFile(arguments[0]));
  LMZ_ASSIGN(const Predictor* const model, AsBytePredictor(*file));
  int lanes = 1;
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--lanes" && i + 1 < arguments.size()) {
      lanes = std::max(1, std::atoi(arguments[++i].c_str()));
      continue;
    }
    LMZ_ASSIGN(const Bytes bytes, ReadFile(arguments[i]));
    LMZ_TRY(Measure(*model, arguments[i], bytes, lanes));
  }
  return OkStatus();
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: model_bits MODEL.lmm [--lanes N] FILE...\n";
    return 2;
  }
  const lmz::Status status = lmz::train::Run({argv + 1, argv + argc});
  if (!status.ok()) std::cerr << "model_bits: " << status.message() << '\n';
  return status.ok() ? 0 : 1;
}
