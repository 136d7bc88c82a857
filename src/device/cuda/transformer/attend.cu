// Attention (docs/spec/numerics.md, 6.8 and 6.9): a block of threads has some heads of a row that
// share their keys.
#include <algorithm>

#include "device/cuda/transformer/token_integers.cuh"
#include "device/cuda/transformer/token_launch.h"

namespace lmz::cuda {

cudaError_t PrepareAttention(const TokenShape& shape);

namespace {

constexpr int kThreads = 128;
constexpr int kMostHeadSize = 256;

// Which slots a token sees: at most three ranges of them.
struct Seen {
  int first[3], last[3];

  __device__ Seen(const TokenContext& context, uint64_t place, int window) {
    for (int i = 0; i < 3; ++i) first[i] = last[i] = 0;
    const uint64_t reach =
        window == 0 ? place + 1 : min(place + 1, static_cast<uint64_t>(window));
    const uint64_t least = place + 1 - reach;  // the first place within the window
    const auto sinks = static_cast<uint64_t>(context.sinks);
    if (place < sinks) {
      first[0] = static_cast<int>(least);
      last[0] = static_cast<int>(place) + 1;
      return;
    }
    const uint64_t oldest = context.Oldest(place);
    // The first tokens stand directly before the oldest other one.
    const uint64_t moved = oldest - sinks;
    first[0] = static_cast<int>(min(max(least, moved), oldest) - moved);
    last[0] = context.sinks;
    const uint64_t begin = max(least, oldest);
    first[2] = context.SlotOf(begin);
    const int count = static_cast<int>(place + 1 - begin);
    const int behind = max(0, first[2] + count - context.size);
    first[1] = context.sinks;
    last[1] = context.sinks + behind;
    last[2] = first[2] + count - behind;
  }
  __device__ bool Has(int slot) const {
    return (slot >= first[0] && slot < last[0]) || (slot >= first[1] && slot < last[1]) ||
           (slot >= first[2] && slot < last[2]);
  }
  // Behind the last one.
  __device__ int end() const { return max(max(last[0], last[1]), last[2]); }
};

__device__ __forceinline__ int Dot16(const int4& a, const int4& b, int sum) {
  return __dp4a(a.w, b.w, __dp4a(a.z, b.z, __dp4a(a.y, b.y, __dp4a(a.x, b.x, sum))));
}

struct Peaks {
  int32_t score, weighted;
};

struct AttendShared {
  int64_t group[8];
  Peaks peaks[kHeadsTogether];
  int4 query[kHeadsTogether][2][kMostHeadSize / 16];  // planes
  uint32_t powers[1024];
};

template <int kHeads>
struct Attention {
  const TokenShape& shape;
  const TokenTables& tables;
  const TokenWork& work;
  const CacheLayout& layout;
  const char* const cache;
  const int row, first_head, slots;  // a multiple of 4
  AttendShared& shared;
  int32_t* const scores;  // [kHeads][slots]

  __device__ BlockGroup group() const { return {shared.group}; }
  __device__ int64_t HeadAt(int h) const { return int64_t{row} * shape.heads + first_head + h; }

  __device__ void LoadQueries() const {
    const int planes = shape.attention_planes, parts = shape.head_size / 16;
    for (int i = static_cast<int>(threadIdx.x); i < kHeads * planes * parts; i += kThreads) {
      const int part = i % parts, plane = i / parts % planes, h = i / parts / planes;
      const int8_t* const from = work.query_bytes +
                                 (int64_t{row} * planes + plane) * shape.query_size() +
                                 (first_head + h) * shape.head_size;
      shared.query[h][plane][part] = reinterpret_cast<const int4*>(from)[part];
    }
    for (int i = static_cast<int>(threadIdx.x); i < 1024; i += kThreads) {
      shared.powers[i] = tables.powers[i];
    }
  }

  __device__ void ScoreOnePlane(int slot, int32_t (&out)[kHeads]) const {
    const int parts = shape.head_size / 16;
    const auto* const key = reinterpret_cast<const int4*>(cache + int64_t{slot} * shape.head_size);
    int sums[kHeads] = {};
#pragma unroll 4
    for (int part = 0; part < parts; ++part) {
      const int4 k = key[part];
#pragma unroll
      for (int h = 0; h < kHeads; ++h) sums[h] = Dot16(shared.query[h][0][part], k, sums[h]);
    }
    const int mantissa = reinterpret_cast<const int16_t*>(cache + layout.mantissa)[slot];
    const int exponent = reinterpret_cast<const int16_t*>(cache + layout.exponent)[slot];
    const int narrowing =
        max(0, BitsOf(static_cast<uint32_t>(127 * 127 * shape.head_size)) - 15);
#pragma unroll
    for (int h = 0; h < kHeads; ++h) {
      const int2 scale = work.query_scale[HeadAt(h)];
      const int down = min(max(exponent + scale.y, 0), 31);
      out[h] = (TimesQ15(Round32(sums[h], narrowing), mantissa) * scale.x) >> down;
    }
  }

  __device__ void ScoreTwoPlanes(int slot, int32_t (&out)[kHeads]) const {
    const int parts = shape.head_size / 16;
    const auto* const high = reinterpret_cast<const int4*>(cache + int64_t{slot} * shape.head_size);
    const auto* const low = reinterpret_cast<const int4*>(cache + layout.keys_low +
                                                          int64_t{slot} * shape.head_size);
    const int exponent = reinterpret_cast<const int16_t*>(cache + layout.exponent)[slot];
#pragma unroll
    for (int h = 0; h < kHeads; ++h) {
      int both = 0, cross = 0, least = 0;
      for (int part = 0; part < parts; ++part) {
        const int4 k = high[part], l = low[part];
        const int4 q = shared.query[h][0][part], r = shared.query[h][1][part];
        both = Dot16(q, k, both);
        cross = Dot16(q, l, Dot16(r, k, cross));
        least = Dot16(r, l, least);
      }
      const int2 scale = work.query_scale[HeadAt(h)];
      const int32_t product = 128 * both + cross + Round32(least, 7);
      const int down = min(max(exponent + scale.y, 0), 47);
      const int64_t score = (int64_t{product} * scale.x) >> down;
      constexpr int64_t kLimit = kStreamLimit;
      out[h] = static_cast<int32_t>(min(max(score, -kLimit), kLimit));
    }
  }

  // All scores, and the peaks of each head.
  __device__ void Score(const Seen& seen) const {
    const auto* const logs = reinterpret_cast<const int32_t*>(cache + layout.log);
    Peaks peaks[kHeads];
#pragma unroll
    for (int h = 0; h < kHeads; ++h) peaks[h] = {kUnseen, kUnseen};
    for (int slot = static_cast<int>(threadIdx.x); slot < slots; slot += kThreads) {
      int32_t score[kHeads];
      const bool is_seen = seen.Has(slot);
      if (!is_seen) {
#pragma unroll
        for (int h = 0; h < kHeads; ++h) scores[h * slots + slot] = kUnseen;
        continue;
      }
      if (shape.attention_planes == 2) {
        ScoreTwoPlanes(slot, score);
      } else {
        ScoreOnePlane(slot, score);
      }
      const int32_t log = logs[slot];
#pragma unroll
      for (int h = 0; h < kHeads; ++h) {
        scores[h * slots + slot] = score[h];
        peaks[h].score = max(peaks[h].score, score[h]);
        peaks[h].weighted = max(peaks[h].weighted, score[h] + log);
      }
    }
#pragma unroll
    for (int h = 0; h < kHeads; ++h) {
      const Peaks all = {group().Largest(peaks[h].score), group().Largest(peaks[h].weighted)};
      if (threadIdx.x == 0) shared.peaks[h] = all;
    }
    __syncthreads();
  }

  // Of each four slots, p_t / 64 into the bytes of the first score, the rest into the second.
  __device__ void Weigh(int h) const {
    const auto* const logs = reinterpret_cast<const int4*>(cache + layout.log);
    auto* const fours = reinterpret_cast<int4*>(scores + h * slots);
    const Peaks peaks = shared.peaks[h];
    int64_t sum = 0;
    for (int i = static_cast<int>(threadIdx.x); i < slots / 4; i += kThreads) {
      const int4 score = fours[i], log = logs[i];
      const int32_t x[4] = {score.x, score.y, score.z, score.w};
      const int32_t v[4] = {log.x, log.y, log.z, log.w};
      uint32_t high = 0, low = 0;
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        if (x[j] == kUnseen) continue;
        sum += PowerOf(shared.powers, static_cast<uint32_t>(peaks.score - x[j])) >> 8;
        const auto below = static_cast<uint32_t>(peaks.weighted - x[j] - v[j]);
        const uint32_t p = ((PowerOf(shared.powers, below) >> 17) + 1) >> 1;
        high |= (p >> 6) << (8 * j);
        low |= (p & 63) << (8 * j);
      }
      fours[i].x = static_cast<int32_t>(high);
      fours[i].y = static_cast<int32_t>(low);
    }
    const auto all = static_cast<uint64_t>(group().Sum(sum));
    if (threadIdx.x != 0) return;
    const int32_t below = peaks.score - peaks.weighted;
    const uint64_t power = uint64_t{shared.powers[below & 1023]} << 20;
    const uint64_t factor = power / all;
    const int down = BitsOf64(factor) - 15;
    work.mix_scale[HeadAt(h)] =
        make_int2(static_cast<int>(factor >> down), (below >> 10) + 40 - down);
  }

  __device__ void Mix() const {
    const auto* const values = reinterpret_cast<const int32_t*>(cache + layout.values);
    const int size = shape.head_size;
    // Parts of the slots for threads that have the same number of the head.
    const int parts = size >= kThreads ? 1 : kThreads / size;
    for (int at = static_cast<int>(threadIdx.x); at < parts * size; at += kThreads) {
      const int i = at % size, part = at / size;
      int high[kHeads] = {}, low[kHeads] = {};
#pragma unroll 4
      for (int four = part; four < slots / 4; four += parts) {
        const int32_t v = values[int64_t{four} * size + i];
#pragma unroll
        for (int h = 0; h < kHeads; ++h) {
          const int2 p = *reinterpret_cast<const int2*>(scores + h * slots + 4 * four);
          high[h] = __dp4a(v, p.x, high[h]);
          low[h] = __dp4a(v, p.y, low[h]);
        }
      }
#pragma unroll
      for (int h = 0; h < kHeads; ++h) {
        int32_t* const out = work.query + HeadAt(h) * size + i;
        const int32_t sum = 64 * high[h] + low[h];
        if (parts == 1) {
          *out = sum;
        } else {
          atomicAdd(out, sum);
        }
      }
    }
  }

  // Where threads add up.
  __device__ void Clear() const {
    int32_t* const out = work.query + HeadAt(0) * shape.head_size;
    for (int i = static_cast<int>(threadIdx.x); i < kHeads * shape.head_size; i += kThreads) {
      out[i] = 0;
    }
  }

  __device__ void Run(const Seen& seen) const {
    LoadQueries();
    Clear();
    __syncthreads();
    Score(seen);
#pragma unroll
    for (int h = 0; h < kHeads; ++h) Weigh(h);
    __syncthreads();
    Mix();
  }
};

__global__ void __launch_bounds__(kThreads)
    AttendKernel(const __grid_constant__ TokenShape shape, int window, int number,
                 const TokenTables tables, const __grid_constant__ TokenWork work) {
  extern __shared__ __align__(16) int32_t scores[];
  __shared__ AttendShared shared;
  const auto row = static_cast<int>(blockIdx.x);
  const int heads = shape.heads / shape.kv_heads;
  const int parts = (heads + kHeadsTogether - 1) / kHeadsTogether;
  const int key_head = static_cast<int>(blockIdx.y) / parts;
  const int part = static_cast<int>(blockIdx.y) % parts * kHeadsTogether;
  const TokenRow& token = work.rows[row];
  const CacheLayout layout(shape.context, shape.head_size, shape.attention_planes);
  const char* const cache =
      token.cache + (int64_t{number} * shape.kv_heads + key_head) * layout.size;
  const Seen seen(shape.context, token.place, window);
  const int first_head = key_head * heads + part, slots = (seen.end() + 3) / 4 * 4;
  const auto run = [&](auto attention) { attention.Run(seen); };
  switch (min(kHeadsTogether, heads - part)) {
    case 1:
      return run(Attention<1>{shape, tables, work, layout, cache, row, first_head, slots, shared,
                              scores});
    case 2:
      return run(Attention<2>{shape, tables, work, layout, cache, row, first_head, slots, shared,
                              scores});
    case 3:
      return run(Attention<3>{shape, tables, work, layout, cache, row, first_head, slots, shared,
                              scores});
    default:
      return run(Attention<4>{shape, tables, work, layout, cache, row, first_head, slots, shared,
                              scores});
  }
}

int SharedSize(const TokenShape& shape) {
  const int together = std::min(kHeadsTogether, shape.heads / shape.kv_heads);
  return together * shape.context.slots() * static_cast<int>(sizeof(int32_t));
}

}  // namespace

cudaError_t PrepareAttention(const TokenShape& shape) {
  return cudaFuncSetAttribute(AttendKernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                              SharedSize(shape));
}

void LaunchAttend(const TokenShape& shape, int window, int number, const TokenTables& tables,
                  const TokenWork& work, int rows, cudaStream_t stream) {
  const int heads = shape.heads / shape.kv_heads;
  const int parts = (heads + kHeadsTogether - 1) / kHeadsTogether;
  const dim3 grid(static_cast<unsigned>(rows), static_cast<unsigned>(shape.kv_heads * parts));
  AttendKernel<<<grid, kThreads, static_cast<size_t>(SharedSize(shape)), stream>>>(
      shape, window, number, tables, work);
}

}  // namespace lmz::cuda
