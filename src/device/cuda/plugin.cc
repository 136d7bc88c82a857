// What liblmz_cuda.so exports (abi.h).
#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <tuple>
#include <vector>

#include "device/cuda/abi.h"
#include "device/cuda/dispatcher.h"
#include "device/cuda/network.h"
#include "device/cuda/plugin_device.h"
#include "device/cuda/transformer/token_plugin.h"

using lmz::cuda::Describe;
using lmz::cuda::Dispatcher;
using lmz::cuda::Guarded;
using lmz::cuda::kMaxTiles;
using lmz::cuda::kMaxTilesOfRequest;
using lmz::cuda::LaunchStep;
using lmz::cuda::Network;
using lmz::cuda::Request;
using lmz::cuda::ShapeOf;
using lmz::cuda::StateSize;
using lmz::cuda::Tile;
using lmz::cuda::TileList;
using lmz::cuda::TileShape;

struct lmz_cuda_network {
  lmz_cuda_network(lmz_cuda_device& on, const lmz_cuda_weights& weights, std::string& error)
      : device(on), network(weights, on.shared_limit, error) {}
  lmz_cuda_device& device;
  Network network;
};

struct lmz_cuda_session {
  explicit lmz_cuda_session(lmz_cuda_network& of) : network(of) {}
  ~lmz_cuda_session() {
    network.device.device_memory.Give(states, states_size);
    network.device.pinned_memory.Give(pinned, pinned_size);
  }

  lmz_cuda_network& network;
  void* states = nullptr;
  size_t states_size = 0;
  void* pinned = nullptr;  // words that tell what is done, bytes, opinions
  size_t pinned_size = 0;
  size_t opinions_at = 0;
  size_t most = 0;  // lanes times steps
  std::vector<uint8_t> fresh;
};

namespace {

constexpr size_t kDoneSize = kMaxTilesOfRequest * sizeof(uint32_t);
constexpr int kMostLanes = 8 * kMaxTilesOfRequest;
constexpr int kLeastMajor = 8;  // compute capability

int32_t Count() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    (void)cudaGetLastError();
    return 0;
  }
  int known = 0;
  for (int i = 0; i < count; ++i) {
    int major = 0;
    (void)cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, i);
    if (major < kLeastMajor) break;  // numbers of those that count have no gaps
    ++known;
  }
  return known;
}

lmz_cuda_device* Open(int32_t number, char* error) {
  cudaDeviceProp properties = {};
  cudaError_t status = cudaGetDeviceProperties(&properties, number);
  if (status == cudaSuccess) status = cudaSetDevice(number);
  if (status == cudaSuccess) status = cudaFree(nullptr);  // sets the device up
  if (status != cudaSuccess) {
    Describe(cudaGetErrorString(status), error);
    return nullptr;
  }
  if (properties.major < kLeastMajor) {
    Describe("the GPU is older than compute capability 8.0", error);
    return nullptr;
  }
  return new lmz_cuda_device(number, properties);
}

void Close(lmz_cuda_device* device) {
  (void)cudaSetDevice(device->number);
  delete device;
}

const char* Name(const lmz_cuda_device* device) {
  return device->name.c_str();
}

lmz_cuda_network* Load(lmz_cuda_device* device, const lmz_cuda_weights* weights, char* error) {
  (void)cudaSetDevice(device->number);
  std::string failure;
  auto network = std::make_unique<lmz_cuda_network>(*device, *weights, failure);
  if (failure.empty()) return network.release();
  Describe(failure, error);
  return nullptr;
}

void Unload(lmz_cuda_network* network) {
  (void)cudaSetDevice(network->device.number);
  delete network;
}

lmz_cuda_session* Begin(lmz_cuda_network* network, int32_t lanes, int32_t lanes_per_step,
                        int32_t steps_ahead, char* error) {
  lmz_cuda_device& device = network->device;
  if (lanes_per_step > kMostLanes) {
    Describe("a step has too many lanes", error);
    return nullptr;
  }
  (void)cudaSetDevice(device.number);
  auto session = std::make_unique<lmz_cuda_session>(*network);
  session->fresh.assign(static_cast<size_t>(lanes), 1);
  session->most = static_cast<size_t>(lanes_per_step) * static_cast<size_t>(steps_ahead);
  session->states_size =
      static_cast<size_t>(lanes) * static_cast<size_t>(StateSize(network->network.view()));
  session->opinions_at = (kDoneSize + session->most + 255) / 256 * 256;
  session->pinned_size = session->opinions_at + session->most * 256 * sizeof(uint32_t);
  session->states = device.device_memory.Take(session->states_size);
  session->pinned = device.pinned_memory.Take(session->pinned_size);
  if (session->states != nullptr && session->pinned != nullptr) return session.release();
  Describe("there is not enough memory", error);
  return nullptr;
}

void End(lmz_cuda_session* session) {
  delete session;
}

int32_t StepSession(lmz_cuda_session* session, int32_t first, int32_t count, int32_t times,
                    const uint8_t* last_bytes, uint32_t* opinions, char* error) {
  const size_t positions = static_cast<size_t>(count) * static_cast<size_t>(times);
  if (positions > session->most || count > kMostLanes) {
    Describe("a step is larger than its session", error);
    return 1;
  }
  const Network& network = session->network.network;
  auto* const pinned = static_cast<char*>(session->pinned);
  auto* const bytes = reinterpret_cast<uint8_t*>(pinned + kDoneSize);
  auto* const answers = reinterpret_cast<uint32_t*>(pinned + session->opinions_at);
  std::memcpy(bytes, last_bytes, positions);
  Request request;
  request.network = &network;
  request.states = static_cast<char*>(session->states) + first * StateSize(network.view());
  request.count = count;
  request.times = times;
  request.last_bytes = bytes;
  request.opinions = answers;
  request.fresh = session->fresh.data() + first;
  request.done = reinterpret_cast<volatile uint32_t*>(pinned);
  Dispatcher& dispatcher = session->network.device.dispatcher;
  if (!dispatcher.Run(request)) {
    Describe(dispatcher.failure(), error);
    return 1;
  }
  std::fill_n(session->fresh.begin() + first, count, uint8_t{0});
  std::memcpy(opinions, answers, positions * 256 * sizeof(uint32_t));
  return 0;
}

void Reset(lmz_cuda_session* session, int32_t lane) {
  session->fresh[static_cast<size_t>(lane)] = 1;
}

// One launch after the other, all of them before the first waits.
cudaError_t RunTiles(const Network& network, std::vector<Tile>& tiles, TileShape shape,
                     int64_t& microseconds) {
  std::vector<cudaStream_t> streams((tiles.size() + kMaxTiles - 1) / kMaxTiles);
  cudaError_t status = cudaSuccess;
  for (cudaStream_t& stream : streams) {
    if (status == cudaSuccess) status = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  }
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < streams.size() && status == cudaSuccess; ++i) {
    TileList list = {};
    const size_t begin = i * kMaxTiles;
    const size_t count = std::min<size_t>(kMaxTiles, tiles.size() - begin);
    std::copy_n(tiles.begin() + static_cast<ptrdiff_t>(begin), count, list.tile);
    status = LaunchStep(network.view(), list, static_cast<int>(count), shape, streams[i]);
  }
  const cudaError_t end = cudaDeviceSynchronize();
  microseconds = std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::steady_clock::now() - start)
                     .count();
  for (cudaStream_t stream : streams) {
    if (stream != nullptr) (void)cudaStreamDestroy(stream);
  }
  return status == cudaSuccess ? end : status;
}

int64_t Measure(lmz_cuda_network* loaded, int32_t lanes, int32_t times, int32_t lanes_per_block,
                const uint8_t* last_bytes, uint32_t* opinions, char* error) {
  lmz_cuda_device& device = loaded->device;
  const Network& network = loaded->network;
  (void)cudaSetDevice(device.number);
  const TileShape shape = lanes_per_block == 0 ? network.ShapeFor(lanes, device.multiprocessors)
                                               : ShapeOf(lanes_per_block);
  const size_t bytes_size = static_cast<size_t>(lanes) * static_cast<size_t>(times);
  const size_t opinions_size = static_cast<size_t>(lanes) * 256 * sizeof(uint32_t);
  const int64_t state_size = StateSize(network.view());
  char *states = nullptr, *bytes = nullptr, *answers = nullptr;
  cudaError_t status = cudaMalloc(&states, static_cast<size_t>(lanes * state_size));
  if (status == cudaSuccess) status = cudaMalloc(&bytes, bytes_size);
  if (status == cudaSuccess) status = cudaMalloc(&answers, opinions_size);
  if (status == cudaSuccess) {
    status = cudaMemcpy(bytes, last_bytes, bytes_size, cudaMemcpyHostToDevice);
  }
  std::vector<Tile> tiles;
  for (int first = 0; first < lanes; first += shape.lanes) {
    tiles.push_back({.states = states + first * state_size,
                     .last_bytes = reinterpret_cast<const uint8_t*>(bytes) + first,
                     .opinions = reinterpret_cast<uint32_t*>(answers) + ptrdiff_t{first} * 256,
                     .done = nullptr,
                     .fresh = ~uint64_t{0},
                     .ticket = 0,
                     .count = static_cast<int16_t>(std::min(shape.lanes, lanes - first)),
                     .stride = static_cast<int16_t>(lanes),
                     .times = times,
                     .opinions_stride = 0});
  }
  int64_t microseconds = -1;
  if (status == cudaSuccess) status = RunTiles(network, tiles, shape, microseconds);
  if (status == cudaSuccess && opinions != nullptr) {
    status = cudaMemcpy(opinions, answers, opinions_size, cudaMemcpyDeviceToHost);
  }
  for (char* memory : {states, bytes, answers}) (void)cudaFree(memory);
  if (status == cudaSuccess) return microseconds;
  Describe(cudaGetErrorString(status), error);
  return -1;
}

constexpr lmz_cuda_api kApi = {
    .count = Count,
    .open = Guarded<Open, nullptr>,
    .close = Close,
    .name = Name,
    .load = Guarded<Load, nullptr>,
    .unload = Unload,
    .begin = Guarded<Begin, nullptr>,
    .end = End,
    .step = Guarded<StepSession, 1>,
    .reset = Reset,
    .measure = Guarded<Measure, -1>,
    .load_tokens = Guarded<lmz::cuda::LoadTokens, nullptr>,
    .unload_tokens = lmz::cuda::UnloadTokens,
    .begin_tokens = Guarded<lmz::cuda::BeginTokens, nullptr>,
    .end_tokens = lmz::cuda::EndTokens,
    .tokens_memory = lmz::cuda::TokensMemory,
    .step_tokens = Guarded<lmz::cuda::StepTokens, 1>,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const lmz_cuda_api* lmz_cuda_get_api(
    uint32_t version) {
  return version == LMZ_CUDA_ABI_VERSION ? &kApi : nullptr;
}
