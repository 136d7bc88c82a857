// Root-mean-square norm with token shift, forward and backward. A group walks a run of steps, keeps
// the neighbouring row in registers and asks for the next rows before it works on the present ones.
#pragma once

#include "train/network/operations.h"
#include "train/network/row.cuh"

namespace lmz::train {

constexpr int kRun = 16;

// How many blocks of narrow rows a multiprocessor's registers are to serve at once.
template <class R, int kBlocks>
constexpr int kRegisterShare = R::kRowPairs <= 3 ? kBlocks : 1;

template <class R, class T>
class SumReader {
 public:
  __device__ SumReader(const T* x, const T* addend, int width)
      : x_(x), addend_(addend), width_(width) {}
  __device__ void Fetch(int64_t position) {
    raw_ = R::Fetch(x_ + position * width_, width_);
    if (addend_ != nullptr) raw_addend_ = R::Fetch(addend_ + position * width_, width_);
  }
  // What was fetched last.
  __device__ typename R::Row Get() const {
    const typename R::Row sum = R::Unpack(raw_);
    if (addend_ == nullptr) return sum;
    return R::Map([&](int i) { return Rounded<T>(sum.pair[i] + ToFloats(raw_addend_.pair[i])); });
  }

 private:
  const T* x_;
  const T* addend_;
  const int width_;
  typename R::Raw<T> raw_, raw_addend_;
};

template <class R>
__device__ typename R::Row Normal(const typename R::Row& x, float scale,
                                  const typename R::Row& weight) {
  return R::Map([&](int i) { return x.pair[i] * scale * weight.pair[i]; });
}

template <class T, class R, int M>
__global__ void __launch_bounds__(kBlockThreads, kRegisterShare<R, 4>)
    NormShiftKernel(NormShift a) {
  using Row = typename R::Row;
  const int runs_per_row = a.batch.steps / kRun, width = a.width;
  const int run = static_cast<int>(blockIdx.x) * R::kPerBlock + R::OfBlock();
  if (run >= a.batch.rows * runs_per_row) return;
  const int row = run / runs_per_row, first = run % runs_per_row * kRun;
  const int64_t begin = int64_t{row} * a.batch.steps + first;
  const int64_t size = int64_t{a.batch.rows} * a.batch.steps * width;
  SumReader<R, T> reader(static_cast<const T*>(a.x), static_cast<const T*>(a.addend), width);
  T* out = static_cast<T*>(a.out);

  const Row weight = R::Load(a.weight, width);
  Row mix[M > 0 ? M : 1];
  for (int m = 0; m < M; ++m) mix[m] = R::Load(a.mix + m * width, width);
  Row previous{};
  if (M > 0 && first == 0) {
    previous = R::Load(static_cast<const T*>(a.previous) + int64_t{row} * width, width);
  } else if (M > 0) {
    reader.Fetch(begin - 1);
    const Row x = reader.Get();
    previous = Normal<R>(x, R::InverseRms(x, width, kNormEpsilon), weight);
  }
  reader.Fetch(begin);
#pragma unroll 2
  for (int step = 0; step < kRun; ++step) {
    const int64_t position = begin + step;
    const Row x = reader.Get();
    if (step + 1 < kRun) reader.Fetch(position + 1);
    if (a.addend != nullptr) R::Store(static_cast<T*>(a.sum) + position * width, width, x);
    const Row normal = Normal<R>(x, R::InverseRms(x, width, kNormEpsilon), weight);
    if (M == 0) R::Store(out + position * width, width, normal);
#pragma unroll
    for (int m = 0; m < M; ++m) {
      R::Store(out + m * size + position * width, width, R::Map([&](int i) {
                 return normal.pair[i] + (previous.pair[i] - normal.pair[i]) * mix[m].pair[i];
               }));
    }
    previous = normal;
  }
  if (M > 0 && first + kRun == a.batch.steps) {
    R::Store(static_cast<T*>(a.last) + int64_t{row} * width, width, previous);
  }
}

template <class T, class R, int M>
class NormShiftBackwardGroup {
 public:
  __device__ explicit NormShiftBackwardGroup(const NormShiftBackward& a)
      : a_(a),
        x_(static_cast<const T*>(a.x)),
        gradient_(static_cast<const T*>(a.out_gradient)),
        x_gradient_(static_cast<T*>(a.x_gradient)),
        size_(int64_t{a.batch.rows} * a.batch.steps * a.width),
        weight_(R::Load(a.weight, a.width)) {
    for (int m = 0; m < M; ++m) mix_[m] = R::Load(a.mix + m * a.width, a.width);
  }

  // The steps first .. first + kRun - 1 of a row, in descending order.
  __device__ void Run(int row, int first) {
    const int64_t begin = int64_t{row} * a_.batch.steps + first;
    const int width = a_.width;
    Row later{};  // what the step after passes back to this one's n
    if (M > 0 && first + kRun < a_.batch.steps) {
      for (int m = 0; m < M; ++m) {
        const Row g = R::Load(gradient_ + m * size_ + (begin + kRun) * width, width);
        for (int i = 0; i < kPairs; ++i) later.pair[i] += g.pair[i] * mix_[m].pair[i];
      }
    }
    Row x = R::Load(x_ + (begin + kRun - 1) * width, width);
    float scale = R::InverseRms(x, width, kNormEpsilon);
    Raw before_raw = FetchBefore(row, first + kRun - 1), gradient_raw[kOuts], dx_raw{};
    FetchGradients(begin + kRun - 1, gradient_raw, dx_raw);
    for (int step = kRun - 1; step >= 0; --step) {
      const bool at_start = first + step == 0;
      const Row before_x = R::Unpack(before_raw);
      Row g[kOuts], dx = R::Unpack(dx_raw);
      for (int m = 0; m < kOuts; ++m) g[m] = R::Unpack(gradient_raw[m]);
      if (step > 0) {
        before_raw = FetchBefore(row, first + step - 1);
        FetchGradients(begin + step - 1, gradient_raw, dx_raw);
      }
      const float before_scale = R::InverseRms(before_x, width, kNormEpsilon);
      const Row before = at_start ? before_x : Normal<R>(before_x, before_scale, weight_);
      Row dn = M == 0 ? g[0] : later;
      later = Row{};
      Accumulate(x, scale, before, g, dn, later);
      const float along = R::Dot(dn, x) * scale * scale * scale / static_cast<float>(width);
      R::Store(x_gradient_ + (begin + step) * width, width,
               R::Map([&](int i) { return dx.pair[i] + dn.pair[i] * scale - x.pair[i] * along; }));
      x = before_x;
      scale = before_scale;
    }
  }

  __device__ void StoreSums() {
    float* out = a_.partials + int64_t{blockIdx.x} * (1 + M) * a_.width;
    R::StoreBlockSum(weight_sum_, a_.width, out);
    for (int m = 0; m < M; ++m) R::StoreBlockSum(mix_sum_[m], a_.width, out + (1 + m) * a_.width);
  }

 private:
  using Row = typename R::Row;
  using Raw = typename R::Raw<T>;
  static constexpr int kPairs = R::kRowPairs;
  static constexpr int kOuts = M > 0 ? M : 1;

  // x of the step before, or at the start of a row n of the batch before.
  __device__ Raw FetchBefore(int row, int step) const {
    if (step > 0) {
      return R::Fetch(x_ + (int64_t{row} * a_.batch.steps + step - 1) * a_.width, a_.width);
    }
    if (M == 0) return Raw{};
    return R::Fetch(static_cast<const T*>(a_.previous) + int64_t{row} * a_.width, a_.width);
  }

  __device__ void FetchGradients(int64_t position, Raw (&gradients)[kOuts], Raw& dx) const {
#pragma unroll
    for (int m = 0; m < kOuts; ++m) {
      gradients[m] = R::Fetch(gradient_ + m * size_ + position * a_.width, a_.width);
    }
    if (a_.add) dx = R::Fetch(x_gradient_ + position * a_.width, a_.width);
  }

  // Completes dn, times the weight, adds to the sums and fills `later`.
  __device__ void Accumulate(const Row& x, float scale, const Row& before, const Row (&g)[kOuts],
                             Row& dn, Row& later) {
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
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
  }

  const NormShiftBackward& a_;
  const T* x_;
  const T* gradient_;
  T* x_gradient_;
  const int64_t size_;
  const Row weight_;
  Row mix_[kOuts];
  Row weight_sum_{};
  Row mix_sum_[kOuts]{};
};

template <class T, class R, int M>
__global__ void __launch_bounds__(kBlockThreads, kRegisterShare<R, 2>)
    NormShiftBackwardKernel(const __grid_constant__ NormShiftBackward a) {
  NormShiftBackwardGroup<T, R, M> group(a);
  const int runs_per_row = a.batch.steps / kRun, runs = a.batch.rows * runs_per_row;
  const int stride = a.blocks * R::kPerBlock;
  for (int run = static_cast<int>(blockIdx.x) * R::kPerBlock + R::OfBlock(); run < runs;
       run += stride) {
    group.Run(run / runs_per_row, run % runs_per_row * kRun);
  }
  group.StoreSums();
}

}  // namespace lmz::train
