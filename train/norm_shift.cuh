// Root-mean-square norm with token shift, forward and backward. A warp walks a run of steps and keeps
// the neighbouring row in registers.
#pragma once

#include "operations.h"
#include "row.cuh"

namespace lmz {

constexpr int kRun = 16;

template <class T, int P>
__device__ Row<P> LoadSum(const T* x, const T* addend, int64_t position, int width) {
  Row<P> sum = LoadRow<P>(x + position * width, width);
  if (addend == nullptr) return sum;
  const Row<P> other = LoadRow<P>(addend + position * width, width);
  return MapRow<P>([&](int i) { return Rounded<T>(sum.pair[i] + other.pair[i]); });
}

template <int P>
__device__ Row<P> Normal(const Row<P>& x, const Row<P>& weight, int width) {
  const float scale = InverseRms(x, width, kNormEpsilon);
  return MapRow<P>([&](int i) { return x.pair[i] * scale * weight.pair[i]; });
}

template <class T, int P, int M>
__global__ void __launch_bounds__(kBlockThreads) NormShiftKernel(NormShift a) {
  const int runs_per_row = a.batch.steps / kRun, width = a.width;
  const int run = static_cast<int>(blockIdx.x) * kBlockWarps + WarpOfBlock();
  if (run >= a.batch.rows * runs_per_row) return;
  const int row = run / runs_per_row, first = run % runs_per_row * kRun;
  const int64_t begin = int64_t{row} * a.batch.steps + first;
  const int64_t size = int64_t{a.batch.rows} * a.batch.steps * width;
  const T* x = static_cast<const T*>(a.x);
  const T* addend = static_cast<const T*>(a.addend);
  T* out = static_cast<T*>(a.out);

  const Row<P> weight = LoadRow<P>(a.weight, width);
  Row<P> mix[M > 0 ? M : 1];
  for (int m = 0; m < M; ++m) mix[m] = LoadRow<P>(a.mix + m * width, width);
  Row<P> previous{};
  if (M > 0) {
    previous = first == 0
                   ? LoadRow<P>(static_cast<const T*>(a.previous) + int64_t{row} * width, width)
                   : Normal(LoadSum<T, P>(x, addend, begin - 1, width), weight, width);
  }
  Row<P> next = LoadSum<T, P>(x, addend, begin, width);
  for (int step = 0; step < kRun; ++step) {
    const int64_t position = begin + step;
    const Row<P> current = next;
    if (step + 1 < kRun) next = LoadSum<T, P>(x, addend, position + 1, width);
    if (addend != nullptr) StoreRow(static_cast<T*>(a.sum) + position * width, width, current);
    const Row<P> normal = Normal(current, weight, width);
    if (M == 0) StoreRow(out + position * width, width, normal);
#pragma unroll
    for (int m = 0; m < M; ++m) {
      StoreRow(out + m * size + position * width, width, MapRow<P>([&](int i) {
                 return normal.pair[i] +
                        (previous.pair[i] - normal.pair[i]) * mix[m].pair[i];
               }));
    }
    previous = normal;
  }
  if (M > 0 && first + kRun == a.batch.steps) {
    StoreRow(static_cast<T*>(a.last) + int64_t{row} * width, width, previous);
  }
}

template <class T, int P, int M>
class NormShiftBackwardWarp {
 public:
  __device__ explicit NormShiftBackwardWarp(const NormShiftBackward& a)
      : a_(a),
        x_(static_cast<const T*>(a.x)),
        gradient_(static_cast<const T*>(a.out_gradient)),
        size_(int64_t{a.batch.rows} * a.batch.steps * a.width),
        weight_(LoadRow<P>(a.weight, a.width)) {
    for (int m = 0; m < M; ++m) mix_[m] = LoadRow<P>(a.mix + m * a.width, a.width);
  }

  __device__ void Run(int row, int first) {
    const int64_t begin = int64_t{row} * a_.batch.steps + first;
    const int width = a_.width;
    Row<P> later{};  // what the step after passes back to this one's n
    if (M > 0 && first + kRun < a_.batch.steps) {
      for (int m = 0; m < M; ++m) {
        const Row<P> g = LoadGradient(m, begin + kRun);
        for (int i = 0; i < P; ++i) later.pair[i] += g.pair[i] * mix_[m].pair[i];
      }
    }
    Row<P> x = LoadRow<P>(x_ + (begin + kRun - 1) * width, width);
    float scale = InverseRms(x, width, kNormEpsilon);
    for (int step = kRun - 1; step >= 0; --step) {
      const int64_t position = begin + step;
      Row<P> before_x{}, before{};
      float before_scale = 0;
      const bool at_start = first + step == 0;
      if (!at_start && (M > 0 || step > 0)) {
        before_x = LoadRow<P>(x_ + (position - 1) * width, width);
      }
      if (M > 0 && at_start) {
        before = LoadRow<P>(static_cast<const T*>(a_.previous) + int64_t{row} * width, width);
      }
      Row<P> g[M > 0 ? M : 1];
      g[0] = LoadGradient(0, position);
      for (int m = 1; m < M; ++m) g[m] = LoadGradient(m, position);
      Row<P> dx{};
      if (a_.add) dx = LoadRow<P>(static_cast<T*>(a_.x_gradient) + position * width, width);

      if (!at_start) {
        before_scale = InverseRms(before_x, width, kNormEpsilon);
        before = MapRow<P>([&](int i) { return before_x.pair[i] * before_scale * weight_.pair[i]; });
      }
      Row<P> dn = M == 0 ? g[0] : later;
      if (M > 0) later = Row<P>{};
#pragma unroll
      for (int i = 0; i < P; ++i) {
        const float2 n = x.pair[i] * scale * weight_.pair[i];
#pragma unroll
        for (int m = 0; m < M; ++m) {
          const float2 shifted = g[m].pair[i] * mix_[m].pair[i];
          dn.pair[i] += g[m].pair[i] - shifted;
          later.pair[i] += shifted;
          mix_sum_[m].pair[i] += g[m].pair[i] * (before.pair[i] - n);
        }
        weight_sum_.pair[i] += dn.pair[i] * x.pair[i] * scale;
        dn.pair[i] = dn.pair[i] * weight_.pair[i];
      }
      const float along = Dot(dn, x) * scale * scale * scale / static_cast<float>(width);
      StoreRow(static_cast<T*>(a_.x_gradient) + position * width, width, MapRow<P>([&](int i) {
                 return dx.pair[i] + dn.pair[i] * scale - x.pair[i] * along;
               }));
      x = before_x;
      scale = before_scale;
    }
  }

  __device__ void StoreSums() {
    float* out = a_.partials + int64_t{blockIdx.x} * (1 + M) * a_.width;
    StoreBlockSum(weight_sum_, a_.width, out);
    for (int m = 0; m < M; ++m) StoreBlockSum(mix_sum_[m], a_.width, out + (1 + m) * a_.width);
  }

 private:
  __device__ Row<P> LoadGradient(int m, int64_t position) const {
    return LoadRow<P>(gradient_ + m * size_ + position * a_.width, a_.width);
  }

  const NormShiftBackward& a_;
  const T* x_;
  const T* gradient_;
  const int64_t size_;
  const Row<P> weight_;
  Row<P> mix_[M > 0 ? M : 1];
  Row<P> weight_sum_{};
  Row<P> mix_sum_[M > 0 ? M : 1]{};
};

template <class T, int P, int M>
__global__ void __launch_bounds__(kBlockThreads)
    NormShiftBackwardKernel(const __grid_constant__ NormShiftBackward a) {
  NormShiftBackwardWarp<T, P, M> warp(a);
  const int runs_per_row = a.batch.steps / kRun, runs = a.batch.rows * runs_per_row;
  const int stride = a.blocks * kBlockWarps;
  for (int run = static_cast<int>(blockIdx.x) * kBlockWarps + WarpOfBlock(); run < runs;
       run += stride) {
    warp.Run(run / runs_per_row, run % runs_per_row * kRun);
  }
  warp.StoreSums();
}

}  // namespace lmz
