// A network's weights in the memory of a GPU, in the order of the kernels.
#pragma once

#include <string>

#include "device/cuda/abi.h"
#include "device/cuda/step_launch.h"

namespace lmz::cuda {

class Network {
 public:
  // Copies the weights to the current device. On failure `error` says why and the network must not
  // be used. `shared_limit`: bytes that a block of threads may have.
  Network(const lmz_cuda_weights& weights, int shared_limit, std::string& error);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const NetworkView& view() const { return view_; }

  // How a step of so many lanes in all is best cut for so many multiprocessors.
  TileShape ShapeFor(int lanes, int multiprocessors) const;

 private:
  NetworkView view_ = {};
  const int shared_limit_;
  void* memory_ = nullptr;
};

}  // namespace lmz::cuda
