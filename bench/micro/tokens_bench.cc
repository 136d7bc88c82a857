// Speed of a predictor of tokens as Markdown on standard output:
//
//   tokens_bench MODEL.lmm|random [THREADS [LANES]]
//
// "random" is a network of random weights with the shape of SmolLM2-135M. Rows: tokens of some lanes
// one by one, as a decoder must; 64 positions at once, as an encoder may. Contexts are full. Rates
// are by the clock.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "model/library.h"
#include "model/transformer/transformer_predictor.h"
#include "tests/reference/random_transformer.h"

namespace lmz::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

// All single bytes and so many pairs of bytes that each row has a token.
Vocabulary PairsVocabulary(uint32_t rows) {
  Vocabulary::Parts parts;
  uint32_t pairs = rows - 256;
  for (int first = 0; first < 256; ++first) {
    parts.texts.emplace_back(1, static_cast<char>(first));
    for (int second = 0; second < 256 && pairs > 0; ++second, --pairs) {
      parts.texts.push_back({static_cast<char>(first), static_cast<char>(second)});
    }
  }
  for (uint32_t row = 0; row < rows; ++row) parts.rows.push_back(row);
  parts.is_virtual.resize(rows);
  return Vocabulary::Make(std::move(parts), rows).value();
}

SharedModel RandomSmollm2() {
  TransformerShape shape = ToyShape();
  shape.width = 576;
  shape.layers = 30;
  shape.heads = 9;
  shape.kv_heads = 3;
  shape.head_size = 64;
  shape.hidden = 1536;
  shape.tokens = 49152;
  shape.context = 1024;
  shape.drop = 128;
  shape.sinks = 4;
  RandomTransformerModel model = RandomTransformer(shape, 1, Wildness::kTame);
  TransformerWeights weights = model.file.transformer()->weights;
  for (TransformerLayer& layer : weights.layers) layer.window = 0;
  model.file.network = TransformerNetwork{std::move(weights), PairsVocabulary(shape.tokens)};
  return std::make_shared<const TransformerPredictor>(model.file);
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
    std::fputs("usage: tokens_bench MODEL.lmm|random [THREADS [LANES]]\n", stderr);
    return 2;
  }
  const std::string path = argv[1];
  const Clock::time_point begin = Clock::now();
  const Result<SharedModel> model =
      path == "random" ? Result<SharedModel>(RandomSmollm2()) : LoadModelFile(path);
  if (!model.ok() || model.value()->as_token_predictor() == nullptr) {
    std::fprintf(stderr, "tokens_bench: %s\n",
                 model.ok() ? "not a model of tokens" : model.status().message().c_str());
    return 1;
  }
  std::printf("Loaded in %.2f s.\n\n", Seconds(Clock::now() - begin));
  std::puts("| threads | lanes | positions | ms a step | tokens/s | processor ms a token | session, MiB |\n"
            "|---:|---:|---:|---:|---:|---:|---:|");
  const int most = argc > 2 ? std::atoi(argv[2]) : 2, most_lanes = argc > 3 ? std::atoi(argv[3]) : 32;
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
