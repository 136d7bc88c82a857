#include "device/cuda/transformer/token_dispatcher.h"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>

namespace lmz::cuda {

namespace {

// A step takes some milliseconds.
constexpr std::chrono::microseconds kNap{10};
constexpr size_t kMostGraphs = 64;

constexpr uint32_t kDone = 1;
constexpr uint32_t kFailed = 2;

void Answer(TokenRequest& request, uint32_t state) {
  request.state.store(state, std::memory_order_release);
  request.state.notify_one();
}

}  // namespace

TokenDispatcher::TokenDispatcher(int device, const TokenNetwork& network)
    : device_(device), network_(network), thread_([this] { Work(); }) {}

TokenDispatcher::~TokenDispatcher() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool TokenDispatcher::Run(TokenRequest& request) {
  request.state.store(0, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    if (has_failed_) return false;
    pending_.push_back(&request);
  }
  wake_.notify_one();
  request.state.wait(0, std::memory_order_acquire);
  return request.state.load(std::memory_order_acquire) == kDone;
}

std::string TokenDispatcher::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

cudaError_t TokenDispatcher::SetUp() {
  cudaError_t error = cudaSetDevice(device_);
  if (error == cudaSuccess && !network_.TakeWork(work_)) error = cudaErrorMemoryAllocation;
  for (cudaStream_t* stream : {&compute_, &copy_}) {
    if (error == cudaSuccess) error = cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking);
  }
  for (Batch& batch : batches_) {
    if (error == cudaSuccess) {
      error = cudaHostAlloc(reinterpret_cast<void**>(&batch.rows), kMostStepRows * sizeof(TokenRow),
                            cudaHostAllocPortable);
    }
    for (cudaEvent_t* event : {&batch.computed, &batch.copied}) {
      if (error == cudaSuccess) error = cudaEventCreateWithFlags(event, cudaEventDisableTiming);
    }
  }
  return error;
}

void TokenDispatcher::TearDown() {
  for (auto& graphs : graphs_) {
    for (const auto& [key, graph] : graphs) {
      if (graph != nullptr) (void)cudaGraphExecDestroy(graph);
    }
  }
  for (Batch& batch : batches_) {
    for (cudaEvent_t event : {batch.computed, batch.copied}) {
      if (event != nullptr) (void)cudaEventDestroy(event);
    }
    if (batch.rows != nullptr) (void)cudaFreeHost(batch.rows);
  }
  for (cudaStream_t stream : {compute_, copy_}) {
    if (stream != nullptr) (void)cudaStreamDestroy(stream);
  }
  TokenNetwork::Release(work_);
}

// As many as fit in a step, in the order in which they came.
void TokenDispatcher::TakePending(Batch& batch, std::vector<TokenRequest*>& waiting) {
  int rows = 0;
  size_t taken = 0;
  while (taken < waiting.size() && rows + waiting[taken]->count <= kMostStepRows) {
    std::copy_n(waiting[taken]->rows, waiting[taken]->count, batch.rows + rows);
    rows += waiting[taken]->count;
    ++taken;
  }
  const auto end = waiting.begin() + static_cast<ptrdiff_t>(taken);
  batch.requests.assign(waiting.begin(), end);
  waiting.erase(waiting.begin(), end);
}

// As a graph when such a step has been met before.
cudaError_t TokenDispatcher::Launch(const TokenNetwork::Step& step) {
  auto& graphs = graphs_[step.buffer];
  const std::pair key(step.rows, step.has_groups);
  const auto known = graphs.find(key);
  if (known != graphs.end() && known->second != nullptr) {
    return cudaGraphLaunch(known->second, compute_);
  }
  if (known == graphs.end()) {
    if (graphs.size() < kMostGraphs) graphs.emplace(key, nullptr);
    return network_.Launch(work_, step, compute_);
  }
  cudaGraph_t graph = nullptr;
  cudaError_t error = cudaStreamBeginCapture(compute_, cudaStreamCaptureModeThreadLocal);
  if (error == cudaSuccess) error = network_.Launch(work_, step, compute_);
  const cudaError_t end = cudaStreamEndCapture(compute_, &graph);
  if (error == cudaSuccess) error = end;
  if (error == cudaSuccess) error = cudaGraphInstantiate(&known->second, graph, 0);
  if (graph != nullptr) (void)cudaGraphDestroy(graph);
  return error == cudaSuccess ? cudaGraphLaunch(known->second, compute_) : error;
}

cudaError_t TokenDispatcher::Start(int buffer) {
  Batch& batch = batches_[buffer];
  int rows = 0;
  for (const TokenRequest* request : batch.requests) rows += request->count;
  batch.is_computing = true;
  cudaError_t error = cudaMemcpyAsync(const_cast<TokenRow*>(work_.rows), batch.rows,
                                      static_cast<size_t>(rows) * sizeof(TokenRow),
                                      cudaMemcpyHostToDevice, compute_);
  const bool has_groups = std::any_of(batch.rows, batch.rows + rows,
                                      [](const TokenRow& row) { return row.group != 1; });
  if (error == cudaSuccess) error = Launch({rows, has_groups, buffer});
  if (error == cudaSuccess) error = cudaEventRecord(batch.computed, compute_);
  if (error == cudaSuccess) error = cudaStreamWaitEvent(copy_, batch.computed, 0);
  const auto row_size = static_cast<size_t>(network_.shape().token_count);
  const uint32_t* from = work_.weights[buffer];
  for (const TokenRequest* request : batch.requests) {
    const size_t size = static_cast<size_t>(request->count) * row_size;
    if (error == cudaSuccess) {
      error = cudaMemcpyAsync(request->weights, from, size * sizeof(uint32_t),
                              cudaMemcpyDeviceToHost, copy_);
    }
    from += size;
  }
  return error == cudaSuccess ? cudaEventRecord(batch.copied, copy_) : error;
}

bool TokenDispatcher::Watch(Batch& batch) {
  if (batch.requests.empty()) return false;
  if (has_failed_) {
    for (TokenRequest* request : batch.requests) Answer(*request, kFailed);
    batch.requests.clear();
    batch.is_computing = false;
    return true;
  }
  const cudaError_t error = cudaEventQuery(batch.is_computing ? batch.computed : batch.copied);
  if (error == cudaErrorNotReady) return false;
  if (error != cudaSuccess) {
    Fail(error);
  } else if (batch.is_computing) {
    batch.is_computing = false;
  } else {
    for (TokenRequest* request : batch.requests) Answer(*request, kDone);
    batch.requests.clear();
  }
  return true;
}

void TokenDispatcher::Work() {
  (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // short naps
  const cudaError_t ready = SetUp();
  if (ready != cudaSuccess) Fail(ready);
  std::vector<TokenRequest*> waiting;
  const auto is_idle = [](const Batch& batch) { return batch.requests.empty(); };
  for (;;) {
    const bool are_idle = std::all_of(std::begin(batches_), std::end(batches_), is_idle);
    {
      std::unique_lock lock(mutex_);
      if (are_idle && waiting.empty()) {
        wake_.wait(lock, [this] { return is_closing_ || !pending_.empty(); });
        if (pending_.empty()) break;
      }
      waiting.insert(waiting.end(), pending_.begin(), pending_.end());
      pending_.clear();
    }
    if (has_failed_) {
      for (TokenRequest* request : waiting) Answer(*request, kFailed);
      waiting.clear();
    }
    bool has_news = false;
    for (Batch& batch : batches_) has_news |= Watch(batch);
    const auto is_computing = [](const Batch& batch) { return batch.is_computing; };
    const bool is_free = std::none_of(std::begin(batches_), std::end(batches_), is_computing);
    const auto next = std::find_if(std::begin(batches_), std::end(batches_), is_idle);
    if (!waiting.empty() && is_free && next != std::end(batches_)) {
      TakePending(*next, waiting);
      const cudaError_t error = Start(static_cast<int>(next - std::begin(batches_)));
      if (error != cudaSuccess) Fail(error);
      has_news = true;
    }
    if (!has_news) std::this_thread::sleep_for(kNap);
  }
  if (compute_ != nullptr) (void)cudaStreamSynchronize(compute_);
  TearDown();
}

void TokenDispatcher::Fail(cudaError_t error) {
  const std::lock_guard lock(mutex_);
  if (!has_failed_) failure_ = cudaGetErrorString(error);
  has_failed_ = true;
}

}  // namespace lmz::cuda
