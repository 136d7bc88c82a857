// Times the network's kernels: the matrix kernel alone per instruction set, shape and number of
// lanes, and whole steps of a model beside the matrix products that a step consists of, by one
// thread and by two. No time without a correctness check: every kernel is compared with the
// portable one first.
//
// usage: kernels_bench [--model=FILE] [Google Benchmark's options]
#include <benchmark/benchmark.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/glr/glr_predictor.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/packed_matrix.h"

namespace lmz {
namespace {

struct Product {
  Product(const MatrixKernels& with, int rows_, int columns_, int lanes_, WeightMemory& memory)
      : kernels(with), rows(rows_), columns(columns_), lanes(lanes_) {
    std::mt19937 random(1);
    const auto small = [&] { return static_cast<int8_t>(static_cast<int>(random() % 255) - 127); };
    std::vector<int8_t> weights(static_cast<size_t>(rows) * static_cast<size_t>(columns));
    for (int8_t& w : weights) w = small();
    matrix = MatrixStorage(weights, rows, columns, kernels, memory);
    x.resize(static_cast<size_t>(lanes) * static_cast<size_t>(columns));
    for (uint8_t& q : x) {
      q = static_cast<uint8_t>(static_cast<uint8_t>(small()) ^ kernels.flip);
    }
    sums.resize(static_cast<size_t>(lanes) * static_cast<size_t>(rows));
  }
  void Run() {
    const ProductScope scope(kernels, lanes);
    Run(0, lanes);
  }
  // Within a ProductScope.
  void Run(int first, int count) {
    matrix.Multiply(x.data() + ptrdiff_t{first} * columns, columns, count,
                    sums.data() + ptrdiff_t{first} * rows, rows);
  }

  const MatrixKernels& kernels;
  int rows, columns, lanes;
  MatrixStorage matrix;
  AlignedVector<uint8_t> x;
  AlignedVector<int32_t> sums;
};

const NetworkKernels& Scalar() {
  return PortableKernels(NetworkBuilds());
}

WeightMemory MemoryFor(const MatrixKernels& kernels, int rows, int columns) {
  return WeightMemory(WeightMemory::RoundUp(kernels.packed_size(rows, columns)));
}

void BenchMultiply(benchmark::State& state, const NetworkKernels& kernels, int rows, int columns,
                   int lanes) {
  WeightMemory memory = MemoryFor(kernels.dense, rows, columns);
  WeightMemory scalar_memory = MemoryFor(Scalar().dense, rows, columns);
  Product product(kernels.dense, rows, columns, lanes, memory);
  Product expected(Scalar().dense, rows, columns, lanes, scalar_memory);
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

// What the lanes read: prose, each lane from its own place on, since how many activations are zero
// (and left out of a product) depends on what the network reads.
class Text {
 public:
  explicit Text(int first_lane) : at_(static_cast<size_t>(first_lane) * 37) {}
  void Next(std::span<uint8_t> bytes) {
    for (size_t lane = 0; lane < bytes.size(); ++lane) {
      bytes[lane] = static_cast<uint8_t>(kProse[(at_ + lane * 37) % kProse.size()]);
    }
    ++at_;
  }

 private:
  static constexpr std::string_view kProse =
      "A prism of glass, held in the sun's light that came into the dark room through one small "
      "hole, threw upon the opposite wall a long image of colours: red at the one end, violet at "
      "the other, and between them all the rest in their order. We turned the prism slowly about "
      "its axis, and saw the image first descend and then rise; where it stood still between the "
      "two we fixed the prism, and measured. The length was about 10 1/4 inches, the breadth 2 "
      "1/8. ";
  size_t at_;
};

std::vector<uint32_t> RunSteps(const GlrPredictor& network, int lanes, int steps) {
  const auto session = network.Begin({.lanes = lanes, .workers = 1, .lanes_per_step = lanes});
  std::vector<uint8_t> input(static_cast<size_t>(lanes), 0);
  std::vector<uint32_t> weights(input.size() * kByteValues);
  Text text(0);
  for (int i = 0; i < steps; ++i) {
    static_cast<void>(session->Step(0, 0, lanes, input.data(), weights.data()));  // cannot fail
    text.Next(input);
  }
  return weights;
}

// A benchmark's lanes are shared out among its threads, which do not wait for one another: what
// threads can gain at most.
struct Share {
  Share(const benchmark::State& state, int lanes)
      : count(lanes / state.threads()), first(count * state.thread_index()) {}
  benchmark::Counter Rate(const benchmark::State& state) const {
    return {static_cast<double>(state.iterations()) * count, benchmark::Counter::kIsRate};
  }
  int count, first;
};

struct SteppedLanes {
  // For so many benchmark threads at most.
  static constexpr int kWorkers = 64;
  SteppedLanes(const ModelFile& model, const NetworkKernels& kernels, int lane_count)
      : network(model, kernels),
        lanes(lane_count),
        session(network.Begin({.lanes = lanes, .workers = kWorkers, .lanes_per_step = lanes})) {}
  GlrPredictor network;
  int lanes;
  std::unique_ptr<Session> session;
};

void BenchStep(benchmark::State& state, SteppedLanes& lanes) {
  const Share share(state, lanes.lanes);
  std::vector<uint8_t> input(static_cast<size_t>(share.count));
  std::vector<uint32_t> weights(input.size() * kByteValues);
  Text text(share.first);
  for (auto _ : state) {
    text.Next(input);
    static_cast<void>(lanes.session->Step(state.thread_index(), share.first, share.count,
                                          input.data(), weights.data()));  // cannot fail
    benchmark::DoNotOptimize(weights.data());
  }
  state.counters["bytes/s"] = share.Rate(state);
}

// The same with the network in parts, one for each thread, and half of the lanes at a time. The
// threads do not wait for one another, so that what they compute means nothing.
void BenchParts(benchmark::State& state, SteppedLanes& lanes) {
  const StepPart part = {state.thread_index(), state.threads()};
  const int half = lanes.lanes / 2;
  const auto session =
      lanes.network.Begin({.lanes = lanes.lanes, .workers = 1, .lanes_per_step = half});
  std::vector<uint8_t> input(static_cast<size_t>(half));
  std::vector<uint32_t> weights(input.size() * kByteValues);
  Text text(0);
  for (auto _ : state) {
    for (const int first : {0, half}) {
      text.Next(input);
      static_cast<void>(
          session->Step(0, first, half, part, input.data(), weights.data()));  // cannot fail
    }
    benchmark::DoNotOptimize(weights.data());
  }
  const double bytes = static_cast<double>(state.iterations()) * 2 * half / state.threads();
  state.counters["bytes/s"] = {bytes, benchmark::Counter::kIsRate};
}

// All matrix products of one step in full, zero activations included, and nothing else.
class Products {
 public:
  Products(const GlrShape& shape, const NetworkKernels& kernels, int lanes)
      : lanes_(lanes), memory_(SizeOf(shape, kernels.dense)) {
    ForEachMatrix(shape, [&](int rows, int columns) {
      products_.emplace_back(kernels.dense, rows, columns, lanes, memory_);
    });
  }
  int lanes() const { return lanes_; }
  void Run(const Share& share) {
    const ProductScope scope(products_.front().kernels, share.count);
    for (Product& product : products_) product.Run(share.first, share.count);
  }

 private:
  template <class Visit>
  static void ForEachMatrix(const GlrShape& shape, const Visit& visit) {
    for (int layer = 0; layer < shape.layers; ++layer) {
      for (int i = 0; i < 3; ++i) visit(shape.state, shape.width);
      visit(shape.width, shape.state);
      visit(shape.hidden, shape.width);
      visit(shape.width, shape.hidden);
    }
    visit(kByteValues, shape.width);
  }
  static size_t SizeOf(const GlrShape& shape, const MatrixKernels& kernels) {
    size_t size = 0;
    ForEachMatrix(shape, [&](int rows, int columns) {
      size += WeightMemory::RoundUp(kernels.packed_size(rows, columns));
    });
    return size;
  }

  int lanes_;
  WeightMemory memory_;
  std::vector<Product> products_;
};

void BenchProducts(benchmark::State& state, Products& products) {
  const Share share(state, products.lanes());
  for (auto _ : state) {
    products.Run(share);
    benchmark::ClobberMemory();
  }
  state.counters["bytes/s"] = share.Rate(state);
}

// What the benchmarks of one build and number of lanes work on, made when the first of
// their threads asks for it.
class Compared {
 public:
  Compared(const ModelFile& model, const NetworkKernels& kernels, int lanes)
      : model_(model), kernels_(kernels), lanes_(lanes) {}

  // False if the network's step differs from the portable one.
  bool EqualsScalar() {
    std::call_once(once_, [this] { Make(); });
    return equals_scalar_;
  }
  Products& products() { return *products_; }
  SteppedLanes& stepped() { return *stepped_; }

 private:
  void Make() {
    constexpr int kSteps = 3;
    const std::vector<uint32_t> expected = RunSteps(GlrPredictor(model_, Scalar()), lanes_, kSteps);
    products_.emplace(model_.glr().shape, kernels_, lanes_);
    stepped_.emplace(model_, kernels_, lanes_);
    equals_scalar_ = RunSteps(stepped_->network, lanes_, kSteps) == expected;
  }

  const ModelFile& model_;
  const NetworkKernels& kernels_;
  int lanes_;
  std::once_flag once_;
  bool equals_scalar_ = false;
  std::optional<Products> products_;
  std::optional<SteppedLanes> stepped_;
};

// Next to each other, so that a machine's changing speed meets both alike.
void RegisterSteps(const ModelFile& model, const KernelBuild<NetworkKernels>& build, int lanes,
                   int threads) {
  const auto compared = std::make_shared<Compared>(model, *build.kernels, lanes);
  const auto add = [&](const std::string& what, const auto& body) {
    const std::string name = what + "/" + build.set.name + "/lanes:" + std::to_string(lanes);
    auto* const added =
        benchmark::RegisterBenchmark(name.c_str(), [compared, body](benchmark::State& state) {
          if (!compared->EqualsScalar()) return state.SkipWithError("differs from scalar");
          body(state, *compared);
        });
    added->Threads(threads);
    // The time of one thread is that of its processor, whatever else the machine does.
    if (threads > 1) added->UseRealTime();
  };
  add("products",
      [](benchmark::State& state, Compared& on) { BenchProducts(state, on.products()); });
  add("step", [](benchmark::State& state, Compared& on) { BenchStep(state, on.stepped()); });
  if (threads == 1) return;
  add("parts", [](benchmark::State& state, Compared& on) { BenchParts(state, on.stepped()); });
}

void Register(const ModelFile* model) {
  for (const KernelBuild<NetworkKernels>& build : NetworkBuilds()) {
    if (!DetectedFeatures().Contains(build.set.needs)) continue;
    const std::string name = build.set.name;
    for (const auto& [rows, columns] : {std::pair{192, 192}, {576, 192}, {192, 576}, {256, 192}}) {
      for (const int lanes : {1, 2, 4, 8, 16, 32, 64}) {
        benchmark::RegisterBenchmark(("multiply/" + name + "/" + std::to_string(rows) + "x" +
                                      std::to_string(columns) + "/lanes:" + std::to_string(lanes))
                                         .c_str(),
                                     BenchMultiply, *build.kernels, rows, columns, lanes);
      }
    }
    if (model == nullptr) continue;
    for (const int lanes : {1, 2, 4, 8, 16}) RegisterSteps(*model, build, lanes, 1);
    for (const int lanes : {8, 16}) RegisterSteps(*model, build, lanes, 2);
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
