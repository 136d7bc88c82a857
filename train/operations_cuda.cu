#include "bytes.cuh"
#include "norm_gate.cuh"
#include "norm_shift.cuh"
#include "operations.h"
#include "scan.cuh"

namespace lmz {

namespace {

constexpr int kBlocks = 528;  // four for each multiprocessor of the largest chip so far

cudaStream_t Stream(void* stream) { return static_cast<cudaStream_t>(stream); }

unsigned CountBlocks(int64_t work, int64_t per_block) {
  return static_cast<unsigned>((work + per_block - 1) / per_block);
}

unsigned ScanBlocks(const BatchShape& batch, int width) {
  return CountBlocks(int64_t{batch.rows} * width / 2, kWarp);
}

__device__ inline float Root(float x) { return sqrtf(x); }

template <class T>
__global__ void __launch_bounds__(kBlockThreads) SquaredReluKernel(T* x, int64_t pairs) {
  const int64_t stride = int64_t{gridDim.x} * kBlockThreads;
  for (int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x; i < pairs; i += stride) {
    float2 v = LoadPair(x + 2 * i);
    v = {fmaxf(0, v.x), fmaxf(0, v.y)};
    StorePair(x + 2 * i, v * v);
  }
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    SquaredReluBackwardKernel(const T* __restrict__ square, T* __restrict__ gradient,
                              int64_t pairs) {
  const int64_t stride = int64_t{gridDim.x} * kBlockThreads;
  for (int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x; i < pairs; i += stride) {
    const float2 s = LoadPair(square + 2 * i);
    StorePair(gradient + 2 * i, LoadPair(gradient + 2 * i) * float2{2 * Root(s.x), 2 * Root(s.y)});
  }
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads) AdamWKernel(AdamW a) {
  const int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x;
  if (i >= a.size) return;
  const float rate = a.rate[0];
  const float gradient = a.gradient[i] * fminf(1.0f, a.clip / (a.norm[0] + 1e-6f));
  const float mean = a.mean[i] + (1 - a.beta1) * (gradient - a.mean[i]);
  const float square = a.square[i] + (1 - a.beta2) * (gradient * gradient - a.square[i]);
  a.mean[i] = mean;
  a.square[i] = square;
  const float step = mean / a.rate[1] / (sqrtf(square / a.rate[2]) + a.epsilon);
  const float value = a.value[i] - rate * (step + a.weight_decay * a.value[i]);
  a.value[i] = value;
  if (a.copy != nullptr) static_cast<T*>(a.copy)[i] = static_cast<T>(value);
}

void DoGatherBytes(const GatherBytes& a, void* stream) {
  GatherBytesKernel<<<static_cast<unsigned>(a.batch.rows), kBlockThreads, 0, Stream(stream)>>>(a);
}

// The same entry points for one element type.
template <class T>
struct Cuda {
  static void DoEmbed(const Embed& a, void* stream) {
    EmbedKernel<T><<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static void DoEmbedBackward(const EmbedBackward& a, void* stream) {
    const dim3 grid(static_cast<unsigned>(a.blocks), CountBlocks(a.width, kWarp));
    EmbedBackwardKernel<T><<<grid, kWarp, 0, Stream(stream)>>>(a);
  }
  static void DoNormShift(const NormShift& a, void* stream) {
    const unsigned blocks =
        CountBlocks(int64_t{a.batch.rows} * (a.batch.steps / kRun), kBlockWarps);
    WithPairs(a.width, [&](auto p) {
      constexpr int kP = decltype(p)::value;
      if (a.mixes == 0) NormShiftKernel<T, kP, 0><<<blocks, kBlockThreads, 0, Stream(stream)>>>(a);
      if (a.mixes == 1) NormShiftKernel<T, kP, 1><<<blocks, kBlockThreads, 0, Stream(stream)>>>(a);
      if (a.mixes == 3) NormShiftKernel<T, kP, 3><<<blocks, kBlockThreads, 0, Stream(stream)>>>(a);
    });
  }
  static void DoNormShiftBackward(const NormShiftBackward& a, void* stream) {
    const unsigned b = static_cast<unsigned>(a.blocks);
    WithPairs(a.width, [&](auto p) {
      constexpr int kP = decltype(p)::value;
      const cudaStream_t s = Stream(stream);
      if (a.mixes == 0) NormShiftBackwardKernel<T, kP, 0><<<b, kBlockThreads, 0, s>>>(a);
      if (a.mixes == 1) NormShiftBackwardKernel<T, kP, 1><<<b, kBlockThreads, 0, s>>>(a);
      if (a.mixes == 3) NormShiftBackwardKernel<T, kP, 3><<<b, kBlockThreads, 0, s>>>(a);
    });
  }
  static void DoScan(const Scan& a, void* stream) {
    ScanKernel<T><<<ScanBlocks(a.batch, a.width), kScanWarps * kWarp, 0, Stream(stream)>>>(a);
  }
  static void DoScanBackward(const ScanBackward& a, void* stream) {
    ScanBackwardKernel<T>
        <<<ScanBlocks(a.batch, a.width), kScanWarps * kWarp, 0, Stream(stream)>>>(a);
  }
  static void DoNormGate(const NormGate& a, void* stream) {
    WithPairs(a.width, [&](auto p) {
      NormGateKernel<T, decltype(p)::value>
          <<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(a);
    });
  }
  static void DoNormGateBackward(const NormGateBackward& a, void* stream) {
    WithPairs(a.width, [&](auto p) {
      NormGateBackwardKernel<T, decltype(p)::value>
          <<<static_cast<unsigned>(a.blocks), kBlockThreads, 0, Stream(stream)>>>(a);
    });
  }
  static void DoSquaredRelu(void* x, int64_t size, void* stream) {
    SquaredReluKernel<<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(static_cast<T*>(x),
                                                                        size / 2);
  }
  static void DoSquaredReluBackward(const void* square, void* gradient, int64_t size,
                                    void* stream) {
    SquaredReluBackwardKernel<<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(
        static_cast<const T*>(square), static_cast<T*>(gradient), size / 2);
  }
  static void DoLoss(const Loss& a, void* stream) {
    LossKernel<T><<<static_cast<unsigned>(a.blocks), kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static void DoAdamW(const AdamW& a, void* stream) {
    AdamWKernel<T><<<CountBlocks(a.size, kBlockThreads), kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static constexpr Operations kTable = {
      DoGatherBytes,       DoEmbed,    DoEmbedBackward,    DoNormShift,
      DoNormShiftBackward, DoScan,     DoScanBackward,     DoNormGate,
      DoNormGateBackward,  DoSquaredRelu, DoSquaredReluBackward, DoLoss,
      DoAdamW,             kBlocks,
  };
};

}  // namespace

const Operations& CudaOperations(bool bfloat16) {
  return bfloat16 ? Cuda<__nv_bfloat16>::kTable : Cuda<float>::kTable;
}

}  // namespace lmz
