// Steps of a transformer on a GPU with nothing around them, as Markdown on standard output:
//
//   token_device_bench MODEL.lmm THREADS [LANES SESSIONS POSITIONS]...
//
// THREADS: 0: a GPU; else so many of the CPU's for each session, to compare. Each row: so many
// sessions, each in a thread of its own, with so many lanes, which step so many positions at a
// time: 1, as a decoder must; more, as an encoder may. Contexts are full. Weights come to the host.
// Rates are by the clock.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "device/cuda_device.h"
#include "model/library.h"

namespace lmz::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Row {
  int lanes, sessions, positions;
};

class Stepper {
 public:
  // Without a device on so many threads of the CPU.
  Stepper(Device* device, int threads, const TokenPredictor& model, const Row& row, uint32_t seed)
      : model_(model),
        positions_(row.positions),
        size_{row.lanes, std::max(kFilling, row.positions), std::max(threads, 1)},
        session_(device != nullptr ? device->BeginTokens(model, size_, nullptr)
                                   : model.Begin(size_)),
        tokens_(static_cast<size_t>(row.lanes) * static_cast<size_t>(size_.positions)),
        lanes_(static_cast<size_t>(row.lanes)),
        random_(seed) {
    for (int i = 0; i < row.lanes; ++i) lanes_[static_cast<size_t>(i)] = i;
    if (session_->WeightsMemory() == nullptr) {
      own_weights_.resize(tokens_.size() * model.vocabulary().size());
    }
  }

  // Steps until the context is full.
  bool Fill() { return Steps(kContext / size_.positions, size_.positions); }
  bool Steps(int count) { return Steps(count, positions_); }

 private:
  static constexpr int kContext = 1024, kFilling = 16;

  bool Steps(int count, int positions) {
    uint32_t* const memory = session_->WeightsMemory();
    for (int i = 0; i < count; ++i) {
      for (uint32_t& token : tokens_) {
        token =
            model_.vocabulary().row(static_cast<uint32_t>(random_()) % model_.vocabulary().size());
      }
      const Status status = session_->Step(lanes_, positions, tokens_.data(),
                                           memory != nullptr ? memory : own_weights_.data());
      if (!status.ok()) return false;
    }
    return true;
  }

  const TokenPredictor& model_;
  const int positions_;
  const TokenSessionSize size_;
  const std::unique_ptr<TokenSession> session_;
  std::vector<uint32_t> tokens_, own_weights_;
  std::vector<int> lanes_;
  std::mt19937 random_;
};

// Seconds that it takes to do `work` for all sessions.
template <class Work>
double Time(std::vector<std::unique_ptr<Stepper>>& steppers, const Work& work) {
  const Clock::time_point begin = Clock::now();
  std::vector<std::thread> threads;
  for (const auto& stepper : steppers) {
    threads.emplace_back([&stepper, &work] {
      if (!work(*stepper)) std::abort();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void Measure(Device* device, int threads, const TokenPredictor& model, const Row& row) {
  std::vector<std::unique_ptr<Stepper>> steppers;
  for (int i = 0; i < row.sessions; ++i) {
    steppers.push_back(
        std::make_unique<Stepper>(device, threads, model, row, static_cast<uint32_t>(i) + 1));
  }
  Time(steppers, [](Stepper& stepper) { return stepper.Fill(); });
  const int steps = std::max(8, 256 / row.positions);
  const double seconds = Time(steppers, [=](Stepper& stepper) { return stepper.Steps(steps); });
  const double tokens = static_cast<double>(steps) * row.lanes * row.sessions * row.positions;
  std::printf("| %d | %d | %d | %.2f | %.0f |\n", row.sessions, row.lanes, row.positions,
              1e3 * seconds / steps, tokens / seconds);
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  const Result<SharedModel> model =
      argc < 3
          ? Status(Code::kInvalidArgument, "usage: token_device_bench MODEL.lmm THREADS [ROW]...")
          : LoadModelFile(argv[1]);
  const int threads = argc < 3 ? 1 : std::atoi(argv[2]);
  const Result<std::shared_ptr<Device>> device =
      threads == 0 ? OpenCuda(0) : Result<std::shared_ptr<Device>>(nullptr);
  const Status status = !model.ok() ? model.status() : device.status();
  if (!status.ok() || model.value()->as_token_predictor() == nullptr) {
    std::fprintf(stderr, "token_device_bench: %s\n",
                 status.ok() ? "not a model of tokens" : status.message().c_str());
    return 1;
  }
  Device* const gpu = device.value().get();
  std::vector<Row> rows;
  for (int i = 3; i + 2 < argc; i += 3) {
    rows.push_back({std::atoi(argv[i]), std::atoi(argv[i + 1]), std::atoi(argv[i + 2])});
  }
  if (rows.empty()) {
    rows = {{1, 1, 1}, {64, 1, 1}, {64, 4, 1}, {256, 1, 1}, {64, 16, 1}, {64, 1, 16}, {64, 4, 16}};
  }
  std::printf("%s.\n\n", gpu == nullptr ? "CPU" : gpu->name().c_str());
  std::puts(
      "| sessions | lanes of each | positions | ms a step | tokens/s |\n"
      "|---:|---:|---:|---:|---:|");
  for (const Row& row : rows) {
    Measure(gpu, threads, *model.value()->as_token_predictor(), row);
  }
  return gpu == nullptr || gpu->failure().empty() ? 0 : 1;
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  return lmz::bench::Main(argc, argv);
}
