// Attention (docs/spec/numerics.md, 6.8 and 6.9): a block of threads has some heads of a lane that
// share their keys, for one position or for some in a row. Each of them is a query, a row of what
// tensor cores multiply.
#include "device/cuda/transformer/product_result.cuh"
#include "device/cuda/transformer/seen_slots.cuh"

namespace lmz::cuda {

cudaError_t PrepareAttention(const TokenShape& shape);

namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * 32;
constexpr int kMostHeadSize = 256;
constexpr int kMixTiles = 4;  // of 8 numbers
// Of a query in shared memory: eight rows hit all banks once.
constexpr int kQueryStride = kMostHeadSize + 16;

struct AttendShared {
  int32_t peak_score[kMostQueries], peak_weighted[kMostQueries];
  unsigned long long sum[kMostQueries];
  uint32_t powers[1024];
  __align__(16) int8_t query[2][kMostQueries][kQueryStride];  // planes
  int32_t mixed[kMostQueries][kMostHeadSize];
};

struct Attention {
  const TokenShape& shape;
  const TokenWork& work;
  const CacheLayout& layout;
  const char* const cache;
  const int first_row, first_head;
  const int heads, queries;  // of each position, in all
  const int slots;           // a multiple of 16
  const int window;
  AttendShared& shared;
  int32_t* const scores;  // [queries][slots + kScorePadding]

  __device__ int thread() const { return static_cast<int>(threadIdx.x); }
  __device__ int warp() const { return thread() / 32; }
  __device__ int lane() const { return thread() % 32; }
  __device__ int stride() const { return slots + kScorePadding; }
  __device__ int RowOf(int query) const { return first_row + query / heads; }
  __device__ int64_t HeadOf(int query) const {
    return int64_t{RowOf(query)} * shape.heads + first_head + query % heads;
  }

  __device__ void Load(const TokenTables& tables) const {
    const int planes = shape.attention_planes, parts = shape.head_size / 16;
    for (int i = thread(); i < kMostQueries * planes * parts; i += kThreads) {
      const int part = i % parts, plane = i / parts % planes, query = i / parts / planes;
      int4 bytes = {};
      if (query < queries) {
        const int8_t* const from = work.query_bytes +
                                   (int64_t{RowOf(query)} * planes + plane) * shape.query_size() +
                                   (first_head + query % heads) * shape.head_size;
        bytes = reinterpret_cast<const int4*>(from)[part];
      }
      reinterpret_cast<int4*>(shared.query[plane][query])[part] = bytes;
    }
    for (int i = thread(); i < 1024; i += kThreads) shared.powers[i] = tables.powers[i];
    for (int i = thread(); i < kMostQueries * shape.head_size; i += kThreads) {
      shared.mixed[i / shape.head_size][i % shape.head_size] = 0;
    }
    if (thread() < kMostQueries) {
      shared.peak_score[thread()] = shared.peak_weighted[thread()] = kUnseen;
      shared.sum[thread()] = 0;
    }
  }

  // 16 numbers of each of eight keys or queries for four threads, beyond the head zeros.
  __device__ int4 Part(const void* row, int at) const {
    return at < shape.head_size ? *reinterpret_cast<const int4*>(static_cast<const char*>(row) + at)
                                : int4{};
  }
  // Adds the products of all queries' plane with a plane of the eight keys from `slot` on.
  __device__ void MultiplyKeys(int plane, const char* keys, int slot, int (&sums)[4]) const {
    const char* const key = keys + int64_t{slot + lane() / 4} * shape.head_size;
    for (int begin = 0; begin < shape.head_size; begin += 64) {
      const int at = begin + lane() % 4 * 16;
      const int4 k = Part(key, at);
      const int4 top = Part(shared.query[plane][lane() / 4], at);
      const int4 bottom = Part(shared.query[plane][lane() / 4 + 8], at);
      MultiplyAdd(sums, top.x, bottom.x, top.y, bottom.y, k.x, k.y);
      MultiplyAdd(sums, top.z, bottom.z, top.w, bottom.w, k.z, k.w);
    }
  }

  // D of all scores; with one plane not yet rounded.
  __device__ void Multiply() const {
#pragma unroll 2
    for (int slot = warp() * 8; slot < slots; slot += kWarps * 8) {
      int sums[4] = {};
      MultiplyKeys(0, cache, slot, sums);
      if (shape.attention_planes == 2) {
        int cross[4] = {}, least[4] = {};
        MultiplyKeys(1, cache, slot, cross);
        MultiplyKeys(0, cache + layout.keys_low, slot, cross);
        MultiplyKeys(1, cache + layout.keys_low, slot, least);
#pragma unroll
        for (int i = 0; i < 4; ++i) sums[i] = 128 * sums[i] + cross[i] + Round32(least[i], 7);
      }
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const int query = lane() / 4 + half * 8;
        if (query >= queries) continue;
        *reinterpret_cast<int2*>(scores + query * stride() + slot + lane() % 4 * 2) =
            make_int2(sums[2 * half], sums[2 * half + 1]);
      }
    }
  }

  __device__ int32_t ScoreOf(int32_t product, const int2& scale, int slot, int narrowing) const {
    const int exponent = reinterpret_cast<const int16_t*>(cache + layout.exponent)[slot] + scale.y;
    if (shape.attention_planes == 1) {
      const int mantissa = reinterpret_cast<const int16_t*>(cache + layout.mantissa)[slot];
      return (TimesQ15(Round32(product, narrowing), mantissa) * scale.x) >>
             min(max(exponent, 0), 31);
    }
    constexpr int64_t kLimit = kStreamLimit;
    const int64_t score = (int64_t{product} * scale.x) >> min(max(exponent, 0), 47);
    return static_cast<int32_t>(min(max(score, -kLimit), kLimit));
  }

  // Calls work(query, part, parts) for all queries, those of which there are few by several warps.
  template <class Work>
  __device__ void ForQueries(const Work& work) const {
    const int parts = queries < kWarps ? kWarps / queries : 1;
    for (int i = warp(); i < queries * parts; i += kWarps) work(i / parts, i % parts, parts);
  }

  // Scores in the place of D, and their peaks.
  __device__ void Score() const {
    const auto* const logs = reinterpret_cast<const int32_t*>(cache + layout.log);
    const int narrowing = max(0, BitsOf(static_cast<uint32_t>(127 * 127 * shape.head_size)) - 15);
    ForQueries([&](int query, int part, int parts) {
      const SeenSlots seen(shape.context, work.rows[RowOf(query)].place, window);
      const int2 scale = work.query_scale[HeadOf(query)];
      int32_t* const own = scores + query * stride();
      int32_t score = kUnseen, weighted = kUnseen;
      for (int slot = part * 32 + lane(); slot < slots; slot += parts * 32) {
        if (!seen.Has(slot)) {
          own[slot] = kUnseen;
          continue;
        }
        const int32_t x = ScoreOf(own[slot], scale, slot, narrowing);
        own[slot] = x;
        score = max(score, x);
        weighted = max(weighted, x + logs[slot]);
      }
      score = LargestOfWarp(score);
      weighted = LargestOfWarp(weighted);
      if (lane() != 0) return;
      atomicMax(&shared.peak_score[query], score);
      atomicMax(&shared.peak_weighted[query], weighted);
    });
  }

  // Of each four slots, p_t / 64 into the bytes of the first score, the rest into the second.
  __device__ void Weigh() const {
    const auto* const logs = reinterpret_cast<const int4*>(cache + layout.log);
    ForQueries([&](int query, int part, int parts) {
      auto* const fours = reinterpret_cast<int4*>(scores + query * stride());
      const int32_t top = shared.peak_score[query], most = shared.peak_weighted[query];
      int64_t sum = 0;
      for (int i = part * 32 + lane(); i < slots / 4; i += parts * 32) {
        const int4 score = fours[i], log = logs[i];
        const int32_t x[4] = {score.x, score.y, score.z, score.w};
        const int32_t v[4] = {log.x, log.y, log.z, log.w};
        uint32_t high = 0, low = 0;
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          if (x[j] == kUnseen) continue;
          sum += PowerOf(shared.powers, static_cast<uint32_t>(top - x[j])) >> 8;
          const auto below = static_cast<uint32_t>(most - x[j] - v[j]);
          const uint32_t p = ((PowerOf(shared.powers, below) >> 17) + 1) >> 1;
          high |= (p >> 6) << (8 * j);
          low |= (p & 63) << (8 * j);
        }
        *reinterpret_cast<int2*>(fours + i) =
            make_int2(static_cast<int>(high), static_cast<int>(low));
      }
      sum = SumOfWarp(sum);
      if (lane() == 0) atomicAdd(&shared.sum[query], static_cast<unsigned long long>(sum));
    });
  }

  // Spec 6.9, 4.
  __device__ void Finish(int query) const {
    const int32_t below = shared.peak_score[query] - shared.peak_weighted[query];
    const uint64_t power = uint64_t{shared.powers[below & 1023]} << 20;
    const uint64_t factor = power / shared.sum[query];
    const int down = BitsOf64(factor) - 15;
    work.mix_scale[HeadOf(query)] =
        make_int2(static_cast<int>(factor >> down), (below >> 10) + 40 - down);
  }

  __device__ int2 WeightsOf(int query, int four) const {
    if (query >= queries || four >= slots / 4) return int2{};
    return *reinterpret_cast<const int2*>(scores + query * stride() + 4 * four);
  }

  // The sums of weights times values, for some numbers of the head at a time.
  __device__ void Mix(int begin) const {
    const auto* const values = reinterpret_cast<const int32_t*>(cache + layout.values);
    const int size = shape.head_size, row = lane() / 4, column = lane() % 4;
    int high[kMixTiles][4] = {}, low[kMixTiles][4] = {};
    for (int first = warp() * 8; first < slots / 4; first += kWarps * 8) {
      const int four = first + column;
      const int2 a[4] = {WeightsOf(row, four), WeightsOf(row + 8, four), WeightsOf(row, four + 4),
                         WeightsOf(row + 8, four + 4)};
      const bool has_second = four + 4 < slots / 4;
#pragma unroll
      for (int n = 0; n < kMixTiles; ++n) {
        const int at = begin + n * 8 + row;
        if (begin + n * 8 >= size) continue;
        const int32_t b0 = values[int64_t{four} * size + at];
        const int32_t b1 = has_second ? values[int64_t{four + 4} * size + at] : 0;
        MultiplyAdd(high[n], a[0].x, a[1].x, a[2].x, a[3].x, b0, b1);
        MultiplyAdd(low[n], a[0].y, a[1].y, a[2].y, a[3].y, b0, b1);
      }
    }
#pragma unroll
    for (int n = 0; n < kMixTiles; ++n) {
      if (begin + n * 8 >= size) continue;
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int query = row + i / 2 * 8;
        if (query >= queries) continue;
        atomicAdd(&shared.mixed[query][begin + n * 8 + column * 2 + i % 2],
                  64 * high[n][i] + low[n][i]);
      }
    }
  }

  __device__ void Run(const TokenTables& tables) const {
    Load(tables);
    __syncthreads();
    Multiply();
    __syncthreads();
    Score();
    __syncthreads();
    Weigh();
    __syncthreads();
    if (thread() < queries) Finish(thread());
    for (int begin = 0; begin < shape.head_size; begin += 8 * kMixTiles) Mix(begin);
    __syncthreads();
    for (int i = thread(); i < queries * shape.head_size; i += kThreads) {
      const int query = i / shape.head_size, at = i % shape.head_size;
      work.query[HeadOf(query) * shape.head_size + at] = shared.mixed[query][at];
    }
  }
};

__global__ void __launch_bounds__(kThreads, 3)
    AttendKernel(const __grid_constant__ TokenShape shape, int window, int number,
                 const TokenTables tables, const __grid_constant__ TokenWork work) {
  extern __shared__ __align__(16) int32_t scores[];
  __shared__ AttendShared shared;
  const auto row = static_cast<int>(blockIdx.x);
  const TokenRow& token = work.rows[row];
  if (token.group == 0) return;
  const int all = shape.heads / shape.kv_heads, together = shape.heads_together();
  const int parts = (all + together - 1) / together;
  const int key_head = static_cast<int>(blockIdx.y) / parts;
  const int part = static_cast<int>(blockIdx.y) % parts * together;
  const int heads = min(together, all - part), positions = static_cast<int>(token.group);
  const CacheLayout layout(shape.context, shape.head_size, shape.attention_planes);
  int end = 0;
  for (int p = 0; p < positions; ++p) {
    end = max(end, SeenSlots(shape.context, work.rows[row + p].place, window).end());
  }
  const Attention attention = {
      .shape = shape,
      .work = work,
      .layout = layout,
      .cache = token.cache + (int64_t{number} * shape.kv_heads + key_head) * layout.size,
      .first_row = row,
      .first_head = key_head * all + part,
      .heads = heads,
      .queries = heads * positions,
      .slots = (end + 15) / 16 * 16,
      .window = window,
      .shared = shared,
      .scores = scores};
  attention.Run(tables);
}

size_t SharedSize(const TokenShape& shape, int positions) {
  return static_cast<size_t>(shape.heads_together() * positions) *
         static_cast<size_t>(shape.context.slots() + kScorePadding) * sizeof(int32_t);
}

}  // namespace

cudaError_t PrepareAttention(const TokenShape& shape) {
  const size_t most = SharedSize(shape, shape.positions_together());
  return cudaFuncSetAttribute(AttendKernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                              static_cast<int>(most));
}

void LaunchAttend(const TokenShape& shape, int window, int number, const TokenTables& tables,
                  const TokenWork& work, int rows, int most, cudaStream_t stream) {
  const int heads = shape.heads / shape.kv_heads, together = shape.heads_together();
  const int parts = (heads + together - 1) / together;
  const dim3 grid(static_cast<unsigned>(rows), static_cast<unsigned>(shape.kv_heads * parts));
  AttendKernel<<<grid, kThreads, SharedSize(shape, most), stream>>>(shape, window, number, tables,
                                                                    work);
}

}  // namespace lmz::cuda
