#include "codec/jpeg/model/decision_mixer.h"

#include <bit>

#include "base/hash.h"

namespace lmz::jpeg {

namespace {

// Of all probabilities together.
constexpr int kFirstWeights = 32768 * 5 / 4;
constexpr int kBias = 256;
constexpr int kMinP = 32;  // 1/65536

constexpr uint32_t kCountBits = 10;
constexpr uint32_t kMaxCount = 250;
constexpr int32_t kHalfQ22 = 1 << 21;

// 65536 / (n + 1.5)
constexpr auto kRates = [] {
  std::array<int32_t, kMaxCount + 1> rates{};
  for (int n = 0; n <= static_cast<int>(kMaxCount); ++n) {
    rates[static_cast<size_t>(n)] = 131072 / (2 * n + 3);
  }
  return rates;
}();

std::vector<uint32_t> RowsOf(size_t sets) {
  std::vector<uint32_t> rows = {DecisionMixer::kNodes};
  rows.insert(rows.end(), DecisionMixer::kWeightRows.begin(),
              DecisionMixer::kWeightRows.begin() + static_cast<std::ptrdiff_t>(sets - 1));
  return rows;
}

std::vector<uint32_t> FinalRowsOf(bool has_two) {
  std::vector<uint32_t> rows = {DecisionMixer::kNodes};
  if (has_two) rows.push_back(DecisionMixer::kWeightRows[1]);
  return rows;
}

// What says how sure a counter is begins without a weight.
std::array<Mixer::Row, Mixer::kMaxSets> FirstWeights(size_t contexts) {
  std::array<Mixer::Row, Mixer::kMaxSets> sets =
      Mixer::EvenRows(static_cast<int16_t>(kFirstWeights / static_cast<int>(contexts + 1)));
  for (Mixer::Row& row : sets) {
    for (size_t i = 1; i < 2 * contexts; i += 2) row[i] = 0;
  }
  return sets;
}

static_assert(2 * DecisionMixer::kMaxContexts + 1 <= Mixer::kInputs);

uint32_t HashOf(uint32_t context) {
  const uint32_t hash = context * kGoldenRatio32;
  return (hash ^ hash >> 15) * 0x2545F491u;
}

// How much a counter that was asked so often says beside its logit.
int ConfidenceShift(uint32_t count) {
  return count < 4 ? 6 : count < 16 ? 5 : 4;
}

}  // namespace

DecisionMixer::DecisionMixer(const MixerKernels& kernels, const Shape& shape)
    : group_shift_(32 - shape.table_bits + std::countr_zero(kGroup)),
      mixer_(kernels, RowsOf(shape.sets), FinalRowsOf(shape.has_two_finals),
             FirstWeights(shape.contexts)),
      maps_{ProbabilityMap(kMapContexts), ProbabilityMap(kMapContexts)},
      tables_(shape.contexts, AlignedVector<Counter>(size_t{1} << shape.table_bits)) {}

uint64_t DecisionMixer::Memory(const Shape& shape) {
  uint64_t weights = 0;
  for (const uint32_t count : RowsOf(shape.sets)) weights += count * Mixer::kInputs;
  for (const uint32_t count : FinalRowsOf(shape.has_two_finals)) weights += count * Mixer::kMaxSets;
  return (shape.contexts << shape.table_bits) * sizeof(Counter) + weights * sizeof(int16_t) +
         2 * ProbabilityMap::Memory(kMapContexts);
}

void DecisionMixer::AddContext(uint32_t context) {
  const uint32_t hash = HashOf(context + static_cast<uint32_t>(contexts_) * 0x85EBCA6Bu);
  hashes_[contexts_] = hash;
  first_groups_[contexts_] = GroupOf(contexts_, hash);
  __builtin_prefetch(first_groups_[contexts_]);
  ++contexts_;
}

uint32_t DecisionMixer::Predict(uint32_t node) {
  const uint32_t group = node / kGroup;
  for (size_t i = 0; i < contexts_; ++i) {
    Counter* const counters =
        group == 0 ? first_groups_[i] : GroupOf(i, HashOf(hashes_[i] + group));
    asked_[i] = counters + node % kGroup;
    __builtin_prefetch(asked_[i]);
  }
  for (size_t i = 0; i < contexts_; ++i) {
    const Counter counter = *asked_[i];
    const uint32_t count = counter & ((1u << kCountBits) - 1);
    const auto above_half = static_cast<int32_t>(counter) >> (kCountBits + 6);  // 1/65536
    mixer_.SetInput(2 * i, count == 0 ? 0 : Stretch(32768 + above_half));
    mixer_.SetInput(2 * i + 1, above_half >> ConfidenceShift(count));
  }
  mixer_.SetInput(2 * contexts_, kBias);
  const auto& rows = weight_contexts;
  const int logit_q8 = mixer_.Predict(
      {.first = {node, rows[0], rows[1], rows[2], rows[3]}, .final = {node, rows[1]}});
  const int sum = 2 * Squash(logit_q8) + maps_[0].Predict(logit_q8, map_contexts[0]) +
                  maps_[1].Predict(logit_q8, map_contexts[1]);
  return static_cast<uint32_t>(std::clamp((sum + 2) / 4, kMinP, 65536 - kMinP));
}

void DecisionMixer::Learn(int bit) {
  mixer_.Update(bit);
  for (ProbabilityMap& map : maps_) map.Update(bit);
  const int64_t target = bit != 0 ? kHalfQ22 - 1 : -kHalfQ22;
  for (size_t i = 0; i < contexts_; ++i) {
    Counter& counter = *asked_[i];
    const uint32_t count = counter & ((1u << kCountBits) - 1);
    const int64_t p = static_cast<int32_t>(counter) >> kCountBits;
    const auto moved = static_cast<uint32_t>(p + ((target - p) * kRates[count] >> 16));
    counter = moved << kCountBits | std::min(count + 1, kMaxCount);
  }
}

}  // namespace lmz::jpeg
