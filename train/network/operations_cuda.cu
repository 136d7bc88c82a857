#include "train/network/bytes.cuh"
#include "train/network/norm_gate.cuh"
#include "train/network/norm_shift.cuh"
#include "train/network/operations.h"
#include "train/network/scan.cuh"

namespace lmz::train {

namespace {

constexpr int kBlocks = 528;  // four for each multiprocessor of the largest chip so far

cudaStream_t Stream(void* stream) {
  return static_cast<cudaStream_t>(stream);
}

unsigned CountBlocks(int64_t work, int64_t per_block) {
  return static_cast<unsigned>((work + per_block - 1) / per_block);
}

unsigned ScanBlocks(const BatchShape& batch, int width) {
  return CountBlocks(int64_t{batch.rows} * width / 2, kWarp);
}

// As many pairs as make 16 bytes.
template <class T>
struct alignas(16) Vector {
  PairOf<T> pair[16 / sizeof(PairOf<T>)];
};

template <class T>
__global__ void __launch_bounds__(kBlockThreads) SquaredReluKernel(Vector<T>* x, int64_t vectors) {
  const int64_t stride = int64_t{gridDim.x} * kBlockThreads;
  for (int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x; i < vectors; i += stride) {
    Vector<T> v = x[i];
    for (PairOf<T>& pair : v.pair) {
      const float2 positive{fmaxf(0, ToFloats(pair).x), fmaxf(0, ToFloats(pair).y)};
      StorePair(reinterpret_cast<T*>(&pair), positive * positive);
    }
    x[i] = v;
  }
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    SquaredReluBackwardKernel(const Vector<T>* __restrict__ square,
                              Vector<T>* __restrict__ gradient, int64_t vectors) {
  const int64_t stride = int64_t{gridDim.x} * kBlockThreads;
  for (int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x; i < vectors; i += stride) {
    const Vector<T> s = square[i];
    Vector<T> g = gradient[i];
#pragma unroll
    for (int k = 0; k < static_cast<int>(16 / sizeof(PairOf<T>)); ++k) {
      const float2 root{sqrtf(ToFloats(s.pair[k]).x), sqrtf(ToFloats(s.pair[k]).y)};
      StorePair(reinterpret_cast<T*>(&g.pair[k]), ToFloats(g.pair[k]) * root * 2.0f);
    }
    gradient[i] = g;
  }
}

// 32 columns of a block, whose warps share the rows.
constexpr int kSumWarps = 32;
__global__ void __launch_bounds__(kSumWarps* kWarp) SumRowsKernel(SumRows a) {
  __shared__ float sums[kSumWarps][kWarp];
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const int warp = static_cast<int>(threadIdx.x) / kWarp;
  const int column = static_cast<int>(blockIdx.x) * kWarp + lane;
  float sum = 0;
  if (column < a.columns) {
#pragma unroll 8
    for (int row = warp; row < a.rows; row += kSumWarps) {
      sum += a.partials[int64_t{row} * a.columns + column];
    }
  }
  sums[warp][lane] = sum;
  __syncthreads();
  if (warp != 0 || column >= a.columns) return;
  float total = 0;
  for (int i = 0; i < kSumWarps; ++i) total += sums[i][lane];
  (column < a.split ? a.first : a.second - a.split)[column] = total;
}

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
}

void DoGatherBytes(const GatherBytes& a, void* stream) {
  GatherBytesKernel<<<static_cast<unsigned>(a.batch.rows), kBlockThreads, 0, Stream(stream)>>>(a);
}

void DoSumRows(const SumRows& a, void* stream) {
  SumRowsKernel<<<CountBlocks(a.columns, kWarp), kSumWarps * kWarp, 0, Stream(stream)>>>(a);
}

// The same entry points for one element type.
template <class T>
struct Cuda {
  static constexpr int64_t kVector = sizeof(Vector<T>) / sizeof(T);

  static void DoEmbed(const Embed& a, void* stream) {
    EmbedKernel<T><<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static void DoOneHot(const OneHot& a, void* stream) {
    OneHotKernel<T><<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static void DoNormShift(const NormShift& a, void* stream) {
    WithRowGroup(a.width, [&](auto group) {
      using R = decltype(group);
      const int64_t runs = int64_t{a.batch.rows} * (a.batch.steps / kRun);
      const unsigned b = CountBlocks(runs, R::kPerBlock);
      const cudaStream_t s = Stream(stream);
      if (a.mixes == 0) NormShiftKernel<T, R, 0><<<b, kBlockThreads, 0, s>>>(a);
      if (a.mixes == 1) NormShiftKernel<T, R, 1><<<b, kBlockThreads, 0, s>>>(a);
      if (a.mixes == 3) NormShiftKernel<T, R, 3><<<b, kBlockThreads, 0, s>>>(a);
    });
  }
  static void DoNormShiftBackward(const NormShiftBackward& a, void* stream) {
    WithRowGroup(a.width, [&](auto group) {
      using R = decltype(group);
      const unsigned b = static_cast<unsigned>(a.blocks);
      const cudaStream_t s = Stream(stream);
      if (a.mixes == 0) NormShiftBackwardKernel<T, R, 0><<<b, kBlockThreads, 0, s>>>(a);
      if (a.mixes == 1) NormShiftBackwardKernel<T, R, 1><<<b, kBlockThreads, 0, s>>>(a);
      if (a.mixes == 3) NormShiftBackwardKernel<T, R, 3><<<b, kBlockThreads, 0, s>>>(a);
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
    WithRowGroup(a.width, [&](auto group) {
      NormGateKernel<T, decltype(group)><<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(a);
    });
  }
  static void DoNormGateBackward(const NormGateBackward& a, void* stream) {
    WithRowGroup(a.width, [&](auto group) {
      NormGateBackwardKernel<T, decltype(group)>
          <<<static_cast<unsigned>(a.blocks), kBlockThreads, 0, Stream(stream)>>>(a);
    });
  }
  static void DoSquaredRelu(void* x, int64_t size, void* stream) {
    SquaredReluKernel<T><<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(
        static_cast<Vector<T>*>(x), size / kVector);
  }
  static void DoSquaredReluBackward(const void* square, void* gradient, int64_t size,
                                    void* stream) {
    SquaredReluBackwardKernel<T><<<4 * kBlocks, kBlockThreads, 0, Stream(stream)>>>(
        static_cast<const Vector<T>*>(square), static_cast<Vector<T>*>(gradient), size / kVector);
  }
  static void DoLoss(const Loss& a, void* stream) {
    LossKernel<T><<<static_cast<unsigned>(a.blocks), kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static void DoAdamW(const AdamW& a, void* stream) {
    AdamWKernel<<<CountBlocks(a.size, kBlockThreads), kBlockThreads, 0, Stream(stream)>>>(a);
  }
  static constexpr Operations kTable = {
      DoGatherBytes, DoEmbed,
      DoOneHot,      DoSumRows,
      DoNormShift,   DoNormShiftBackward,
      DoScan,        DoScanBackward,
      DoNormGate,    DoNormGateBackward,
      DoSquaredRelu, DoSquaredReluBackward,
      DoLoss,        DoAdamW,
      kBlocks,
  };
};

}  // namespace

const Operations& CudaOperations(bool bfloat16) {
  return bfloat16 ? Cuda<__nv_bfloat16>::kTable : Cuda<float>::kTable;
}

}  // namespace lmz::train
