// A transformer on a GPU: its weights in the order of the kernels, and its steps.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <string>
#include <vector>

#include "device/cuda/abi.h"
#include "device/cuda/transformer/token_launch.h"
#include "device/cuda/transformer/token_view.h"

namespace lmz::cuda {

class TokenNetwork {
 public:
  // Copies the weights to the current device. On failure `error` says why and the network must not
  // be used. `shared_limit`: bytes that a block of threads may have.
  TokenNetwork(const lmz_cuda_transformer& weights, int shared_limit, std::string& error);
  ~TokenNetwork();
  TokenNetwork(const TokenNetwork&) = delete;
  TokenNetwork& operator=(const TokenNetwork&) = delete;

  const TokenShape& shape() const { return shape_; }

  // The bytes of a lane's cache.
  size_t lane_size() const;

  // Memory for steps on the current device, which Release gives back. False without memory.
  bool TakeWork(TokenWork& work) const;
  static void Release(TokenWork& work);

  // A step of the first `rows` of work.rows, whose weights go to work.weights[buffer].
  struct Step {
    int rows;
    bool has_groups;  // rows that attend together
    int buffer;
  };
  // Starts it on `stream`. Waits for nothing.
  cudaError_t Launch(const TokenWork& work, const Step& step, cudaStream_t stream) const;

 private:
  void LaunchLayer(const TokenWork& work, int number, const Step& step, cudaStream_t stream) const;

  TokenShape shape_ = {};
  TokenEmbedding embedding_ = {};
  TokenTables tables_ = {};
  VirtualTokens virtual_tokens_ = {};
  std::vector<TokenLayer> layers_;
  TokenNorm final_norm_ = {};
  TokenMatrix head_ = {};
  void* memory_ = nullptr;
};

}  // namespace lmz::cuda
