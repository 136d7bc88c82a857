// Steps of the networks on a GPU with nothing around them, as Markdown on standard output:
// device_bench FILE [STEPS [LEVEL]]. Lanes begin at places of FILE that are spread over it. The
// opinions of some lanes behind the last step are compared with those of the CPU. Opinions are
// computed for every step and stay on the GPU, so that this is what it could do for a coder without
// a mixer.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/bytes.h"
#include "device/cuda_device.h"
#include "model/library.h"

namespace lmz::bench {
namespace {

constexpr int kLanesCompared = 3;

Result<Bytes> ReadAll(const char* path) {
  std::FILE* const file = std::fopen(path, "rb");
  if (file == nullptr) return Status(Code::kIo, "cannot be read").At(path);
  Bytes bytes;
  uint8_t piece[1 << 16];
  while (const size_t size = std::fread(piece, 1, sizeof piece, file)) {
    bytes.insert(bytes.end(), piece, piece + size);
  }
  std::fclose(file);
  return bytes;
}

// [step][lane]
Bytes BytesOfLanes(ByteSpan file, int lanes, int steps) {
  Bytes bytes;
  const size_t share = (file.size() - static_cast<size_t>(steps)) / static_cast<size_t>(lanes);
  for (int step = 0; step < steps; ++step) {
    for (int lane = 0; lane < lanes; ++lane) {
      bytes.push_back(file[share * static_cast<size_t>(lane) + static_cast<size_t>(step)]);
    }
  }
  return bytes;
}

bool IsAsOnCpu(const Predictor& model, ByteSpan bytes, int lanes, int steps,
               const std::vector<uint32_t>& opinions) {
  for (int i = 0; i < kLanesCompared; ++i) {
    const int lane = i * (lanes - 1) / (kLanesCompared - 1);
    const auto session = model.Begin({});
    std::vector<uint32_t> expected(kByteValues);
    for (int step = 0; step < steps; ++step) {
      const uint8_t byte = bytes[static_cast<size_t>(step * lanes + lane)];
      if (!session->Step(0, 0, 1, &byte, expected.data()).ok()) return false;
    }
    if (!std::equal(expected.begin(), expected.end(),
                    opinions.begin() + ptrdiff_t{lane} * kByteValues)) {
      return false;
    }
  }
  return true;
}

Status Measure(const Predictor& model, int level, ByteSpan file, int lanes, int steps,
               int lanes_per_block) {
  const Bytes bytes = BytesOfLanes(file, lanes, steps);
  const CudaSteps run = {.lanes = lanes, .times = steps, .lanes_per_block = lanes_per_block};
  LMZ_TRY(MeasureCuda(model, run, bytes).status());  // warms it up
  LMZ_ASSIGN(const CudaTime time, MeasureCuda(model, run, bytes));
  if (!IsAsOnCpu(model, bytes, lanes, steps, time.opinions)) {
    return Status(Code::kInternal, "the opinions differ from those of the CPU");
  }
  const uint64_t total = static_cast<uint64_t>(lanes) * static_cast<uint64_t>(steps);
  const uint64_t tenths = total * 10 / std::max<uint64_t>(time.microseconds, 1);
  std::printf("| %d | %d | %d | %llu | %llu.%llu |\n", level, lanes, lanes_per_block,
              static_cast<unsigned long long>(time.microseconds / static_cast<uint64_t>(steps)),
              static_cast<unsigned long long>(tenths / 10),
              static_cast<unsigned long long>(tenths % 10));
  std::fflush(stdout);
  return OkStatus();
}

Status Run(const char* path, int steps, int only_level) {
  LMZ_ASSIGN(const Bytes file, ReadAll(path));
  LMZ_ASSIGN(const std::shared_ptr<Device> device, OpenCuda(0));
  std::printf("%s, %d steps.\n\n", device->name().c_str(), steps);
  std::printf(
      "| level | lanes | lanes of a block | microseconds a step | MB/s |\n"
      "|---:|---:|---:|---:|---:|\n");
  for (int level = 1; level <= 4; ++level) {
    if (only_level != 0 && level != only_level) continue;
    LMZ_ASSIGN(const SharedModel model, ModelLibrary::Installed()->OfLevel(level));
    LMZ_ASSIGN(const Predictor* const predictor, AsBytePredictor(*model));
    for (const int lanes : {8, 16, 32}) {
      for (const int blocks : {1, 132, 264}) {
        LMZ_TRY(Measure(*predictor, level, file, blocks * lanes, steps, lanes));
      }
    }
  }
  return OkStatus();
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: device_bench FILE [STEPS [LEVEL]]\n");
    return 2;
  }
  const int steps = argc > 2 ? std::atoi(argv[2]) : 64;
  const lmz::Status status = lmz::bench::Run(argv[1], steps, argc > 3 ? std::atoi(argv[3]) : 0);
  if (status.ok()) return 0;
  std::fprintf(stderr, "device_bench: %s\n", status.message().c_str());
  return 1;
}
