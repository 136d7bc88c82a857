// Speed of a predictor of tokens as Markdown on standard output:
//
//   tokens_bench MODEL.lmm [THREADS [LANES]]
//
// Rows: tokens of some lanes, up to LANES, one by one, as a decoder must; 64 positions at once, as
// an encoder may. Contexts are full. Rates are by the clock.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <random>
#include <vector>

#include "model/library.h"
#include "model/token_predictor.h"

namespace lmz::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

// Of all threads.
double ProcessorSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

class Measurement {
 public:
  Measurement(const TokenPredictor& model, int lanes, int positions, int threads)
      : model_(model),
        positions_(positions),
        size_{lanes, kFilling, threads},
        session_(model.Begin(size_)),
        tokens_(Count(kFilling)),
        weights_(Count(kFilling) * model.vocabulary().size()),
        lanes_(static_cast<size_t>(lanes)) {
    for (int i = 0; i < lanes; ++i) lanes_[static_cast<size_t>(i)] = i;
  }

  void Print() {
    for (int place = 0; place < kContext; place += kFilling) Step(kFilling);
    const Clock::time_point begin = Clock::now();
    const double processor_begin = ProcessorSeconds();
    int steps = 0;
    for (; steps < 8 || Clock::now() - begin < std::chrono::seconds(3); ++steps) Step(positions_);
    const double seconds = Seconds(Clock::now() - begin);
    const double processor = ProcessorSeconds() - processor_begin;
    const double tokens = steps * static_cast<double>(Count(positions_));
    const TokenSessionSize size = {size_.lanes, positions_, size_.threads};
    std::printf("| %d | %d | %d | %.2f | %.0f | %.3f | %llu |\n", size.threads, size.lanes,
                positions_, 1e3 * seconds / steps, tokens / seconds, 1e3 * processor / tokens,
                static_cast<unsigned long long>(model_.SessionMemory(size) >> 20));
    std::fflush(stdout);
  }

 private:
  static constexpr int kContext = 1024, kFilling = 64;

  size_t Count(int positions) const {
    return static_cast<size_t>(size_.lanes) * static_cast<size_t>(positions);
  }
  void Step(int positions) {
    for (uint32_t& token : tokens_) {
      const auto draw = static_cast<uint32_t>(random_());
      token = model_.vocabulary().row(draw % model_.vocabulary().size());
    }
    if (!session_->Step(lanes_, positions, tokens_.data(), weights_.data()).ok()) std::abort();
  }

  const TokenPredictor& model_;
  const int positions_;
  const TokenSessionSize size_;
  const std::unique_ptr<TokenSession> session_;
  std::vector<uint32_t> tokens_, weights_;
  std::vector<int> lanes_;
  std::mt19937 random_{1};
};

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: tokens_bench MODEL.lmm [THREADS [LANES]]\n", stderr);
    return 2;
  }
  const Clock::time_point begin = Clock::now();
  const Result<SharedModel> model = LoadModelFile(argv[1]);
  if (!model.ok() || model.value()->as_token_predictor() == nullptr) {
    std::fprintf(stderr, "tokens_bench: %s\n",
                 model.ok() ? "not a model of tokens" : model.status().message().c_str());
    return 1;
  }
  std::printf("Loaded in %.2f s.\n\n", Seconds(Clock::now() - begin));
  std::puts(
      "| threads | lanes | positions | ms a step | tokens/s | processor ms a token | session, MiB "
      "|\n"
      "|---:|---:|---:|---:|---:|---:|---:|");
  const int most = argc > 2 ? std::atoi(argv[2]) : 2,
            most_lanes = argc > 3 ? std::atoi(argv[3]) : 32;
  for (int threads = 1; threads <= most; ++threads) {
    for (const int lanes : {1, 8, 16, 32}) {
      if (lanes > most_lanes) continue;
      Measurement(*model.value()->as_token_predictor(), lanes, 1, threads).Print();
    }
    Measurement(*model.value()->as_token_predictor(), 1, 64, threads).Print();
  }
  return 0;
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  return lmz::bench::Main(argc, argv);
}
