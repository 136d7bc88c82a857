// The kernels of a transformer's step. Each is started on `stream` for the first `rows` rows of
// `work` and waits for nothing; errors are those of cudaGetLastError.
#pragma once

#include "device/cuda/transformer/token_view.h"

namespace lmz::cuda {

// Once for each device and shape, before the first launch: lets kernels take the shared memory that
// they want.
cudaError_t PrepareTokenKernels(const TokenShape& shape);

// The embedding of each row's token, and the sines and cosines of its place.
struct TokenEmbedding {
  const int8_t* weights;     // [tokens][width]
  const int16_t* row_scale;  // [tokens]
  int exponent;
  TokenScale scale;
  const uint32_t* phases[2];  // [head_size / 2]
};
void LaunchEmbed(const TokenShape& shape, const TokenEmbedding& embedding,
                 const TokenTables& tables, const TokenWork& work, int rows, cudaStream_t stream);

// The stream, normalised, as the planes that matrices read: bit 0 of `planes` one, bit 1 two.
void LaunchNormalize(const TokenShape& shape, const TokenNorm& norm, int planes,
                     const TokenWork& work, int rows, cudaStream_t stream);

// A product and what becomes of it (spec 6.4).
struct TokenProduct {
  enum Kind { kFree, kFixed, kAdd };

  TokenMatrix matrix;
  Kind kind;
  int fraction;  // of the result, unless it is free
  int32_t* out;  // [rows][stride]
  int stride;
};
constexpr int kMostProducts = 3;
struct TokenProducts {
  TokenProduct product[kMostProducts];
  int count;
};

// All of them read the same planes.
void LaunchProducts(const TokenProducts& products, const TokenWork& work, int rows,
                    cudaStream_t stream);

// Queries, and keys and values into the lanes' caches (spec 6.6, 6.7).
void LaunchRemember(const TokenShape& shape, const TokenLayer& layer, int number,
                    const TokenTables& tables, const uint32_t* phases, const TokenWork& work,
                    int rows, cudaStream_t stream);

// Spec 6.8 and 6.9, 1 to 4, in the place of the queries' products. `most` positions of a lane
// attend together at most.
void LaunchAttend(const TokenShape& shape, int window, int number, const TokenTables& tables,
                  const TokenWork& work, int rows, int most, cudaStream_t stream);

// Spec 6.9, 5, as planes.
void LaunchCombine(const TokenShape& shape, int planes, const TokenWork& work, int rows,
                   cudaStream_t stream);

// Spec 6.10, as planes.
void LaunchActivate(const TokenShape& shape, const TokenMatrix& up, int planes,
                    const TokenTables& tables, const TokenWork& work, int rows,
                    cudaStream_t stream);

// Spec 6.11 where there are output norms.
void LaunchAddNormal(const TokenShape& shape, const TokenMatrix& matrix, const TokenNorm& norm,
                     const TokenWork& work, int rows, cudaStream_t stream);

// Logits become weights, in place (spec 6.12).
struct VirtualTokens {
  const uint32_t* tokens;
  int count;
  uint32_t weight;
};
void LaunchWeigh(const TokenShape& shape, const VirtualTokens& virtual_tokens,
                 const TokenTables& tables, uint32_t* weights, int rows, cudaStream_t stream);

}  // namespace lmz::cuda
