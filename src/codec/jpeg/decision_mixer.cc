#include "codec/jpeg/decision_mixer.h"

#include "base/hash.h"

namespace lmz::jpeg {

namespace {

constexpr int16_t kFirstWeight = 32768 * 10 / 100;
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

// With the node in front.
constexpr std::array<uint32_t, 5> kRows = {
    DecisionMixer::kNodes, DecisionMixer::kWeightRows[0], DecisionMixer::kWeightRows[1],
    DecisionMixer::kWeightRows[2], DecisionMixer::kWeightRows[3]};
constexpr std::array<uint32_t, 2> kFinalRows = {DecisionMixer::kNodes,
                                                DecisionMixer::kWeightRows[1]};

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

DecisionMixer::DecisionMixer(const MixerKernels& kernels, size_t contexts, int table_bits)
    : table_bits_(table_bits),
      mixer_(kernels, kRows, kFinalRows, Mixer::EvenRows(kFirstWeight)),
      maps_{ProbabilityMap(kMapContexts), ProbabilityMap(kMapContexts)},
      tables_(contexts, std::vector<Counter>(size_t{1} << table_bits)) {}

uint64_t DecisionMixer::Memory(size_t contexts, int table_bits) {
  uint64_t rows = 0;
  for (const uint32_t count : kRows) rows += count * Mixer::kInputs;
  for (const uint32_t count : kFinalRows) rows += count * Mixer::kMaxSets;
  return (contexts << table_bits) * sizeof(Counter) + rows * sizeof(int16_t) +
         2 * ProbabilityMap::Memory(kMapContexts);
}

void DecisionMixer::AddContext(uint32_t context) {
  const uint32_t hash = HashOf(context + static_cast<uint32_t>(contexts_) * 0x85EBCA6Bu);
  hashes_[contexts_] = hash;
  __builtin_prefetch(&tables_[contexts_][hash >> (32 - table_bits_) & ~(kGroup - 1)]);
  ++contexts_;
}

uint32_t DecisionMixer::Predict(uint32_t node) {
  const uint32_t group = node / kGroup;
  size_t input = 0;
  for (size_t i = 0; i < contexts_; ++i) {
    const uint32_t hash = group == 0 ? hashes_[i] : HashOf(hashes_[i] + group);
    const uint32_t place = hash >> (32 - table_bits_) & ~(kGroup - 1);
    Counter* const counter = &tables_[i][place | (node & (kGroup - 1))];
    asked_[i] = counter;
    const uint32_t count = *counter & ((1u << kCountBits) - 1);
    const auto above_half = static_cast<int32_t>(*counter) >> (kCountBits + 6);  // 1/65536
    mixer_.SetInput(input++, count == 0 ? 0 : Stretch(32768 + above_half));
    mixer_.SetInput(input++, above_half >> ConfidenceShift(count));
  }
  mixer_.SetInput(input, kBias);
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
