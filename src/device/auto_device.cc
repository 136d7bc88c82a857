#include "device/auto_device.h"

#include <mutex>

#include "device/cuda_device.h"

namespace lmz {

namespace {

// A step takes about as long for 64 lanes as for one.
constexpr int kLeastLanes = 64;
// With one such block all threads of a CPU are quicker, with two about as quick
// (docs/benchmarks.md).
constexpr uint64_t kLeastBlocks = 4;
// A transformer of so many parameters keeps a GPU busy with a single block of so many lanes; with
// one lane all threads of a CPU are quicker.
constexpr uint64_t kManyParameters = uint64_t{1} << 26;
constexpr int kLeastLanesOfMany = 8;

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
    const bool is_enough = parameters >= kManyParameters
                               ? lanes >= kLeastLanesOfMany
                               : lanes >= kLeastLanes && blocks >= kLeastBlocks;
    return is_enough && Gpu() != nullptr;
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
