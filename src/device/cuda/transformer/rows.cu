// What a step does to the vector of each row between products: a block of threads has a row.
#include "device/cuda/transformer/token_integers.cuh"
#include "device/cuda/transformer/token_launch.h"

namespace lmz::cuda {

cudaError_t PrepareProducts();
cudaError_t PrepareAttention(const TokenShape& shape);

namespace {

constexpr int kThreads = 128;
constexpr int kWideThreads = 256;  // of longer vectors

__global__ void __launch_bounds__(kThreads)
    EmbedKernel(const TokenShape shape, const TokenEmbedding embedding, const TokenTables tables,
                const __grid_constant__ TokenWork work) {
  const auto row = static_cast<int>(blockIdx.x);
  const TokenRow& own = work.rows[row];
  const int64_t scale = int64_t{embedding.row_scale[own.token]} * embedding.scale.mantissa;
  const int shift = embedding.exponent + embedding.scale.exponent - kStreamFraction;
  const int8_t* const from = embedding.weights + int64_t{own.token} * shape.width;
  int32_t* const x = work.stream + int64_t{row} * shape.width;
  for (int i = static_cast<int>(threadIdx.x); i < shape.width; i += kThreads) {
    x[i] = Shifted(from[i] * scale, shift);
  }
  const int half = shape.head_size / 2;
  for (int r = 0; r < shape.rotations; ++r) {
    int32_t* const turns = work.turns + (int64_t{row} * shape.rotations + r) * shape.head_size;
    for (int i = static_cast<int>(threadIdx.x); i < half; i += kThreads) {
      const uint32_t turn = static_cast<uint32_t>(own.place) * embedding.phases[r][i];
      turns[i] = CosineOf(tables.quarter_sine, turn);
      turns[half + i] = SineOf(tables.quarter_sine, turn);
    }
  }
}

__global__ void __launch_bounds__(kThreads)
    NormalizeKernel(const TokenShape shape, const TokenNorm norm, int planes,
                    const __grid_constant__ TokenWork work) {
  extern __shared__ int32_t vector[];
  __shared__ int64_t shared[8];
  const BlockGroup group = {shared};
  const auto row = static_cast<int>(blockIdx.x);
  const int32_t* const x = work.stream + int64_t{row} * shape.width;
  for (int i = group.rank(); i < shape.width; i += kThreads) vector[i] = x[i];
  Normalize(group, vector, shape.width, EpsilonOf(shape.width, shape.epsilon, kStreamFraction),
            norm.weights);
  WritePlanes(group, work, row, vector, shape.width, norm.fraction, planes);
}

__global__ void __launch_bounds__(kThreads)
    AddNormalKernel(const TokenShape shape, const TokenMatrix matrix, const TokenNorm norm,
                    const __grid_constant__ TokenWork work) {
  extern __shared__ int32_t vector[];
  __shared__ int64_t shared[8];
  const BlockGroup group = {shared};
  const auto row = static_cast<int>(blockIdx.x);
  const int32_t* const y = work.product + int64_t{row} * shape.width;
  for (int i = group.rank(); i < shape.width; i += kThreads) vector[i] = y[i];
  const int fraction = FreeFraction(work, matrix, row);
  Normalize(group, vector, shape.width, EpsilonOf(shape.width, shape.epsilon, fraction),
            norm.weights);
  int32_t* const x = work.stream + int64_t{row} * shape.width;
  for (int i = group.rank(); i < shape.width; i += kThreads) {
    const int32_t addend = Shifted(vector[i], norm.fraction - kStreamFraction);
    x[i] = Saturate(x[i] + addend, kStreamLimit);
  }
}

__global__ void __launch_bounds__(kThreads)
    CombineKernel(const TokenShape shape, int planes, const __grid_constant__ TokenWork work) {
  extern __shared__ int32_t vector[];
  __shared__ int64_t shared[8];
  const BlockGroup group = {shared};
  const auto row = static_cast<int>(blockIdx.x);
  const int2* const scale = work.mix_scale + int64_t{row} * shape.heads;
  int32_t least = 0x7FFFFFFF;
  for (int head = 0; head < shape.heads; ++head) least = min(least, scale[head].y);
  const int32_t* const sums = work.query + int64_t{row} * shape.query_size();
  for (int i = group.rank(); i < shape.query_size(); i += kThreads) {
    const int2 by = scale[i / shape.head_size];
    vector[i] = static_cast<int32_t>(Round64(int64_t{sums[i]} * by.x, min(47, 16 + by.y - least)));
  }
  WritePlanes(group, work, row, vector, shape.query_size(), least - 16, planes);
}

__device__ int32_t GateArgument(int32_t gate, bool is_gelu) {
  if (!is_gelu) return Saturate(Round32(gate, kTokenGateFraction - 8), 4095);
  const int32_t g = Saturate(gate, 21504);
  const int32_t slope = 26145 + Round32(1169 * Round32(g * g, 12), 12);
  return Saturate(Round32(g * slope, 18), 4095);
}

__global__ void __launch_bounds__(kWideThreads)
    ActivateKernel(const TokenShape shape, const TokenMatrix matrix, int planes,
                   const TokenTables tables, const __grid_constant__ TokenWork work) {
  extern __shared__ int32_t vector[];
  __shared__ int64_t shared[8];
  const BlockGroup group = {shared};
  const auto row = static_cast<int>(blockIdx.x);
  const int32_t* const gate = work.gate + int64_t{row} * shape.hidden;
  const int32_t* const up = work.up + int64_t{row} * shape.hidden;
  int32_t largest = 0;
  for (int i = group.rank(); i < shape.hidden; i += kWideThreads) {
    const int32_t g = gate[i];
    const int64_t sigmoid = tables.sigmoid[4096 + GateArgument(g, shape.is_gelu)];
    vector[i] = static_cast<int32_t>((g * sigmoid + (1 << 15)) >> 16);
    largest = max(largest, abs(vector[i]));
  }
  largest = group.Largest(largest);
  const int bits = BitsOf(static_cast<uint32_t>(largest)) +
                   BitsOf(static_cast<uint32_t>(MagnitudeOf(group, up, shape.hidden)));
  const int shift = max(0, bits - 30);
  for (int i = group.rank(); i < shape.hidden; i += kWideThreads) {
    vector[i] = static_cast<int32_t>(Round64(int64_t{vector[i]} * up[i], shift));
  }
  const int fraction = kTokenGateFraction + FreeFraction(work, matrix, row) - shift;
  WritePlanes(group, work, row, vector, shape.hidden, fraction, planes);
}

constexpr int kWeighThreads = 256;

__global__ void __launch_bounds__(kWeighThreads)
    WeighKernel(int token_count, const VirtualTokens virtual_tokens, const TokenTables tables,
                uint32_t* weights) {
  __shared__ int64_t shared[8];
  __shared__ uint32_t powers[1024];
  const BlockGroup group = {shared};
  uint32_t* const own = weights + int64_t{blockIdx.x} * token_count;
  for (int i = group.rank(); i < 1024; i += kWeighThreads) powers[i] = tables.powers[i];
  for (int i = group.rank(); i < virtual_tokens.count; i += kWeighThreads) {
    own[virtual_tokens.tokens[i]] = 0x80000000u;
  }
  __syncthreads();
  int32_t largest = static_cast<int32_t>(0x80000000u);
#pragma unroll 4
  for (int i = group.rank(); i < token_count; i += kWeighThreads) {
    largest = max(largest, static_cast<int32_t>(own[i]));
  }
  largest = group.Largest(largest);
#pragma unroll 4
  for (int i = group.rank(); i < token_count; i += kWeighThreads) {
    own[i] = max(1u, PowerOf(powers, static_cast<uint32_t>(largest) - own[i]));
  }
  __syncthreads();
  for (int i = group.rank(); i < virtual_tokens.count; i += kWeighThreads) {
    own[virtual_tokens.tokens[i]] = virtual_tokens.weight;
  }
}

size_t VectorSize(int size) {
  return static_cast<size_t>(size) * sizeof(int32_t);
}
unsigned Blocks(int rows) {
  return static_cast<unsigned>(rows);
}

}  // namespace

cudaError_t PrepareTokenKernels(const TokenShape& shape) {
  const auto let = [](const void* kernel, int size) {
    return cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, 4 * size);
  };
  cudaError_t error = PrepareProducts();
  if (error == cudaSuccess) error = PrepareAttention(shape);
  if (error == cudaSuccess) {
    error = let(reinterpret_cast<const void*>(CombineKernel), shape.query_size());
  }
  if (error == cudaSuccess) {
    error = let(reinterpret_cast<const void*>(ActivateKernel), shape.hidden);
  }
  return error;
}

void LaunchEmbed(const TokenShape& shape, const TokenEmbedding& embedding,
                 const TokenTables& tables, const TokenWork& work, int rows, cudaStream_t stream) {
  EmbedKernel<<<Blocks(rows), kThreads, 0, stream>>>(shape, embedding, tables, work);
}

void LaunchNormalize(const TokenShape& shape, const TokenNorm& norm, int planes,
                     const TokenWork& work, int rows, cudaStream_t stream) {
  NormalizeKernel<<<Blocks(rows), kThreads, VectorSize(shape.width), stream>>>(shape, norm, planes,
                                                                               work);
}

void LaunchCombine(const TokenShape& shape, int planes, const TokenWork& work, int rows,
                   cudaStream_t stream) {
  CombineKernel<<<Blocks(rows), kThreads, VectorSize(shape.query_size()), stream>>>(shape, planes,
                                                                                    work);
}

void LaunchActivate(const TokenShape& shape, const TokenMatrix& up, int planes,
                    const TokenTables& tables, const TokenWork& work, int rows,
                    cudaStream_t stream) {
  ActivateKernel<<<Blocks(rows), kWideThreads, VectorSize(shape.hidden), stream>>>(
      shape, up, planes, tables, work);
}

void LaunchAddNormal(const TokenShape& shape, const TokenMatrix& matrix, const TokenNorm& norm,
                     const TokenWork& work, int rows, cudaStream_t stream) {
  AddNormalKernel<<<Blocks(rows), kThreads, VectorSize(shape.width), stream>>>(shape, matrix, norm,
                                                                               work);
}

void LaunchWeigh(const TokenShape& shape, const VirtualTokens& virtual_tokens,
                 const TokenTables& tables, uint32_t* weights, int rows, cudaStream_t stream) {
  WeighKernel<<<Blocks(rows), kWeighThreads, 0, stream>>>(shape.token_count, virtual_tokens, tables,
                                                          weights);
}

}  // namespace lmz::cuda
