// What lies between the products of query, key and value and attention: a warp has a head of a row.
#include "device/cuda/transformer/token_integers.cuh"
#include "device/cuda/transformer/token_launch.h"

namespace lmz::cuda {

namespace {

constexpr int kWarps = 4;
constexpr int kMostHeadSize = 256;
constexpr int32_t kMostLog = 1 << 19;

struct HeadScale {
  int32_t mantissa, exponent;
};

// One head of one row.
struct RowHead {
  const TokenShape& shape;
  const TokenLayer& layer;
  const TokenTables& tables;
  const TokenWork& work;
  const TokenRow& token;
  char* const cache;  // of the key head
  const CacheLayout& layout;
  const int row;
  int32_t* const vector;  // [head_size], shared
  int32_t* const turned;  // [head_size], shared
  int8_t* const bytes;    // [2 * head_size], shared
  const WarpGroup group;

  __device__ int size() const { return shape.head_size; }

  // The product with its bias; returns its fraction.
  __device__ int Load(const int32_t* product, int head, int which) const {
    const int fraction = FreeFraction(work, layer.projection[which], row);
    const TokenBias& bias = layer.bias[which];
    for (int i = group.rank(); i < size(); i += 32) {
      int32_t y = product[head * size() + i];
      if (bias.weights != nullptr) {
        const int32_t b = Shifted(bias.weights[head * size() + i], bias.fraction - fraction);
        y = Saturate(y + b, kStreamLimit);
      }
      vector[i] = y;
    }
    return fraction;
  }

  // Spec 6.6, 1; returns the fraction.
  __device__ int Prepare(int fraction, const TokenNorm& norm) const {
    if (norm.weights != nullptr) {
      Normalize(group, vector, size(), EpsilonOf(size(), shape.epsilon, fraction), norm.weights);
      return norm.fraction;
    }
    const int32_t largest = MagnitudeOf(group, vector, size());
    const int drop = max(0, BitsOf(static_cast<uint32_t>(largest)) - 15);
    for (int i = group.rank(); i < size(); i += 32) {
      vector[i] = Saturate(Round32(vector[i], drop), 32767);
    }
    return fraction - drop;
  }

  // `vector` by the row's place.
  __device__ void Rotate() const {
    const int half = size() / 2;
    const int32_t* const turns =
        work.turns + (int64_t{row} * shape.rotations + layer.rotation) * size();
    group.Sync();
    for (int i = group.rank(); i < half; i += 32) {
      RotatePair(vector[i], vector[half + i], turns[i], turns[half + i], i);
    }
    group.Sync();
  }
  __device__ void RotatePair(int32_t a, int32_t b, int32_t cosine, int32_t sine, int i) const {
    turned[i] = a * cosine - b * sine;
    turned[size() / 2 + i] = a * sine + b * cosine;
  }

  // `turned` into `bytes`: a plane or two.
  __device__ HeadScale Quantize(int fraction) const {
    const int32_t largest = MagnitudeOf(group, turned, size());
    HeadScale scale = {};
    if (shape.attention_planes == 2) {
      const TwoPlanes by(largest);
      for (int i = group.rank(); i < size(); i += 32) {
        by(turned[i], bytes + i, bytes + size() + i);
      }
      scale = {0, by.shift + fraction};
    } else {
      const TokenQuantizer by(largest);
      for (int i = group.rank(); i < size(); i += 32) bytes[i] = by(turned[i]);
      scale = {by.mantissa(), by.exponent() + fraction};
    }
    group.Sync();
    return scale;
  }

  __device__ void MakeQuery(int head) const {
    const int loaded = Load(work.query + int64_t{row} * shape.query_size(), head, 0);
    const int fraction = Prepare(loaded, layer.query_norm) + 15;
    Rotate();
    const HeadScale scale = Quantize(fraction);
    const int planes = shape.attention_planes;
    int8_t* const to =
        work.query_bytes + int64_t{row} * planes * shape.query_size() + head * size();
    for (int p = 0; p < planes; ++p) {
      for (int i = group.rank(); i < size(); i += 32) {
        to[p * shape.query_size() + i] = bytes[p * size() + i];
      }
    }
    if (group.rank() != 0) return;
    int2& out = work.query_scale[int64_t{row} * shape.heads + head];
    const TokenScale& unit = shape.score_scale;
    if (planes == 2) {
      out = make_int2(unit.mantissa, scale.exponent + unit.exponent - 17);
      return;
    }
    const int32_t product = scale.mantissa * unit.mantissa;
    const int down = BitsOf(static_cast<uint32_t>(product)) - 15;
    const int narrowing = max(0, BitsOf(static_cast<uint32_t>(127 * 127 * size())) - 15);
    out = make_int2(product >> down, scale.exponent + unit.exponent - down - narrowing - 25);
  }

  // `turned` into a slot.
  __device__ void StoreKey(int slot, int fraction) const {
    HeadScale scale = Quantize(fraction);
    const int planes = shape.attention_planes;
    for (int p = 0; p < planes; ++p) {
      char* const to = cache + p * layout.keys_low + slot * size();
      for (int i = group.rank(); i < size(); i += 32) to[i] = bytes[p * size() + i];
    }
    if (planes == 1 && scale.mantissa < 1 << 14) scale = {2 * scale.mantissa, scale.exponent + 1};
    if (group.rank() == 0) {
      reinterpret_cast<int16_t*>(cache + layout.mantissa)[slot] =
          static_cast<int16_t>(scale.mantissa);
      reinterpret_cast<int16_t*>(cache + layout.exponent)[slot] =
          static_cast<int16_t>(scale.exponent);
    }
    group.Sync();
  }

  // The first tokens to before the oldest other one.
  __device__ void MoveFirst(const uint32_t* phases) const {
    const uint64_t begin =
        shape.context.Oldest(token.place) - static_cast<uint64_t>(shape.context.sinks);
    const int half = size() / 2;
    const auto* const fractions = reinterpret_cast<const int32_t*>(cache + layout.first_fraction);
    for (int t = 0; t < shape.context.sinks; ++t) {
      const auto* const key =
          reinterpret_cast<const int32_t*>(cache + layout.first_keys) + t * size();
      group.Sync();
      for (int i = group.rank(); i < half; i += 32) {
        const uint32_t turn = static_cast<uint32_t>(begin + static_cast<uint64_t>(t)) * phases[i];
        RotatePair(key[i], key[half + i], CosineOf(tables.quarter_sine, turn),
                   SineOf(tables.quarter_sine, turn), i);
      }
      group.Sync();
      StoreKey(t, fractions[t] + 15);
    }
  }

  __device__ void RememberKey(int head, const uint32_t* phases) const {
    if (shape.context.Drops(token.place)) MoveFirst(phases);
    const int loaded = Load(work.key + int64_t{row} * shape.key_size(), head, 1);
    const int fraction = Prepare(loaded, layer.key_norm);
    if (token.place < static_cast<uint64_t>(shape.context.sinks)) {
      const int at = static_cast<int>(token.place);
      auto* const key = reinterpret_cast<int32_t*>(cache + layout.first_keys) + at * size();
      for (int i = group.rank(); i < size(); i += 32) key[i] = vector[i];
      if (group.rank() == 0) {
        reinterpret_cast<int32_t*>(cache + layout.first_fraction)[at] = fraction;
      }
    }
    Rotate();
    StoreKey(shape.context.SlotOf(token.place), fraction + 15);
  }

  __device__ void RememberValue(int head) const {
    const int fraction = Load(work.value + int64_t{row} * shape.key_size(), head, 2);
    const TokenQuantizer by(MagnitudeOf(group, vector, size()));
    const int slot = shape.context.SlotOf(token.place);
    char* const to = cache + layout.values + slot / 4 * 4 * size() + slot % 4;
    for (int i = group.rank(); i < size(); i += 32) to[4 * i] = by(vector[i]);
    if (group.rank() != 0) return;
    const int32_t log = 1024 * (15 - by.shift - fraction) - tables.logs[by.factor - 127];
    reinterpret_cast<int32_t*>(cache + layout.log)[slot] = Saturate(log, kMostLog);
  }
};

__global__ void __launch_bounds__(kWarps * 32)
    RememberKernel(const __grid_constant__ TokenShape shape,
                   const __grid_constant__ TokenLayer layer, int number, const TokenTables tables,
                   const uint32_t* phases, const __grid_constant__ TokenWork work) {
  __shared__ int32_t vectors[kWarps][kMostHeadSize], turned[kWarps][kMostHeadSize];
  __shared__ int8_t bytes[kWarps][2 * kMostHeadSize];
  const auto warp = static_cast<int>(threadIdx.x / 32);
  const int which = static_cast<int>(blockIdx.y) * kWarps + warp;
  if (which >= shape.heads + 2 * shape.kv_heads) return;
  const auto row = static_cast<int>(blockIdx.x);
  const CacheLayout layout(shape.context, shape.head_size, shape.attention_planes);
  const TokenRow& token = work.rows[row];
  const int key_head = which < shape.heads ? 0 : (which - shape.heads) % shape.kv_heads;
  char* const cache = token.cache + (int64_t{number} * shape.kv_heads + key_head) * layout.size;
  const RowHead head = {shape,  layer, tables,        work,         token,       cache,
                        layout, row,   vectors[warp], turned[warp], bytes[warp], {}};
  if (which < shape.heads) {
    head.MakeQuery(which);
  } else if (which < shape.heads + shape.kv_heads) {
    head.RememberKey(key_head, phases);
  } else {
    head.RememberValue(key_head);
  }
}

}  // namespace

void LaunchRemember(const TokenShape& shape, const TokenLayer& layer, int number,
                    const TokenTables& tables, const uint32_t* phases, const TokenWork& work,
                    int rows, cudaStream_t stream) {
  const int heads = shape.heads + 2 * shape.kv_heads;
  const dim3 grid(static_cast<unsigned>(rows),
                  static_cast<unsigned>((heads + kWarps - 1) / kWarps));
  RememberKernel<<<grid, kWarps * 32, 0, stream>>>(shape, layer, number, tables, phases, work);
}

}  // namespace lmz::cuda
