// Where bytes enter and leave the network on the device: gathering, embedding, loss.
#pragma once

#include "train/network/operations.h"
#include "train/network/row.cuh"

namespace lmz::train {

constexpr int kByteCount = 256;

__global__ void GatherBytesKernel(GatherBytes a) {
  const int row = static_cast<int>(blockIdx.x), length = a.batch.steps + 1;
  for (int i = static_cast<int>(threadIdx.x); i < length; i += static_cast<int>(blockDim.x)) {
    const uint8_t byte = a.data[(a.position[row] + a.size - 1 + i) % a.size];
    a.window[int64_t{row} * length + i] = i == 0 && a.fresh[row] != 0 ? uint8_t{0} : byte;
  }
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads) EmbedKernel(Embed a) {
  const int64_t pairs = a.width / 2;
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps * pairs;
  const int64_t stride = int64_t{gridDim.x} * kBlockThreads;
  for (int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x; i < count; i += stride) {
    const int64_t position = i / pairs, row = position / a.batch.steps;
    const int byte = a.window[position + row];
    StorePair(static_cast<T*>(a.out) + 2 * i, LoadPair(a.table + byte * a.width + 2 * (i % pairs)));
  }
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads) OneHotKernel(OneHot a) {
  constexpr int kValues = 8;  // of a thread
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps * (kByteCount / kValues);
  const int64_t stride = int64_t{gridDim.x} * kBlockThreads;
  for (int64_t i = int64_t{blockIdx.x} * kBlockThreads + threadIdx.x; i < count; i += stride) {
    const int64_t position = i / (kByteCount / kValues), row = position / a.batch.steps;
    const int byte = a.window[position + row];
    const int first = static_cast<int>(i % (kByteCount / kValues)) * kValues;
#pragma unroll
    for (int k = 0; k < kValues; k += 2) {
      StorePair(static_cast<T*>(a.out) + i * kValues + k,
                {byte == first + k ? 1.0f : 0.0f, byte == first + k + 1 ? 1.0f : 0.0f});
    }
  }
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads) LossKernel(Loss a) {
  using R = RowGroup<kWarp, kByteCount / 2 / kWarp>;
  using Row = typename R::Row;
  __shared__ float losses[R::kPerBlock];
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t stride = int64_t{a.blocks} * R::kPerBlock;
  const Row bias = R::Load(a.bias, kByteCount);
  const float share = 1.0f / static_cast<float>(count);
  Row bias_sum{};
  float loss = 0;
  for (int64_t position = int64_t{blockIdx.x} * R::kPerBlock + R::OfBlock(); position < count;
       position += stride) {
    T* logits = static_cast<T*>(a.logits) + position * kByteCount;
    Row p = R::Load(logits, kByteCount);
    const int target = a.window[position + position / a.batch.steps + 1];
    float largest = -3e38f, chosen = 0, total = 0;
#pragma unroll
    for (int i = 0; i < R::kRowPairs; ++i) {
      p.pair[i] += bias.pair[i];
      largest = fmaxf(largest, fmaxf(p.pair[i].x, p.pair[i].y));
      if (R::Column(i) == target) chosen = p.pair[i].x;
      if (R::Column(i) + 1 == target) chosen = p.pair[i].y;
    }
    largest = R::Max(largest);
#pragma unroll
    for (int i = 0; i < R::kRowPairs; ++i) {
      p.pair[i] = {__expf(p.pair[i].x - largest), __expf(p.pair[i].y - largest)};
      total += p.pair[i].x + p.pair[i].y;
    }
    total = R::Sum(total);
    loss += largest + __logf(total) - R::Sum(chosen);
    if (!a.gradient) continue;
#pragma unroll
    for (int i = 0; i < R::kRowPairs; ++i) {
      const float2 hit{R::Column(i) == target ? 1.0f : 0.0f,
                       R::Column(i) + 1 == target ? 1.0f : 0.0f};
      p.pair[i] = (p.pair[i] * (1.0f / total) - hit) * share;
      bias_sum.pair[i] += p.pair[i];
    }
    R::Store(logits, kByteCount, p);
  }
  if (R::Lane() == 0) losses[R::OfBlock()] = loss;
  __syncthreads();
  if (threadIdx.x == 0) {
    float sum = 0;
    for (const float part : losses) sum += part;
    a.loss_partials[blockIdx.x] = sum;
  }
  if (a.gradient) {
    R::StoreBlockSum(bias_sum, kByteCount, a.bias_partials + int64_t{blockIdx.x} * kByteCount);
  }
}

}  // namespace lmz::train
