#include "model/transformer/attention.h"

#include <algorithm>
#include <array>

#include "model/glr/kernels/fixed_point.h"
#include "model/transformer/kernels/power_tables.h"
#include "model/transformer/kernels/wide.h"
#include "model/transformer/products.h"

namespace lmz {

namespace {

constexpr int kQuery = 0, kKey = 1, kValue = 2;
constexpr int kMostSlots = 4096;
constexpr int32_t kMostLog = 1 << 19;

// Numbers with a fraction of their own.
struct HeadVector {
  const int32_t* x = nullptr;
  int fraction = 0;
};

struct PlanesScale {
  int32_t mantissa = 0;  // of one plane
  int32_t exponent = 0;
};

void Turn(std::span<const uint32_t> phases, uint64_t place, int32_t* cosine, int32_t* sine) {
  for (size_t i = 0; i < phases.size(); ++i) {
    const uint32_t turn = static_cast<uint32_t>(place) * phases[i];
    cosine[i] = Cosine(turn);
    sine[i] = Sine(turn);
  }
}

// One row's work between the products of query, key and value and attention.
class RowHeads {
 public:
  RowHeads(const BoundTransformer& network, int layer, StepMemory& memory, LaneCaches& caches,
           int worker, int row)
      : network_(network),
        kernels_(*network.kernels),
        layer_(network.layers[static_cast<size_t>(layer)]),
        layer_number_(layer),
        memory_(memory),
        caches_(caches),
        mine_(memory.workers[static_cast<size_t>(worker)]),
        context_(network.shape),
        head_size_(network.shape.head_size),
        row_(row),
        lane_(memory.lane[static_cast<size_t>(row)]),
        place_(memory.place[static_cast<size_t>(row)]) {}

  void MakeQueries() {
    const int fraction = WithBias(kQuery, memory_.query[row_], network_.query_size());
    for (int head = 0; head < network_.shape.heads; ++head) {
      const int32_t* const y = memory_.query[row_] + head * head_size_;
      const HeadVector z = Rotated(Prepared(y, fraction, layer_.query_norm));
      MakeQuery(head, z);
    }
  }

  void StoreKeys() {
    const int fraction = WithBias(kKey, memory_.key[row_], network_.key_size());
    for (int head = 0; head < network_.shape.kv_heads; ++head) {
      const HeadCache cache = caches_.Head(layer_number_, lane_, head);
      if (context_.Drops(place_)) MoveFirst(cache);
      const int32_t* const y = memory_.key[row_] + head * head_size_;
      const HeadVector z = Prepared(y, fraction, layer_.key_norm);
      if (place_ < static_cast<uint64_t>(context_.sinks())) {
        std::copy(z.x, z.x + head_size_,
                  cache.first_keys + static_cast<ptrdiff_t>(place_) * head_size_);
        cache.first_fraction[place_] = z.fraction;
      }
      StoreKey(cache, context_.SlotOf(place_), Rotated(z));
    }
  }

  void StoreValues() {
    const int fraction = WithBias(kValue, memory_.value[row_], network_.key_size());
    for (int head = 0; head < network_.shape.kv_heads; ++head) {
      const int32_t* const y = memory_.value[row_] + head * head_size_;
      uint8_t* const bytes = mine_.bytes[0].data();
      const PlaneScale scale = kernels_.quantize(y, head_size_, 0, bytes);
      const HeadCache cache = caches_.Head(layer_number_, lane_, head);
      const int slot = context_.SlotOf(place_);
      caches_.StoreValue(cache, slot, bytes);
      const int32_t log = 1024 * (15 - scale.shift - fraction) - LogOfFactor(scale.factor);
      cache.value_log[slot] = Saturate(log, kMostLog);
    }
  }

 private:
  // Adds a product's bias; returns its fraction.
  int WithBias(int which, int32_t* y, int size) {
    const auto at = static_cast<size_t>(which);
    const int fraction = FreeFraction(layer_.projection[at], memory_, row_);
    if (!network_.shape.has_biases) return fraction;
    const BiasWeights& bias = layer_.bias[at];
    for (int i = 0; i < size; ++i) {
      const int32_t b = Shifted(bias.weights[static_cast<size_t>(i)], bias.fraction - fraction);
      y[i] = Saturate(y[i] + b, kStreamLimit);
    }
    return fraction;
  }

  // A head as it is before it is rotated: z of spec 6.6, 1.
  HeadVector Prepared(const int32_t* y, int fraction, const BoundTokenNorm& norm) {
    int32_t* const z = mine_.head[0].data();
    if (network_.shape.has_head_norms) {
      kernels_.normalize(y, head_size_, norm.Epsilon(fraction), norm.weights.data(), z);
      return {z, norm.fraction};
    }
    const int32_t largest = kernels_.magnitude(y, head_size_);
    const int drop = std::max(0, BitLength(static_cast<uint32_t>(largest)) - 15);
    for (int i = 0; i < head_size_; ++i) z[i] = Saturate(RoundShift(y[i], drop), kInt16Limit);
    return {z, fraction - drop};
  }

  HeadVector Rotated(const HeadVector& z) {
    const int at = row_ * network_.shape.rotations + layer_.rotation;
    return RotatedBy(z, memory_.cosine[at], memory_.sine[at]);
  }
  HeadVector RotatedBy(const HeadVector& z, const int32_t* cosine, const int32_t* sine) {
    int32_t* const out = mine_.head[1].data();
    kernels_.rotate(z.x, head_size_ / 2, cosine, sine, out);
    return {out, z.fraction + 15};
  }

  // Into one or two planes of `flip`.
  PlanesScale Quantized(const HeadVector& z, uint8_t flip, uint8_t* high, uint8_t* low) {
    if (network_.attention_planes() == 2) {
      return {0, kernels_.quantize_two(z.x, head_size_, flip, high, low) + z.fraction};
    }
    const PlaneScale scale = kernels_.quantize(z.x, head_size_, flip, high);
    return {((1 << 21) + scale.factor / 2) / scale.factor, 6 + scale.shift + z.fraction};
  }

  void MakeQuery(int head, const HeadVector& z) {
    const int planes = network_.attention_planes();
    int8_t* const high = memory_.query_bytes[row_ * planes] + head * head_size_;
    int8_t* const low =
        planes == 2 ? memory_.query_bytes[row_ * planes + 1] + head * head_size_ : nullptr;
    const PlanesScale scale =
        Quantized(z, 0, reinterpret_cast<uint8_t*>(high), reinterpret_cast<uint8_t*>(low));
    const ScaleWeight& unit = network_.score_scale;
    QueryView& query = memory_.queries[static_cast<size_t>(row_ * network_.shape.heads + head)];
    if (planes == 2) {
      query = {high, low, unit.mantissa, scale.exponent + unit.exponent - 17};
      return;
    }
    const int32_t product = scale.mantissa * unit.mantissa;
    const int down = BitLength(static_cast<uint32_t>(product)) - 15;
    const int narrowing = ScoreShift(head_size_);
    query = {high, nullptr, product >> down,
             scale.exponent + unit.exponent - down - narrowing - 25};
  }

  void StoreKey(const HeadCache& cache, int slot, const HeadVector& z) {
    uint8_t* const high = mine_.bytes[0].data();
    uint8_t* const low = mine_.bytes[1].data();
    PlanesScale scale = Quantized(z, kernels_.key_flip, high, low);
    if (network_.attention_planes() == 2) {
      caches_.StoreKey(cache, slot, 1, low);
    } else if (scale.mantissa < 1 << 14) {
      scale = {2 * scale.mantissa, scale.exponent + 1};
    }
    caches_.StoreKey(cache, slot, 0, high);
    cache.key_mantissa[slot] = static_cast<int16_t>(scale.mantissa);
    cache.key_exponent[slot] = static_cast<int16_t>(scale.exponent);
  }

  // The first tokens to before the oldest other one.
  void MoveFirst(const HeadCache& cache) {
    const uint64_t begin = context_.Oldest(place_) - static_cast<uint64_t>(context_.sinks());
    int32_t* const cosine = mine_.turn[0].data();
    int32_t* const sine = mine_.turn[1].data();
    for (int i = 0; i < context_.sinks(); ++i) {
      const auto& phases = network_.phases[static_cast<size_t>(layer_.rotation)];
      Turn(phases, begin + static_cast<uint64_t>(i), cosine, sine);
      const HeadVector z = {cache.first_keys + ptrdiff_t{i} * head_size_, cache.first_fraction[i]};
      StoreKey(cache, i, RotatedBy(z, cosine, sine));
    }
  }

 public:
  // Spec 6.8: a.
  static int ScoreShift(int head_size) {
    return std::max(0, BitLength(static_cast<uint32_t>(127 * 127 * head_size)) - 15);
  }

 private:
  const BoundTransformer& network_;
  const TransformerKernels& kernels_;
  const BoundTransformerLayer& layer_;
  const int layer_number_;
  StepMemory& memory_;
  LaneCaches& caches_;
  WorkerMemory& mine_;
  const Context context_;
  const int head_size_;
  const int row_;
  const int lane_;
  const uint64_t place_;
};

// Blocks of slots that some row of a task sees: first .. last - 1.
struct Spans {
  std::array<Context::Range, 3> span;
  int count = 0;
};

// The blocks of all of `seen`, in ascending order.
Spans SpansOf(std::span<const Context::Ranges> seen, int slots) {
  std::array<bool, kMostSlots / kKeyBlock + 1> wanted{};
  for (const Context::Ranges& ranges : seen) {
    for (int i = 0; i < ranges.count; ++i) {
      const Context::Range& range = ranges.range[static_cast<size_t>(i)];
      std::fill(wanted.begin() + range.first / kKeyBlock,
                wanted.begin() + (range.last + kKeyBlock - 1) / kKeyBlock, true);
    }
  }
  Spans spans;
  for (int block = 0; block < slots / kKeyBlock;) {
    if (!wanted[static_cast<size_t>(block)]) {
      ++block;
      continue;
    }
    const int first = block;
    while (wanted[static_cast<size_t>(block)]) ++block;
    // What later rows see may be one span more than an array for one row holds.
    if (spans.count == static_cast<int>(spans.span.size())) {
      spans.span.back().last = block;
    } else {
      spans.span[static_cast<size_t>(spans.count++)] = {first, block};
    }
  }
  return spans;
}

// Marks the scores of a span's slots that are in none of `seen`.
void Hide(const Context::Ranges& seen, int first_slot, int last_slot, int32_t* scores) {
  int at = first_slot;
  for (int i = 0; i < seen.count; ++i) {
    const Context::Range& range = seen.range[static_cast<size_t>(i)];
    const int from = std::clamp(range.first, at, last_slot);
    std::fill(scores + (at - first_slot), scores + (from - first_slot), kUnseen);
    at = std::clamp(range.last, from, last_slot);
  }
  std::fill(scores + (at - first_slot), scores + (last_slot - first_slot), kUnseen);
}

// Some heads that share their keys, for some rows of one lane.
struct Task {
  int lane = 0;  // number in the step
  int kv_head = 0;
  int first_head = 0;  // of the query
  int heads = 1;
  int first = 0;  // position in the step
  int positions = 1;
};

class TaskWork {
 public:
  TaskWork(const BoundTransformer& network, int layer, StepMemory& memory, LaneCaches& caches,
           int worker, int positions, const Task& task)
      : network_(network),
        kernels_(*network.kernels),
        memory_(memory),
        mine_(memory.workers[static_cast<size_t>(worker)]),
        context_(network.shape),
        head_size_(network.shape.head_size),
        task_(task),
        first_row_(task.lane * positions + task.first),
        caches_(caches),
        cache_(caches.Head(layer, memory.lane[static_cast<size_t>(first_row_)], task.kv_head)) {
    const int window = network.layers[static_cast<size_t>(layer)].window;
    for (int p = 0; p < task.positions; ++p) {
      seen_[static_cast<size_t>(p)] =
          context_.Seen(memory.place[static_cast<size_t>(first_row_ + p)], window);
    }
    spans_ = SpansOf(std::span(seen_).first(static_cast<size_t>(task.positions)), context_.slots());
    int stride = 0;
    for (int i = 0; i < spans_.count; ++i) stride += SlotsOf(i);
    stride_ = stride;
  }

  void Do() {
    const int count = task_.positions * task_.heads;
    Score(count);
    std::array<ScorePeaks, kQueriesAtOnce> peaks;
    for (int n = 0; n < count; ++n) FindPeaks(n, &peaks[static_cast<size_t>(n)]);
    for (int n = 0; n < count; ++n) Weigh(n, peaks[static_cast<size_t>(n)]);
    Mix(count);
  }

 private:
  int SlotsOf(int span) const {
    const Context::Range& range = spans_.span[static_cast<size_t>(span)];
    return (range.last - range.first) * kKeyBlock;
  }
  int RowOf(int n) const { return first_row_ + n / task_.heads; }
  int HeadOf(int n) const { return task_.first_head + n % task_.heads; }
  size_t NumberOf(int n) const {
    return static_cast<size_t>(RowOf(n) * network_.shape.heads + HeadOf(n));
  }
  int32_t* ScoresOf(int n) { return mine_.scores.data() + ptrdiff_t{n} * stride_; }
  const int32_t* LogsOf(int span) const {
    return cache_.value_log + spans_.span[static_cast<size_t>(span)].first * kKeyBlock;
  }

  void Score(int count) {
    std::array<QueryView, kQueriesAtOnce> queries;
    for (int n = 0; n < count; ++n) queries[static_cast<size_t>(n)] = memory_.queries[NumberOf(n)];
    const KeyView keys = caches_.Keys(cache_);
    int at = 0;
    for (int i = 0; i < spans_.count; ++i) {
      const Context::Range& span = spans_.span[static_cast<size_t>(i)];
      kernels_.score(keys, span.first, span.last, RowHeads::ScoreShift(head_size_), queries.data(),
                     count, mine_.scores.data() + at, stride_);
      for (int n = 0; n < count; ++n) {
        Hide(seen_[static_cast<size_t>(n / task_.heads)], span.first * kKeyBlock,
             span.last * kKeyBlock, ScoresOf(n) + at);
      }
      at += SlotsOf(i);
    }
  }

  void FindPeaks(int n, ScorePeaks* peaks) {
    int at = 0;
    for (int i = 0; i < spans_.count; ++i) {
      kernels_.find_peaks(ScoresOf(n) + at, LogsOf(i), SlotsOf(i), peaks);
      at += SlotsOf(i);
    }
  }

  // Spec 6.9, 1, 2 and 4.
  void Weigh(int n, const ScorePeaks& peaks) {
    uint64_t sum = 0;
    int at = 0;
    for (int i = 0; i < spans_.count; ++i) {
      const ptrdiff_t begin = ptrdiff_t{n} * stride_ + at;
      sum += kernels_.weigh(ScoresOf(n) + at, LogsOf(i), SlotsOf(i), peaks,
                            mine_.high.data() + begin, mine_.low.data() + begin);
      at += SlotsOf(i);
    }
    const int32_t below = peaks.score - peaks.weighted;
    const uint64_t power = uint64_t{kPowers[static_cast<size_t>(below & 1023)]} << 20;
    const uint64_t factor = power / sum;
    const int down = BitLength(factor) - 15;
    memory_.mix_factor[NumberOf(n)] = static_cast<int32_t>(factor >> down);
    memory_.mix_exponent[NumberOf(n)] = (below >> 10) + 40 - down;
  }

  void Mix(int count) {
    // Where the sums of each row go lies side by side for its heads alone.
    for (int n = 0; n < count; n += task_.heads) {
      int32_t* const out = memory_.query[RowOf(n)] + task_.first_head * head_size_;
      std::fill(out, out + task_.heads * head_size_, 0);
      int at = 0;
      for (int i = 0; i < spans_.count; ++i) {
        const Context::Range& span = spans_.span[static_cast<size_t>(i)];
        const ptrdiff_t begin = ptrdiff_t{n} * stride_ + at;
        kernels_.mix(cache_.values, head_size_, span.first, span.last, mine_.high.data() + begin,
                     mine_.low.data() + begin, stride_, task_.heads, out);
        at += SlotsOf(i);
      }
    }
  }

  const BoundTransformer& network_;
  const TransformerKernels& kernels_;
  StepMemory& memory_;
  WorkerMemory& mine_;
  const Context context_;
  const int head_size_;
  const Task task_;
  const int first_row_;
  LaneCaches& caches_;
  const HeadCache cache_;
  std::array<Context::Ranges, kQueriesAtOnce> seen_;
  Spans spans_;
  ptrdiff_t stride_ = 0;
};

}  // namespace

void TurnRow(const BoundTransformer& network, StepMemory& memory, int row) {
  for (int i = 0; i < network.shape.rotations; ++i) {
    const int at = row * network.shape.rotations + i;
    Turn(network.phases[static_cast<size_t>(i)], memory.place[static_cast<size_t>(row)],
         memory.cosine[at], memory.sine[at]);
  }
}

void RememberRow(const BoundTransformer& network, int layer, StepMemory& memory, LaneCaches& caches,
                 int worker, int row) {
  RowHeads heads(network, layer, memory, caches, worker, row);
  heads.MakeQueries();
  heads.StoreKeys();
  heads.StoreValues();
}

void Attend(const BoundTransformer& network, int layer, StepMemory& memory, LaneCaches& caches,
            ThreadTeam& team, int rows, int positions) {
  const int group = network.shape.heads / network.shape.kv_heads;
  const int heads = std::min(group, kQueriesAtOnce);
  const int parts = (group + heads - 1) / heads;
  const int at_once = std::min(positions, kQueriesAtOnce / heads);
  const int runs = (positions + at_once - 1) / at_once;
  const int per_lane = network.shape.kv_heads * parts * runs;
  team.Run(rows / positions * per_lane, [&](int worker, ThreadTeam::Pieces& pieces) {
    for (int piece = pieces.Next(); piece >= 0; piece = pieces.Next()) {
      const int in_lane = piece % per_lane, head_part = in_lane / runs;
      const int part = head_part % parts, run = in_lane % runs;
      Task task;
      task.lane = piece / per_lane;
      task.kv_head = head_part / parts;
      task.first_head = task.kv_head * group + part * heads;
      task.heads = std::min(heads, group - part * heads);
      task.first = run * at_once;
      task.positions = std::min(at_once, positions - task.first);
      TaskWork(network, layer, memory, caches, worker, positions, task).Do();
    }
  });
}

int CombineRow(const BoundTransformer& network, StepMemory& memory, int row) {
  const int heads = network.shape.heads, size = network.shape.head_size;
  const auto first = static_cast<size_t>(row * heads);
  const std::span exponents =
      std::span(memory.mix_exponent).subspan(first, static_cast<size_t>(heads));
  const int least = std::ranges::min(exponents);
  for (int head = 0; head < heads; ++head) {
    const auto at = static_cast<size_t>(head);
    network.kernels->times(memory.query[row] + head * size, size, memory.mix_factor[first + at],
                           std::min(47, 16 + exponents[at] - least));
  }
  return least - 16;
}

}  // namespace lmz
