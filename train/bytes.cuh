// Where bytes enter and leave the network on the device: gathering, embedding, loss.
#pragma once

#include "operations.h"
#include "row.cuh"

namespace lmz {

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

// One warp per 32 channels of a block of positions, with all 256 sums in shared memory.
template <class T>
__global__ void __launch_bounds__(kWarp) EmbedBackwardKernel(EmbedBackward a) {
  __shared__ float sums[kByteCount][kWarp];
  constexpr int kAhead = 16;
  const int lane = static_cast<int>(threadIdx.x);
  const int channel = static_cast<int>(blockIdx.y) * kWarp + lane;
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t share = (count + a.blocks - 1) / a.blocks;
  const int64_t begin = blockIdx.x * share, end = min(count, begin + share);
  for (int byte = 0; byte < kByteCount; ++byte) sums[byte][lane] = 0;
  const T* gradient = static_cast<const T*>(a.gradient) + channel;
  for (int64_t position = begin; position < end; position += kAhead) {
    float g[kAhead];
    int byte[kAhead];
#pragma unroll
    for (int i = 0; i < kAhead; ++i) {
      const int64_t at = position + i;
      const bool inside = at < end;
      g[i] = inside && channel < a.width ? static_cast<float>(gradient[at * a.width]) : 0.0f;
      byte[i] = inside ? a.window[at + at / a.batch.steps] : 0;
    }
#pragma unroll
    for (int i = 0; i < kAhead; ++i) sums[byte[i]][lane] += g[i];
  }
  if (channel >= a.width) return;
  float* out = a.partials + int64_t{blockIdx.x} * kByteCount * a.width + channel;
  for (int byte = 0; byte < kByteCount; ++byte) out[byte * a.width] = sums[byte][lane];
}

template <class T>
__global__ void __launch_bounds__(kBlockThreads) LossKernel(Loss a) {
  constexpr int kPairs = kByteCount / 2 / kWarp;
  __shared__ float losses[kBlockWarps];
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t stride = int64_t{a.blocks} * kBlockWarps;
  const Row<kPairs> bias = LoadRow<kPairs>(a.bias, kByteCount);
  const float share = 1.0f / static_cast<float>(count);
  Row<kPairs> bias_sum{};
  float loss = 0;
  for (int64_t position = int64_t{blockIdx.x} * kBlockWarps + WarpOfBlock(); position < count;
       position += stride) {
    T* logits = static_cast<T*>(a.logits) + position * kByteCount;
    Row<kPairs> p = LoadRow<kPairs>(logits, kByteCount);
    const int target = a.window[position + position / a.batch.steps + 1];
    float largest = -3e38f, chosen = 0, total = 0;
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      p.pair[i] += bias.pair[i];
      largest = fmaxf(largest, fmaxf(p.pair[i].x, p.pair[i].y));
      const int k = 2 * (Lane() + kWarp * i);
      if (k == target) chosen = p.pair[i].x;
      if (k + 1 == target) chosen = p.pair[i].y;
    }
    largest = WarpMax(largest);
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      p.pair[i] = {__expf(p.pair[i].x - largest), __expf(p.pair[i].y - largest)};
      total += p.pair[i].x + p.pair[i].y;
    }
    total = WarpSum(total);
    loss += largest + __logf(total) - WarpSum(chosen);
    if (!a.gradient) continue;
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      const int k = 2 * (Lane() + kWarp * i);
      const float2 hit{k == target ? 1.0f : 0.0f, k + 1 == target ? 1.0f : 0.0f};
      p.pair[i] = (p.pair[i] * (1.0f / total) - hit) * share;
      bias_sum.pair[i] += p.pair[i];
    }
    StoreRow(logits, kByteCount, p);
  }
  if (Lane() == 0) losses[WarpOfBlock()] = loss;
  __syncthreads();
  if (threadIdx.x == 0) {
    float sum = 0;
    for (const float part : losses) sum += part;
    a.loss_partials[blockIdx.x] = sum;
  }
  if (a.gradient) StoreBlockSum(bias_sum, kByteCount, a.bias_partials + int64_t{blockIdx.x} * kByteCount);
}

}  // namespace lmz
