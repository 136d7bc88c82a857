// Where the trainer computes, and how a step is enqueued there.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "train/network/operations.h"

namespace lmz::train {

// "cpu", "cuda", or "auto" for cuda where there is one. Processes of one machine share its CUDA
// devices: the one with `local_rank` takes that device, counted round. Errors: kInvalidArgument for
// another name or a device that is not here.
Result<at::Device> FindDevice(const std::string& name, int local_rank = 0);

// The table of operations for tensors of type `element` on `device`.
const Operations& OperationsFor(const at::Device& device, at::ScalarType element);

// The queue for Operations: the current CUDA stream, or null.
void* CurrentStream(const at::Device& device);

void Synchronize(const at::Device& device);

// A copy of bytes: uint8 [size].
at::Tensor ToDevice(ByteSpan bytes, const at::Device& device);

// Runs the same work many times. On a CUDA device the work is recorded as a graph after a few runs
// and replayed from then on: it must enqueue the same kernels on the same memory each time, and
// must not wait for the device.
class Replay {
 public:
  Replay(const at::Device& device, std::function<void()> work);
  ~Replay();
  void Run();

 private:
  struct Graph;
  at::Device device_;
  std::function<void()> work_;
  std::unique_ptr<Graph> graph_;
  int runs_ = 0;
};

}  // namespace lmz::train
