// A transformer in the memory of a GPU, and what its kernels take. All pointers are the GPU's.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

namespace lmz::cuda {

#ifdef __CUDACC__
#define LMZ_CUDA_EITHER __host__ __device__
#else
#define LMZ_CUDA_EITHER
#endif

// Columns of matrices and bytes of planes lie in whole units of so many.
constexpr int kColumnUnit = 64;
LMZ_CUDA_EITHER constexpr int WholeColumns(int size) {
  return (size + kColumnUnit - 1) / kColumnUnit * kColumnUnit;
}

// Rows of matrices, likewise; the further ones are zero.
constexpr int kRowUnit = 64;
LMZ_CUDA_EITHER constexpr int WholeRows(int rows) {
  return (rows + kRowUnit - 1) / kRowUnit * kRowUnit;
}

// Rows of a step, that is tokens, that are stepped together, at most.
constexpr int kMostStepRows = 1024;

constexpr int kMostSlots = 4096;

// Queries of a lane that attend to the same keys together: so many rows tensor cores take, but
// their scores, for all slots, lie in shared memory.
constexpr int kMostQueries = 16;
constexpr int kMostScores = 24 << 10;
constexpr int kScorePadding = 4;  // of a query's scores

// Weights [WholeRows(rows)][WholeColumns(columns)], as model/transformer/bound_transformer.h.
struct TokenMatrix {
  const int8_t* weights;
  const int16_t* row_scale;
  int rows, columns;
  int planes;  // 1 or 2
  int low_shift;
  int scale_exponent;
};

// mantissa * 2^-exponent.
struct TokenScale {
  int mantissa, exponent;
};

struct TokenNorm {
  const int16_t* weights;  // null: there is none
  int fraction;
};

struct TokenBias {
  const int16_t* weights;  // null: there is none
  int fraction;
};

// How a lane's context turns over (docs/spec/numerics.md, 6.7).
struct TokenContext {
  int size, drop, sinks;

  LMZ_CUDA_EITHER uint64_t Oldest(uint64_t place) const {
    const auto all = static_cast<uint64_t>(size), step = static_cast<uint64_t>(drop);
    if (place < all) return static_cast<uint64_t>(sinks);
    return static_cast<uint64_t>(sinks) + step * ((place - all) / step + 1);
  }
  LMZ_CUDA_EITHER bool Drops(uint64_t place) const {
    return place > 0 && Oldest(place) != Oldest(place - 1);
  }
  LMZ_CUDA_EITHER int SlotOf(uint64_t place) const {
    const auto first = static_cast<uint64_t>(sinks), all = static_cast<uint64_t>(size);
    return static_cast<int>(place < first ? place : first + (place - first) % (all - first));
  }
  LMZ_CUDA_EITHER int slots() const { return (size + 15) / 16 * 16; }
};

// Where the parts of one head's cache lie, in bytes.
struct CacheLayout {
  int keys_low, values, mantissa, exponent, log, first_keys, first_fraction, size;

  LMZ_CUDA_EITHER CacheLayout(const TokenContext& context, int head_size, int planes) {
    const int slots = context.slots(), plane = slots * head_size;
    keys_low = plane;
    values = planes * plane;
    mantissa = values + plane;
    exponent = mantissa + 2 * slots;
    log = exponent + 2 * slots;
    first_keys = log + 4 * slots;
    first_fraction = first_keys + 4 * context.sinks * head_size;
    size = (first_fraction + 4 * context.sinks + 255) / 256 * 256;
  }
};

// What all layers have in common.
struct TokenShape {
  int width, layers, heads, kv_heads, head_size, hidden, rotations;
  int token_count;       // of the vocabulary
  int attention_planes;  // of queries and keys
  bool is_gelu, has_head_norms, has_output_norms;
  TokenContext context;
  TokenScale epsilon, score_scale;

  LMZ_CUDA_EITHER int query_size() const { return heads * head_size; }
  LMZ_CUDA_EITHER int key_size() const { return kv_heads * head_size; }
  // How many heads, and how many positions, attend together.
  LMZ_CUDA_EITHER int queries_together() const {
    const int fit = kMostScores / context.slots();
    return fit < kMostQueries ? fit : kMostQueries;
  }
  LMZ_CUDA_EITHER int heads_together() const {
    const int all = heads / kv_heads;
    return all < queries_together() ? all : queries_together();
  }
  LMZ_CUDA_EITHER int positions_together() const { return queries_together() / heads_together(); }
  LMZ_CUDA_EITHER int widest() const {
    const int most = width > hidden ? width : hidden;
    return most > query_size() ? most : query_size();
  }
};

// Tables of docs/spec/numerics.md, 2 and 6.1.
struct TokenTables {
  const uint16_t* sigmoid;      // [8192]
  const uint32_t* powers;       // [1024]
  const int32_t* logs;          // [128]
  const int32_t* quarter_sine;  // [1026]
};

struct TokenLayer {
  int window, rotation;
  TokenNorm input_norm, hidden_norm, query_norm, key_norm, output_norm, down_norm;
  TokenMatrix projection[3];  // query, key, value
  TokenBias bias[3];
  TokenMatrix output, gate, up, down;
};

// One token of a step.
struct TokenRow {
  char* cache;  // of its lane: [layers][kv_heads] of CacheLayout::size bytes
  uint64_t place;
  uint32_t token;  // row of the embedding
  uint32_t
      group;  // this one and those behind it, of the same lane, attend together; 0: it is behind
};

// A vector of each row as matrices read it: planes of bytes, the higher one first.
struct TokenPlanes {
  int8_t* bytes;      // [rows][planes][stride]
  int32_t* mantissa;  // [rows], of one plane
  int32_t* exponent;  // [rows]
  int stride;
};

// What a step works on: for kMostStepRows rows.
struct TokenWork {
  const TokenRow* rows;
  int32_t* stream;        // [rows][width]
  int32_t* product;       // [rows][width], if has_output_norms
  TokenPlanes planes[2];  // of one plane, of two
  int32_t *query, *key, *value;
  int32_t *gate, *up;    // [rows][hidden]
  int32_t* turns;        // [rows][rotations][2][head_size / 2]: cosines, sines
  int8_t* query_bytes;   // [rows][planes][query_size]
  int2* query_scale;     // [rows][heads]: factor, exponent of QueryView
  int2* mix_scale;       // [rows][heads]: f', e_h of spec 6.9
  uint32_t* weights[2];  // [rows][token_count]: two, so that one can be copied meanwhile
};

}  // namespace lmz::cuda
