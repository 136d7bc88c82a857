#include "device/cuda/transformer/token_plugin.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "device/cuda/plugin_device.h"
#include "device/cuda/transformer/token_dispatcher.h"
#include "device/cuda/transformer/token_network.h"

using lmz::cuda::MemoryPool;
using lmz::cuda::TokenDispatcher;
using lmz::cuda::TokenNetwork;
using lmz::cuda::TokenRow;

struct lmz_cuda_token_network {
  lmz_cuda_token_network(lmz_cuda_device& on, const lmz_cuda_transformer& weights,
                         std::string& error)
      : device(on), network(weights, on.shared_limit, error) {
    if (error.empty()) dispatcher = std::make_unique<TokenDispatcher>(on.number, network);
  }
  lmz_cuda_device& device;
  TokenNetwork network;
  std::unique_ptr<TokenDispatcher> dispatcher;
};

struct lmz_cuda_token_session {
  explicit lmz_cuda_token_session(lmz_cuda_token_network& of) : network(of) {}
  ~lmz_cuda_token_session() {
    network.device.device_memory.Give(caches, caches_size);
    network.device.pinned_memory.Give(weights, weights_size);
    network.device.pinned_memory.Give(scratch, weights_size);
  }

  lmz_cuda_token_network& network;
  void* caches = nullptr;  // [lane]
  size_t caches_size = 0;
  void* weights = nullptr;  // pinned, of a whole step
  void* scratch = nullptr;  // as large, taken when a step has to be cut
  size_t weights_size = 0;
  size_t most = 0;               // lanes times positions
  std::vector<uint64_t> places;  // [lane]: of the next token
  std::vector<TokenRow> rows;    // of a run
};

namespace lmz::cuda {

namespace {

// Some positions of a step that are stepped together.
struct Run {
  int begin, end;
};

// From `begin` on, as many as fit, up to the next position before which some lane forgets tokens.
Run RunFrom(const lmz_cuda_token_session& session, const int32_t* lanes, int count, int begin,
            int positions) {
  const TokenContext& context = session.network.network.shape().context;
  const int last = std::min(positions, begin + std::max(1, kMostStepRows / count));
  for (int end = begin + 1; end < last; ++end) {
    const bool drops = std::any_of(lanes, lanes + count, [&](int32_t lane) {
      return context.Drops(session.places[static_cast<size_t>(lane)] + static_cast<uint64_t>(end));
    });
    if (drops) return {begin, end};
  }
  return {begin, last};
}

// [lane][position of the run]
void FillRows(lmz_cuda_token_session& session, const int32_t* lanes, int count, int positions,
              const Run& run, const uint32_t* tokens) {
  const size_t lane_size = session.network.network.lane_size();
  const int together = session.network.network.shape().positions_together();
  session.rows.clear();
  for (int i = 0; i < count; ++i) {
    const auto lane = static_cast<size_t>(lanes[i]);
    for (int p = run.begin; p < run.end; ++p) {
      const bool is_first = (p - run.begin) % together == 0;
      session.rows.push_back(
          {.cache = static_cast<char*>(session.caches) + lane * lane_size,
           .place = session.places[lane] + static_cast<uint64_t>(p),
           .token = tokens[int64_t{i} * positions + p],
           .group = static_cast<uint32_t>(is_first ? std::min(together, run.end - p) : 0)});
    }
  }
}

}  // namespace

lmz_cuda_token_network* LoadTokens(lmz_cuda_device* device, const lmz_cuda_transformer* weights,
                                   char* error) {
  (void)cudaSetDevice(device->number);
  std::string failure;
  auto network = std::make_unique<lmz_cuda_token_network>(*device, *weights, failure);
  if (failure.empty()) return network.release();
  Describe(failure, error);
  return nullptr;
}

void UnloadTokens(lmz_cuda_token_network* network) {
  (void)cudaSetDevice(network->device.number);
  delete network;
}

lmz_cuda_token_session* BeginTokens(lmz_cuda_token_network* network, int32_t lanes,
                                    int32_t positions, char* error) {
  lmz_cuda_device& device = network->device;
  if (lanes > kMostStepRows) {
    Describe("a step has too many lanes", error);
    return nullptr;
  }
  (void)cudaSetDevice(device.number);
  auto session = std::make_unique<lmz_cuda_token_session>(*network);
  session->places.assign(static_cast<size_t>(lanes), 0);
  session->most = static_cast<size_t>(lanes) * static_cast<size_t>(positions);
  session->caches_size = static_cast<size_t>(lanes) * network->network.lane_size();
  session->weights_size =
      session->most * sizeof(uint32_t) * static_cast<size_t>(network->network.shape().token_count);
  session->caches = device.device_memory.Take(session->caches_size);
  session->weights = device.pinned_memory.Take(session->weights_size);
  if (session->caches != nullptr && session->weights != nullptr) return session.release();
  Describe("there is not enough memory", error);
  return nullptr;
}

void EndTokens(lmz_cuda_token_session* session) {
  delete session;
}

uint32_t* TokensMemory(lmz_cuda_token_session* session) {
  return static_cast<uint32_t*>(session->weights);
}

int32_t StepTokens(lmz_cuda_token_session* session, const int32_t* lanes, int32_t count,
                   int32_t positions, const uint32_t* tokens, uint32_t* weights, char* error) {
  const size_t all = static_cast<size_t>(count) * static_cast<size_t>(positions);
  if (all > session->most) {
    Describe("a step is larger than its session", error);
    return 1;
  }
  lmz_cuda_token_network& network = session->network;
  const auto row_size = static_cast<size_t>(network.network.shape().token_count);
  for (Run run = {0, 0}; run.end < positions;) {
    run = RunFrom(*session, lanes, count, run.end, positions);
    FillRows(*session, lanes, count, positions, run, tokens);
    const bool is_whole = run.begin == 0 && run.end == positions;
    void* to = session->weights;
    if (weights == to && !is_whole) {
      if (session->scratch == nullptr) {
        session->scratch = network.device.pinned_memory.Take(session->weights_size);
      }
      to = session->scratch;
    }
    if (to == nullptr) {
      Describe("there is not enough memory", error);
      return 1;
    }
    TokenRequest request;
    request.rows = session->rows.data();
    request.count = static_cast<int>(session->rows.size());
    request.weights = static_cast<uint32_t*>(to);
    if (!network.dispatcher->Run(request)) {
      Describe(network.dispatcher->failure(), error);
      return 1;
    }
    if (weights == to) continue;
    const size_t some = static_cast<size_t>(run.end - run.begin) * row_size;
    for (int i = 0; i < count; ++i) {
      const auto at =
          static_cast<size_t>(i) * static_cast<size_t>(positions) + static_cast<size_t>(run.begin);
      std::copy_n(request.weights + static_cast<size_t>(i) * some, some, weights + at * row_size);
    }
  }
  for (int i = 0; i < count; ++i) {
    session->places[static_cast<size_t>(lanes[i])] += static_cast<uint64_t>(positions);
  }
  return 0;
}

}  // namespace lmz::cuda
