#include "device/auto_device.h"

#include <mutex>

#include "device/cuda_device.h"

namespace lmz {

namespace {

// The base model and the large one; with fewer parameters the mixer takes most of the time.
constexpr uint64_t kLeastParameters = uint64_t{1} << 20;
// A step takes about as long for 64 lanes as for one.
constexpr int kLeastLanes = 64;
// With one such block all threads of a CPU are quicker.
constexpr uint64_t kLeastBlocks = 8;

class LazyDevice final : public Device {
 public:
  std::unique_ptr<Session> Begin(const Predictor& predictor, const SessionSize& size,
                                 CpuShare* share) override {
    Device* const gpu = Gpu();
    return gpu == nullptr ? predictor.Begin(size) : gpu->Begin(predictor, size, share);
  }

  std::unique_ptr<TokenSession> BeginTokens(const TokenPredictor& predictor,
                                            const TokenSessionSize& size,
                                            CpuShare* share) override {
    Device* const gpu = Gpu();
    return gpu == nullptr ? predictor.Begin(size) : gpu->BeginTokens(predictor, size, share);
  }

  bool IsWorthIt(uint64_t parameters, int lanes, uint64_t blocks) override {
    return parameters >= kLeastParameters && lanes >= kLeastLanes && blocks >= kLeastBlocks &&
           Gpu() != nullptr;
  }

  int BlocksTogether(int threads) const override { return CudaBlocksTogether(threads); }

  std::string name() const override { return gpu_ == nullptr ? "" : gpu_->name(); }
  std::string failure() const override { return gpu_ == nullptr ? "" : gpu_->failure(); }

 private:
  // Null: there is none.
  Device* Gpu() {
    std::call_once(once_, [this] {
      Result<std::shared_ptr<Device>> gpu = OpenCuda(-1);
      if (gpu.ok()) gpu_ = std::move(gpu).value();
    });
    return gpu_.get();
  }

  std::once_flag once_;
  std::shared_ptr<Device> gpu_;
};

}  // namespace

std::shared_ptr<Device> AutoDevice() {
  return std::make_shared<LazyDevice>();
}

}  // namespace lmz
