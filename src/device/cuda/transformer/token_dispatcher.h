// Gathers the steps of tokens that sessions ask for, and hands them to a GPU as one step of many
// rows: its products want all multiprocessors, and weights are read once for all.
//
// A thread that asks for a step sleeps until its weights have come. While those of one step are
// copied to the host, the next one is computed; what is asked for meanwhile gathers.
#pragma once

#include <cuda_runtime.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "device/cuda/transformer/token_network.h"

namespace lmz::cuda {

struct TokenRequest {
  const TokenRow* rows = nullptr;  // [count]: of distinct lanes or of positions in a row
  int count = 0;                   // 1 .. kMostStepRows
  uint32_t* weights = nullptr;     // [count][token_count], pinned

  std::atomic<uint32_t> state = 0;  // of the dispatcher
};

class TokenDispatcher {
 public:
  // `device` is the number of the GPU, on which `network` is.
  TokenDispatcher(int device, const TokenNetwork& network);
  // Nobody waits for a request any more.
  ~TokenDispatcher();
  TokenDispatcher(const TokenDispatcher&) = delete;
  TokenDispatcher& operator=(const TokenDispatcher&) = delete;

  // Does what is asked and waits for it; false when the device fails, then and ever after.
  // Thread-safe.
  bool Run(TokenRequest& request);

  // Why it failed.
  std::string failure();

 private:
  static constexpr int kBuffers = 2;

  // A step under way, in one of the buffers for weights.
  struct Batch {
    std::vector<TokenRequest*> requests;
    TokenRow* rows = nullptr;  // pinned, [kMostStepRows]
    cudaEvent_t computed = nullptr;
    cudaEvent_t copied = nullptr;
    bool is_computing = false;
  };

  void Work();
  cudaError_t SetUp();
  void TearDown();
  void TakePending(Batch& batch, std::vector<TokenRequest*>& waiting);
  cudaError_t Start(int buffer);
  cudaError_t Launch(const TokenNetwork::Step& step);
  // Whether something has changed.
  bool Watch(Batch& batch);
  void Fail(cudaError_t error);

  const int device_;
  const TokenNetwork& network_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<TokenRequest*> pending_;  // guarded by mutex_
  std::string failure_;                 // guarded by mutex_
  bool is_closing_ = false;             // guarded by mutex_
  std::atomic<bool> has_failed_ = false;

  // Of its thread:
  TokenWork work_ = {};
  Batch batches_[kBuffers];
  cudaStream_t compute_ = nullptr;
  cudaStream_t copy_ = nullptr;
  // Steps as graphs, which cost one call, by rows and whether some attend together; null: met once.
  std::map<std::pair<int, bool>, cudaGraphExec_t> graphs_[kBuffers];

  std::thread thread_;
};

}  // namespace lmz::cuda
