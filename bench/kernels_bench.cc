// Times the network's kernels: the matrix kernel alone per instruction set, shape and number of
// lanes, and whole steps of a model. No time without a correctness check: every kernel is compared
// with the portable one first.
//
// usage: kernels_bench [--model=FILE] [Google Benchmark's options]
#include <benchmark/benchmark.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernels/network_kernels.h"
#include "kernels/packed_matrix.h"
#include "model/network.h"

namespace lmz {
namespace {

struct Product {
  Product(const NetworkKernels& with, int rows_, int columns_, int lanes_)
      : kernels(with), rows(rows_), columns(columns_), lanes(lanes_) {
    std::mt19937 random(1);
    const auto small = [&] { return static_cast<int8_t>(static_cast<int>(random() % 255) - 127); };
    std::vector<int8_t> weights(static_cast<size_t>(rows) * static_cast<size_t>(columns));
    for (int8_t& w : weights) w = small();
    matrix = MatrixStorage(weights, rows, columns, kernels.quantised_flip);
    x.resize(static_cast<size_t>(lanes) * static_cast<size_t>(columns));
    for (uint8_t& q : x) {
      q = static_cast<uint8_t>(static_cast<uint8_t>(small()) ^ kernels.quantised_flip);
    }
    sums.resize(static_cast<size_t>(lanes) * static_cast<size_t>(rows));
  }
  void Run() { kernels.multiply(matrix.view(), x.data(), columns, lanes, sums.data(), rows); }

  const NetworkKernels& kernels;
  int rows, columns, lanes;
  MatrixStorage matrix;
  AlignedVector<uint8_t> x;
  AlignedVector<int32_t> sums;
};

void BenchMultiply(benchmark::State& state, Isa isa, int rows, int columns, int lanes) {
  Product product(NetworkKernelsFor(isa), rows, columns, lanes);
  Product expected(NetworkKernelsFor(Isa::kScalar), rows, columns, lanes);
  product.Run();
  expected.Run();
  if (product.sums != expected.sums) return state.SkipWithError("differs from scalar");
  for (auto _ : state) {
    product.Run();
    benchmark::DoNotOptimize(product.sums.data());
  }
  const double macs = static_cast<double>(rows) * columns * lanes;
  state.counters["MAC/s"] = benchmark::Counter(macs * static_cast<double>(state.iterations()),
                                               benchmark::Counter::kIsRate);
}

std::vector<uint32_t> RunSteps(const Network& network, int lanes, int steps) {
  LaneStates states(network.shape(), lanes);
  StepScratch scratch(network.shape(), lanes);
  std::vector<uint8_t> input(static_cast<size_t>(lanes), 0);
  std::vector<uint32_t> weights(input.size() * kByteValues);
  for (int i = 0; i < steps; ++i) {
    network.Step(states, 0, lanes, input.data(), weights.data(), scratch);
    for (size_t lane = 0; lane < input.size(); ++lane) {
      input[lane] =
          static_cast<uint8_t>("the quick brown fox "[(static_cast<size_t>(i) + lane) % 20]);
    }
  }
  return weights;
}

void BenchStep(benchmark::State& state, const ModelFile& model, Isa isa, int lanes) {
  if (!ForceIsa(Isa::kScalar).ok()) return state.SkipWithError("cannot run scalar kernels");
  const std::vector<uint32_t> expected = RunSteps(Network(model), lanes, 3);
  if (!ForceIsa(isa).ok()) return state.SkipWithError("not supported here");
  const Network network(model);
  if (RunSteps(network, lanes, 3) != expected) return state.SkipWithError("differs from scalar");
  LaneStates states(network.shape(), lanes);
  StepScratch scratch(network.shape(), lanes);
  std::vector<uint8_t> input(static_cast<size_t>(lanes), 'e');
  std::vector<uint32_t> weights(input.size() * kByteValues);
  size_t i = 0;
  for (auto _ : state) {
    network.Step(states, 0, lanes, input.data(), weights.data(), scratch);
    for (uint8_t& byte : input) byte = static_cast<uint8_t>("the quick brown fox "[i++ % 20]);
    benchmark::DoNotOptimize(weights.data());
  }
  state.counters["bytes/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * lanes,
                                                 benchmark::Counter::kIsRate);
}

// The lanes of one LaneStates shared out among the benchmark's threads, each with its own scratch
// and without waiting for the others: what two threads can gain over one.
struct SharedLanes {
  SharedLanes(const ModelFile& model, int lanes)
      : network(model), states(network.shape(), lanes), weights(static_cast<size_t>(lanes) * 256) {}
  Network network;
  LaneStates states;
  std::vector<uint32_t> weights;
};

void BenchSharedStep(benchmark::State& state, SharedLanes& shared) {
  const int count = shared.states.lanes() / state.threads();
  const int first = count * state.thread_index();
  StepScratch scratch(shared.network.shape(), count);
  std::vector<uint8_t> input(static_cast<size_t>(count), 'e');
  uint32_t* const weights = shared.weights.data() + ptrdiff_t{first} * kByteValues;
  size_t i = 0;
  for (auto _ : state) {
    shared.network.Step(shared.states, first, count, input.data(), weights, scratch);
    for (uint8_t& byte : input) byte = static_cast<uint8_t>("the quick brown fox "[i++ % 20]);
    benchmark::DoNotOptimize(weights);
  }
  state.counters["bytes/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * count,
                                                 benchmark::Counter::kIsRate);
}

// All matrix products of one step and nothing else: the ceiling of BenchStep.
void BenchProducts(benchmark::State& state, const GlrShape& shape, Isa isa, int lanes) {
  const NetworkKernels& kernels = NetworkKernelsFor(isa);
  std::vector<std::unique_ptr<Product>> products;
  const auto add = [&](int rows, int columns) {
    products.push_back(std::make_unique<Product>(kernels, rows, columns, lanes));
  };
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (int i = 0; i < 3; ++i) add(shape.state, shape.width);
    add(shape.width, shape.state);
    add(shape.hidden, shape.width);
    add(shape.width, shape.hidden);
  }
  add(kByteValues, shape.width);
  for (auto _ : state) {
    for (auto& product : products) product->Run();
    benchmark::ClobberMemory();
  }
  state.counters["bytes/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * lanes,
                                                 benchmark::Counter::kIsRate);
}

void Register(const ModelFile* model) {
  for (const Isa isa : SupportedIsas()) {
    const std::string name = IsaName(isa);
    for (const auto& [rows, columns] : {std::pair{192, 192}, {576, 192}, {192, 576}, {256, 192}}) {
      for (const int lanes : {1, 2, 4, 8, 16}) {
        benchmark::RegisterBenchmark(("multiply/" + name + "/" + std::to_string(rows) + "x" +
                                      std::to_string(columns) + "/lanes:" + std::to_string(lanes))
                                         .c_str(),
                                     BenchMultiply, isa, rows, columns, lanes);
      }
    }
    if (model == nullptr || !ForceIsa(isa).ok()) continue;
    for (const int lanes : {8, 16}) {
      const auto shared = std::make_shared<SharedLanes>(*model, lanes);
      benchmark::RegisterBenchmark(
          ("shared_step/" + name + "/lanes:" + std::to_string(lanes)).c_str(),
          [shared](benchmark::State& state) { BenchSharedStep(state, *shared); })
          ->Threads(1)
          ->Threads(2)
          ->UseRealTime();
    }
    for (const int lanes : {1, 4, 8, 16}) {
      const std::string end = "/" + name + "/lanes:" + std::to_string(lanes);
      benchmark::RegisterBenchmark(("products" + end).c_str(), BenchProducts, model->glr.shape, isa,
                                   lanes);
      benchmark::RegisterBenchmark(("step" + end).c_str(), BenchStep, *model, isa, lanes);
    }
  }
}

}  // namespace
}  // namespace lmz

int main(int argc, char** argv) {
  std::unique_ptr<lmz::ModelFile> model;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--model=", 8) != 0) continue;
    std::ifstream in(argv[i] + 8, std::ios::binary);
    const lmz::Bytes file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    auto parsed = lmz::ParseModelFile(file);
    if (!parsed.ok()) {
      std::fprintf(stderr, "kernels_bench: %s\n", parsed.status().message().c_str());
      return 1;
    }
    model = std::make_unique<lmz::ModelFile>(std::move(parsed).value());
    argv[i] = argv[--argc];
    --i;
  }
  lmz::Register(model.get());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
