#include "train/network/device.h"

#include <ATen/ATen.h>

#include <cstring>

#ifdef LMZ_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/cuda.h>
#endif

namespace lmz::train {

#ifdef LMZ_CUDA

namespace {
constexpr int kRunsBeforeGraph = 3;  // libraries choose their kernels and memory in the first runs
}  // namespace

Result<at::Device> FindDevice(const std::string& name, int local_rank) {
  const bool there = torch::cuda::is_available();
  if (name == "cpu" || (name == "auto" && !there)) return at::Device(at::kCPU);
  if (name != "auto" && name != "cuda") {
    return Status(Code::kInvalidArgument, "the device " + name + " is unknown: use cpu or cuda");
  }
  if (!there) return Status(Code::kInvalidArgument, "no CUDA device found: use cpu");
  const auto index =
      static_cast<c10::DeviceIndex>(static_cast<size_t>(local_rank) % torch::cuda::device_count());
  c10::cuda::set_device(index);
  // Graphs cannot be recorded on the default stream.
  c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, index));
  return at::Device(at::kCUDA, index);
}

const Operations& OperationsFor(const at::Device& device, at::ScalarType element) {
  return device.is_cuda() ? CudaOperations(element == at::kBFloat16) : CpuOperations();
}

void* CurrentStream(const at::Device& device) {
  return device.is_cuda() ? c10::cuda::getCurrentCUDAStream().stream() : nullptr;
}

void Synchronize(const at::Device& device) {
  if (device.is_cuda()) c10::cuda::getCurrentCUDAStream().synchronize();
}

struct Replay::Graph {
  at::cuda::CUDAGraph graph;
};

void Replay::Run() {
  ++runs_;
  if (!device_.is_cuda() || runs_ <= kRunsBeforeGraph) return work_();
  if (graph_ == nullptr) {
    Synchronize(device_);
    graph_ = std::make_unique<Graph>();
    // Threads that watch the exchange between processes ask for events meanwhile.
    graph_->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    work_();
    graph_->graph.capture_end();
  }
  graph_->graph.replay();
}

#else

Result<at::Device> FindDevice(const std::string& name, int) {
  if (name == "cpu" || name == "auto") return at::Device(at::kCPU);
  return Status(Code::kInvalidArgument, "this lmz-train was built without CUDA, so the device " +
                                            name + " cannot be used: use cpu");
}

const Operations& OperationsFor(const at::Device&, at::ScalarType) {
  return CpuOperations();
}

void* CurrentStream(const at::Device&) {
  return nullptr;
}

void Synchronize(const at::Device&) {}

struct Replay::Graph {};

void Replay::Run() {
  ++runs_;
  work_();
}

#endif

at::Tensor ToDevice(ByteSpan bytes, const at::Device& device) {
  const at::Tensor host = at::empty({static_cast<int64_t>(bytes.size())}, at::kByte);
  std::memcpy(host.data_ptr(), bytes.data(), bytes.size());
  return host.to(device);
}

Replay::Replay(const at::Device& device, std::function<void()> work)
    : device_(device), work_(std::move(work)) {}

Replay::~Replay() = default;

}  // namespace lmz::train
