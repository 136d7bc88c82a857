#include "device/cuda_device.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/cpu_share.h"
#include "cpu/inverse_sqrt.h"
#include "device/cuda_library.h"
#include "device/cuda_transformer.h"
#include "device/fallback_session.h"
#include "device/fallback_token_session.h"
#include "model/glr/glr_predictor.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/tables.h"

namespace lmz {

namespace {

// A block that waits for its step leaves its thread's share of the CPU to others: so many blocks
// for each thread keep all of them busy.
constexpr int kBlocksPerThread = 4;
constexpr int kMostBlocks = 192;

lmz_cuda_matrix MatrixOf(const Int8Matrix& m) {
  const size_t rows = m.row_scale.size();
  return {.rows = static_cast<int32_t>(rows),
          .columns = static_cast<int32_t>(m.weights.size() / rows),
          .sum_shift = m.sum_shift,
          .scale_exponent = m.scale_exponent,
          .row_scale = m.row_scale.data(),
          .weights = m.weights.data()};
}

lmz_cuda_norm NormOf(const NormWeights& n, const PackedNorm& packed) {
  return {.fraction = n.fraction, .epsilon = packed.epsilon, .weights = n.weights.data()};
}

lmz_cuda_layer LayerOf(const GlrLayer& layer, const PackedLayer& packed) {
  return {.input_norm = NormOf(layer.input_norm, packed.input_norm),
          .state_norm = NormOf(layer.state_norm, packed.state_norm),
          .hidden_norm = NormOf(layer.hidden_norm, packed.hidden_norm),
          .mix = {layer.mix[0].data(), layer.mix[1].data(), layer.mix[2].data()},
          .value = MatrixOf(layer.value),
          .forget = MatrixOf(layer.forget),
          .gate = MatrixOf(layer.gate),
          .forget_bias = layer.forget_bias.data(),
          .hidden_mix = layer.hidden_mix.data(),
          .output = MatrixOf(layer.output),
          .up = MatrixOf(layer.up),
          .down = MatrixOf(layer.down)};
}

// One GPU and the networks that it has.
class Gpu {
 public:
  Gpu(const lmz_cuda_api& api, lmz_cuda_device* device) : api_(api), device_(device) {}
  ~Gpu() {
    for (const auto& [id, network] : networks_) {
      if (network != nullptr) api_.unload(network);
    }
    for (const auto& [id, network] : token_networks_) {
      if (network != nullptr) api_.unload_tokens(network);
    }
    api_.close(device_);
  }
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  const lmz_cuda_api& api() const { return api_; }
  std::string name() const { return api_.name(device_); }

  // The network on the device, loaded when it is asked for first; null with a text in `error` when
  // that cannot be. Thread-safe.
  lmz_cuda_network* NetworkOf(const GlrPredictor& predictor, char* error) {
    const std::lock_guard lock(mutex_);
    const auto known = networks_.find(predictor.id());
    if (known != networks_.end()) return known->second;
    const PackedGlr& packed = predictor.weights();
    const GlrWeights weights = packed.Unpack();
    std::vector<lmz_cuda_layer> layers;
    for (size_t i = 0; i < weights.layers.size(); ++i) {
      layers.push_back(LayerOf(weights.layers[i], packed.layers[i]));
    }
    const lmz_cuda_weights all = {.width = weights.shape.width,
                                  .layers = weights.shape.layers,
                                  .state = weights.shape.state,
                                  .hidden = weights.shape.hidden,
                                  .embedding = weights.embedding.data(),
                                  .layer = layers.data(),
                                  .final_norm = NormOf(weights.final_norm, packed.final_norm),
                                  .head = MatrixOf(weights.head),
                                  .head_bias = weights.head_bias.data(),
                                  .sigmoid = kSigmoidTable.data(),
                                  .exp2 = kExp2Table.data(),
                                  .root_seeds = kInverseSqrtSeeds.data(),
                                  .factors = kFactorTable.data(),
                                  .mantissas = kMantissaTable.data()};
    lmz_cuda_network* const network = api_.load(device_, &all, error);
    networks_.emplace(predictor.id(), network);
    return network;
  }
  lmz_cuda_token_network* NetworkOf(const TransformerPredictor& predictor, char* error) {
    const std::lock_guard lock(mutex_);
    const auto known = token_networks_.find(predictor.id());
    if (known != token_networks_.end()) return known->second;
    const UnpackedTransformer unpacked(predictor);
    lmz_cuda_token_network* const network = api_.load_tokens(device_, &unpacked.weights(), error);
    token_networks_.emplace(predictor.id(), network);
    return network;
  }

 private:
  const lmz_cuda_api& api_;
  lmz_cuda_device* const device_;
  std::mutex mutex_;
  // Guarded by mutex_; null: it does not fit.
  std::map<ModelId, lmz_cuda_network*> networks_;
  std::map<ModelId, lmz_cuda_token_network*> token_networks_;
};

class CudaLanes final : public RemoteLanes {
 public:
  CudaLanes(std::shared_ptr<Gpu> gpu, lmz_cuda_session* session, CpuShare* share)
      : gpu_(std::move(gpu)), session_(session), share_(share) {}
  ~CudaLanes() override { gpu_->api().end(session_); }

  Status Step(int first, int count, int times, const uint8_t* last_bytes,
              uint32_t* opinions) override {
    std::array<char, LMZ_CUDA_ERROR_SIZE> error{};
    const CpuShare::Pause pause(share_);
    const bool is_done =
        gpu_->api().step(session_, first, count, times, last_bytes, opinions, error.data()) == 0;
    return is_done ? OkStatus() : Status(Code::kIo, error.data());
  }
  void Reset(int lane) override { gpu_->api().reset(session_, lane); }

 private:
  const std::shared_ptr<Gpu> gpu_;
  lmz_cuda_session* const session_;
  CpuShare* const share_;
};

class CudaTokens final : public TokenSession {
 public:
  CudaTokens(std::shared_ptr<Gpu> gpu, lmz_cuda_token_session* session, CpuShare* share)
      : gpu_(std::move(gpu)), session_(session), share_(share) {}
  ~CudaTokens() override { gpu_->api().end_tokens(session_); }

  Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
              uint32_t* weights) override {
    std::array<char, LMZ_CUDA_ERROR_SIZE> error{};
    const CpuShare::Pause pause(share_);
    const bool is_done =
        gpu_->api().step_tokens(session_, lanes.data(), static_cast<int32_t>(lanes.size()),
                                positions, tokens, weights, error.data()) == 0;
    return is_done ? OkStatus() : Status(Code::kIo, error.data());
  }
  uint32_t* WeightsMemory() override { return gpu_->api().tokens_memory(session_); }

 private:
  const std::shared_ptr<Gpu> gpu_;
  lmz_cuda_token_session* const session_;
  CpuShare* const share_;
};

class CudaDevice final : public Device {
 public:
  explicit CudaDevice(std::vector<std::shared_ptr<Gpu>> gpus) : gpus_(std::move(gpus)) {}

  std::unique_ptr<Session> Begin(const Predictor& predictor, const SessionSize& size,
                                 CpuShare* share) override {
    const auto* const network = dynamic_cast<const GlrPredictor*>(&predictor);
    if (network == nullptr || has_failed_) return predictor.Begin(size);
    const std::shared_ptr<Gpu>& gpu = gpus_[next_++ % gpus_.size()];
    std::array<char, LMZ_CUDA_ERROR_SIZE> error{};
    lmz_cuda_network* const loaded = gpu->NetworkOf(*network, error.data());
    lmz_cuda_session* const session =
        loaded == nullptr ? nullptr
                          : gpu->api().begin(loaded, size.lanes, size.lanes_per_step,
                                             size.steps_ahead, error.data());
    if (session == nullptr) {
      RememberMisfit(error.data());
      return predictor.Begin(size);
    }
    return std::make_unique<FallbackSession>(std::make_unique<CudaLanes>(gpu, session, share),
                                             predictor, size,
                                             [this](const Status& status) { Fail(status); });
  }

  std::unique_ptr<TokenSession> BeginTokens(const TokenPredictor& predictor,
                                            const TokenSessionSize& size,
                                            CpuShare* share) override {
    const auto* const network = dynamic_cast<const TransformerPredictor*>(&predictor);
    if (network == nullptr || has_failed_) return predictor.Begin(size);
    const std::shared_ptr<Gpu>& gpu = gpus_[next_++ % gpus_.size()];
    std::array<char, LMZ_CUDA_ERROR_SIZE> error{};
    lmz_cuda_token_network* const loaded = gpu->NetworkOf(*network, error.data());
    lmz_cuda_token_session* const session =
        loaded == nullptr
            ? nullptr
            : gpu->api().begin_tokens(loaded, size.lanes, size.positions, error.data());
    if (session == nullptr) {
      RememberMisfit(error.data());
      return predictor.Begin(size);
    }
    return std::make_unique<FallbackTokenSession>(std::make_unique<CudaTokens>(gpu, session, share),
                                                  predictor, size,
                                                  [this](const Status& status) { Fail(status); });
  }

  bool IsWorthIt(uint64_t, int, uint64_t) override { return true; }

  int BlocksTogether(int threads) const override { return CudaBlocksTogether(threads); }

  std::string name() const override {
    std::string names;
    for (const auto& gpu : gpus_) names += (names.empty() ? "" : ", ") + gpu->name();
    return names;
  }

  std::string failure() const override {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  void RememberMisfit(const char* error) {
    Remember(Status(Code::kIo, error[0] != '\0' ? error : "the model does not fit"));
  }
  void Fail(const Status& status) {
    has_failed_ = true;
    Remember(status);
  }
  void Remember(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (failure_.empty()) failure_ = status.message();
  }

  const std::vector<std::shared_ptr<Gpu>> gpus_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex mutex_;
  std::string failure_;  // guarded by mutex_
};

Result<std::shared_ptr<Gpu>> OpenGpu(int number) {
  LMZ_ASSIGN(const lmz_cuda_api* const api, CudaLibrary());
  const int count = api->count();
  if (count == 0) return Status(Code::kIo, "there is none with a driver that lmz can use");
  if (number >= count) {
    return Status(Code::kIo, "there are " + std::to_string(count) +
                                 ", numbered from 0; none has number " + std::to_string(number));
  }
  std::array<char, LMZ_CUDA_ERROR_SIZE> error{};
  lmz_cuda_device* const device = api->open(number, error.data());
  if (device == nullptr) {
    return Status(Code::kIo, "number " + std::to_string(number) + ": " + error.data());
  }
  return std::make_shared<Gpu>(*api, device);
}

}  // namespace

int CudaBlocksTogether(int threads) {
  return std::min(kBlocksPerThread * threads + kBlocksPerThread, kMostBlocks);
}

Result<std::shared_ptr<Device>> OpenCuda(int number) {
  std::vector<std::shared_ptr<Gpu>> gpus;
  LMZ_ASSIGN(const lmz_cuda_api* const api, CudaLibrary());
  const int end = number < 0 ? std::max(api->count(), 1) : number + 1;
  for (int i = std::max(number, 0); i < end; ++i) {
    LMZ_ASSIGN(gpus.emplace_back(), OpenGpu(i));
  }
  return std::shared_ptr<Device>(std::make_shared<CudaDevice>(std::move(gpus)));
}

Result<CudaTime> MeasureCuda(const Predictor& predictor, const CudaSteps& steps,
                             ByteSpan last_bytes) {
  const auto* const network = dynamic_cast<const GlrPredictor*>(&predictor);
  if (network == nullptr ||
      last_bytes.size() != static_cast<size_t>(steps.lanes) * static_cast<size_t>(steps.times)) {
    return Status(Code::kInvalidArgument, "a recurrent network reads a byte a lane and step");
  }
  LMZ_ASSIGN(const std::shared_ptr<Gpu> gpu, OpenGpu(steps.number));
  std::array<char, LMZ_CUDA_ERROR_SIZE> error{};
  lmz_cuda_network* const loaded = gpu->NetworkOf(*network, error.data());
  if (loaded == nullptr) return Status(Code::kIo, error.data());
  CudaTime time;
  time.opinions.resize(static_cast<size_t>(steps.lanes) * kByteValues);
  const int64_t microseconds =
      gpu->api().measure(loaded, steps.lanes, steps.times, steps.lanes_per_block, last_bytes.data(),
                         time.opinions.data(), error.data());
  if (microseconds < 0) return Status(Code::kIo, error.data());
  time.microseconds = static_cast<uint64_t>(microseconds);
  return time;
}

}  // namespace lmz
