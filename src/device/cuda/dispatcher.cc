#include "device/cuda/dispatcher.h"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace lmz::cuda {

namespace {

// A step takes some hundred microseconds.
constexpr std::chrono::microseconds kNap{10};
constexpr int kNapsPerCheck = 500;

constexpr uint32_t kDone = 1;
constexpr uint32_t kFailed = 2;

void Answer(Request& request, uint32_t state) {
  request.state.store(state, std::memory_order_release);
  request.state.notify_one();
}

}  // namespace

Dispatcher::Dispatcher(int device, int multiprocessors)
    : device_(device), multiprocessors_(multiprocessors), thread_([this] { Work(); }) {}

Dispatcher::~Dispatcher() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Dispatcher::Run(Request& request) {
  request.state.store(0, std::memory_order_relaxed);
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    if (has_failed_) return false;
    is_first = pending_.empty();
    pending_.push_back(&request);
  }
  if (is_first) wake_.notify_one();
  request.state.wait(0, std::memory_order_acquire);
  return request.state.load(std::memory_order_acquire) == kDone;
}

std::string Dispatcher::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Dispatcher::Work() {
  (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // short naps
  cudaError_t error = cudaSetDevice(device_);
  for (cudaStream_t& stream : streams_) {
    if (error == cudaSuccess) error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  }
  if (error != cudaSuccess) Fail(error);
  std::vector<Request*> batch;
  int naps = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (running_.empty()) wake_.wait(lock, [this] { return is_closing_ || !pending_.empty(); });
      if (is_closing_ && pending_.empty() && running_.empty()) break;
      batch.swap(pending_);
    }
    const bool has_news = !batch.empty();
    if (has_news) Launch(batch);
    batch.clear();
    if (Collect() || has_news) {
      naps = 0;
      continue;
    }
    std::this_thread::sleep_for(kNap);
    if (++naps % kNapsPerCheck == 0) CheckStreams();
  }
  for (cudaStream_t stream : streams_) {
    if (stream != nullptr) (void)cudaStreamDestroy(stream);
  }
}

int Dispatcher::FreeStream() {
  for (int i = 0; i < kStreams; ++i) {
    next_stream_ = (next_stream_ + 1) % kStreams;
    if (users_[next_stream_] == 0) break;
  }
  return next_stream_;
}

// Requests for one network go together. How many lanes a block of threads takes follows from all
// that will be in flight, so that few lanes are quick and many share the reading of weights.
void Dispatcher::Launch(std::vector<Request*>& batch) {
  if (has_failed_) {
    for (Request* request : batch) Answer(*request, kFailed);
    return;
  }
  for (const Request* request : batch) lanes_running_ += request->count;
  std::stable_sort(batch.begin(), batch.end(),
                   [](const Request* a, const Request* b) { return a->network < b->network; });
  TileList list;
  int count = 0;
  const Network* network = nullptr;
  TileShape shape = {};
  int stream = 0;
  for (Request* const request : batch) {
    if (request->network != network) {
      if (count != 0) LaunchTiles(*network, list, count, shape, stream);
      count = 0;
      network = request->network;
      shape = network->ShapeFor(lanes_running_, multiprocessors_);
    }
    request->tiles = (request->count + shape.lanes - 1) / shape.lanes;
    if (count != 0 && count + request->tiles > kMaxTiles) {
      LaunchTiles(*network, list, count, shape, stream);
      count = 0;
    }
    if (count == 0) stream = FreeStream();
    request->stream = stream;
    ++users_[stream];
    ++ticket_;
    for (int t = 0; t < request->tiles; ++t) {
      const int first = t * shape.lanes;
      const int lanes = std::min(shape.lanes, request->count - first);
      uint64_t fresh = 0;
      for (int i = 0; i < lanes; ++i) {
        fresh |= uint64_t{request->fresh[first + i] != 0} << i;
      }
      request->done[t] = 0;
      list.tile[count++] = {.states = request->states + first * StateSize(network->view()),
                            .last_bytes = request->last_bytes + first,
                            .opinions = request->opinions + ptrdiff_t{first} * 256,
                            .done = const_cast<uint32_t*>(request->done) + t,
                            .fresh = fresh,
                            .ticket = 1,
                            .count = static_cast<int16_t>(lanes),
                            .stride = static_cast<int16_t>(request->count),
                            .times = request->times,
                            .opinions_stride = -1};
    }
    running_.push_back(request);
  }
  if (count != 0) LaunchTiles(*network, list, count, shape, stream);
}

void Dispatcher::LaunchTiles(const Network& network, const TileList& tiles, int count,
                             TileShape shape, int stream) {
  if (has_failed_) return;
  const cudaError_t error = LaunchStep(network.view(), tiles, count, shape, streams_[stream]);
  if (error != cudaSuccess) Fail(error);
}

// Answers those whose tiles are all done; whether there was one.
bool Dispatcher::Collect() {
  const bool has_failed = has_failed_;
  size_t kept = 0;
  for (Request* const request : running_) {
    int done = 0;
    while (done < request->tiles && request->done[done] != 0) ++done;
    if (done < request->tiles && !has_failed) {
      running_[kept++] = request;
      continue;
    }
    --users_[request->stream];
    lanes_running_ -= request->count;
    Answer(*request, done == request->tiles ? kDone : kFailed);
  }
  const bool has_answered = kept != running_.size();
  running_.resize(kept);
  return has_answered;
}

// Kernels that break off set no words.
void Dispatcher::CheckStreams() {
  for (int i = 0; i < kStreams; ++i) {
    if (users_[i] == 0 || has_failed_) continue;
    const cudaError_t error = cudaStreamQuery(streams_[i]);
    if (error != cudaSuccess && error != cudaErrorNotReady) Fail(error);
  }
}

void Dispatcher::Fail(cudaError_t error) {
  const std::lock_guard lock(mutex_);
  if (!has_failed_) failure_ = cudaGetErrorString(error);
  has_failed_ = true;
}

}  // namespace lmz::cuda
